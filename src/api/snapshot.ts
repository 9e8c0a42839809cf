import { readFileSync, writeFileSync } from "node:fs"
import { resolve } from "node:path"
import { plan } from "../plan/plan.ts"
import { printScript } from "../plan/print.ts"
import type { ScratchOptions } from "../scratch/scratch.ts"
import { compare, type ObjectChange, readBoth } from "./diff.ts"
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
  const { file = "schema.sql", scratch, historySchema, root = "." } = options
  const path = resolve(root, file)
  const present = read(path)
  const common = {
    ...(scratch === undefined ? {} : { scratch }),
    ...(historySchema === undefined ? {} : { historySchema }),
  }
  const to = { kind: "revisions", project: options } as const
  const [empty, wanted] = await readBoth({ from: { kind: "empty" }, to, ...common })
  const sql = printScript(plan(empty, wanted))
  const fresh = present === sql
  if (fresh) return { file, fresh, changes: [], sql }
  const changes = present === undefined ? [] : await changesOf()
  if (options.write !== false) writeFileSync(path, sql)
  return { file, fresh, changes, sql }

  async function changesOf(): Promise<readonly ObjectChange[]> {
    const [old] = await readBoth({
      from: { kind: "sql", paths: [file], root },
      to: { kind: "empty" },
      ...common,
    })
    return compare(old, wanted).changes
  }
}

function read(path: string): string | undefined {
  try {
    return readFileSync(path, "utf8").replaceAll("\r\n", "\n")
  } catch {
    return undefined
  }
}
