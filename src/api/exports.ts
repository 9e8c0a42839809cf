import { createHash } from "node:crypto"
import { createReadStream, existsSync } from "node:fs"
import { join } from "node:path"
import { type ExportedData, manifestName } from "../deploy/export/export.ts"
import { readDetails } from "../history/log.ts"
import { databaseOf, openTarget } from "../runner/target.ts"
import { checkOptions, type OptionKinds, targetKinds } from "./check-options.ts"
import type { TargetOptions } from "./options.ts"

export interface ExportsOptions extends TargetOptions {
  /** Computes the hashes of the files again. Default: false. */
  readonly verify?: boolean
  /** Default: now. */
  readonly now?: Date
}

const exportsKinds: OptionKinds<ExportsOptions> = { ...targetKinds, verify: "flag", now: "date" }

/** One export, and whether it is still where it was written. */
export interface KnownExport extends ExportedData {
  /** Digest of what the deploy was going to apply, as for approvals. */
  readonly plan: string
  /** Whether the time is over for which it was to be kept. */
  readonly expired: boolean
  /**
   * `here`: the folder is there. `elsewhere`: a command has taken it away, or this is another machine. `damaged`: files are missing,
   * or are not those that were written.
   */
  readonly state: "here" | "elsewhere" | "damaged"
}

export interface ExportsResult {
  readonly database: string
  readonly environment?: string
  /** The latest first. */
  readonly exports: readonly KnownExport[]
}

/** Lists what was exported from a database before revisions destroyed it, and until when it is to be kept. */
export async function listExports(options: ExportsOptions = {}): Promise<ExportsResult> {
  checkOptions(options, exportsKinds)
  const { verify = false, now = new Date() } = options
  const target = await openTarget({ ...options, command: "exports", writes: false })
  try {
    const found =
      target.history.format === 0
        ? []
        : await readDetails<ExportedData & { readonly plan: string }>(
            target.connection,
            target.schema,
            "exported",
          )
    const exports: KnownExport[] = []
    for (const each of found)
      exports.push({ ...each, expired: new Date(each.keepUntil) < now, state: await stateOf(each, verify) })
    return { ...databaseOf(target), exports }
  } finally {
    await target.close()
  }
}

async function stateOf({ folder, files }: ExportedData, verify: boolean): Promise<KnownExport["state"]> {
  if (!existsSync(join(folder, manifestName))) return existsSync(folder) ? "damaged" : "elsewhere"
  for (const { file, sha256 } of files) {
    const path = join(folder, file)
    if (!existsSync(path)) return "damaged"
    if (verify && (await hashOf(path)) !== sha256) return "damaged"
  }
  return "here"
}

async function hashOf(path: string): Promise<string> {
  const hash = createHash("sha256")
  for await (const piece of createReadStream(path)) hash.update(piece as Buffer)
  return hash.digest("hex")
}
