import { readFileSync, writeFileSync } from "node:fs"
import { makeKeys, openEvidence, type SignedEvidence, signEvidence } from "../deploy/signature.ts"
import { ToolError } from "../diagnostic.ts"
import { notWritable } from "../file-error.ts"
import { type EnvironmentEvidence, readEvidence } from "../history/evidence.ts"
import { openTarget } from "../runner/target.ts"
import { checkOptions, type OptionKinds, targetKinds } from "./check-options.ts"
import type { TargetOptions } from "./options.ts"

/**
 * Reads what an environment can show to the next: its revisions, what they were, and when they ran.
 *
 * @throws ToolError what `openTarget` throws, `evidence-missing` where nothing was ever applied
 */
export async function readEnvironment(options: TargetOptions): Promise<EnvironmentEvidence> {
  const target = await openTarget({ ...options, command: "evidence", writes: false })
  try {
    const { connection, schema, history, facts } = target
    if (history.format === 0)
      throw new ToolError("evidence-missing", `database ${facts.database} has no history`, {
        subject: facts.database,
        hint: "deploy to it first",
      })
    return await readEvidence(connection, schema, {
      database: facts.database,
      environment: history.environment ?? null,
    })
  } finally {
    await target.close()
  }
}

/** Reads a signed file. @throws ToolError `evidence-missing`, `evidence-forged`, `invalid-evidence-key` */
export function readEvidenceFile(file: string, keys: readonly string[]): EnvironmentEvidence {
  let text: string
  try {
    text = readFileSync(file, "utf8")
  } catch (error) {
    throw new ToolError("evidence-missing", `the evidence ${file} cannot be read`, {
      subject: file,
      hint: "export it where the environment can be reached: lockstep evidence export",
      cause: error,
    })
  }
  return openEvidence(text, keys, file)
}

export interface ExportEvidenceOptions extends TargetOptions {
  /** Private ed25519 key, PKCS8 in PEM. */
  readonly privateKey: string
  /** Path of the file. Default: none is written. */
  readonly file?: string
}

const exportKinds: OptionKinds<ExportEvidenceOptions> = { ...targetKinds, privateKey: "text", file: "text" }

/** Signs what an environment can show, for a network that cannot reach it. */
export async function exportEvidence(options: ExportEvidenceOptions): Promise<SignedEvidence> {
  checkOptions(options, exportKinds, ["privateKey"])
  const { privateKey, file, ...target } = options
  const signed = signEvidence(await readEnvironment(target), privateKey)
  if (file !== undefined) write(file, `${JSON.stringify(signed, undefined, 2)}\n`)
  return signed
}

/** Makes a pair of keys and writes the private one, readable by its owner only. Never overwrites. */
export function makeEvidenceKeys(file: string): { readonly file: string; readonly publicKey: string } {
  const { privateKey, publicKey } = makeKeys()
  write(file, privateKey, { mode: 0o600, flag: "wx" })
  return { file, publicKey }
}

function write(
  file: string,
  text: string,
  how: { readonly mode?: number; readonly flag?: string } = {},
): void {
  try {
    writeFileSync(file, text, how)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "EEXIST")
      throw new ToolError("file-exists", `${file} exists already`, {
        subject: file,
        hint: "name another file, or remove that one",
      })
    throw notWritable(file, error)
  }
}
