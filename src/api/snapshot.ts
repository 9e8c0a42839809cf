import { readFileSync, writeFileSync } from "node:fs"
import { resolve } from "node:path"
import type { Catalog } from "../catalog/catalog.ts"
import { changesBetween, type ObjectChange } from "../diff/object-change.ts"
import { plan } from "../plan/plan.ts"
import { printScript } from "../plan/print.ts"
import { openScratch, type Scratch, type ScratchOptions } from "../scratch/scratch.ts"
import { loadOnScratch, readLoaded, readScratch } from "./catalog-source.ts"
import type { ProjectOptions } from "./options.ts"

export interface SnapshotOptions extends ProjectOptions {
  /** Relative to the root. Default: `schema.sql`. */
  readonly file?: string
  /** False: only compare the file with what it should be. Default: true. */
  readonly write?: boolean
  readonly scratch?: ScratchOptions
  readonly historySchema?: string
}

export interface SnapshotResult {
  /** As given. */
  readonly file: string
  /** Whether the file already was what the revisions lead to, word for word. */
  readonly fresh: boolean
  /** What differs between the schema in the file and that of the revisions; empty where only the words differ. */
  readonly changes: readonly ObjectChange[]
  /** The text that the file has, or should have. */
  readonly sql: string
}

/**
 * Writes the SQL of what an empty database becomes when all revisions have run; the same revisions give the same
 * bytes. It loads into an empty database with one psql call.
 */
export async function snapshot(options: SnapshotOptions = {}): Promise<SnapshotResult> {
  const { scratch: scratchOptions, write = true, root = "." } = options
  await using scratch = await openScratch({ root, ...scratchOptions })
  const replayed = await readLoaded({ kind: "revisions", project: options }, scratch, options)
  const result = await compareSnapshot(replayed, scratch, options)
  if (write && !result.fresh) writeFileSync(resolve(root, result.file), result.sql)
  return result
}

/**
 * Compares the snapshot's file with what the revisions lead to.
 *
 * @param wanted what they lead to, as read on `scratch`
 */
export async function compareSnapshot(
  wanted: Catalog,
  scratch: Scratch,
  options: Pick<SnapshotOptions, "root" | "file" | "historySchema">,
): Promise<SnapshotResult> {
  const { file = "schema.sql", root = "." } = options
  const present = read(resolve(root, file))
  await using empty = await scratch.database()
  const sql = printScript(plan(await readScratch(empty, options), wanted))
  if (present === sql) return { file, fresh: true, changes: [], sql }
  if (present === undefined) return { file, fresh: false, changes: [], sql }
  await using loaded = await loadOnScratch({ kind: "sql", paths: [file], root }, scratch)
  return { file, fresh: false, changes: changesBetween(await readScratch(loaded, options), wanted), sql }
}

function read(path: string): string | undefined {
  try {
    return readFileSync(path, "utf8").replaceAll("\r\n", "\n")
  } catch {
    return undefined
  }
}
