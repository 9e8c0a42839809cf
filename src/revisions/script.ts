import { readFileSync } from "node:fs"
import { resolve } from "node:path"
import type { ProjectOptions } from "../api/options.ts"
import { ToolError } from "../diagnostic.ts"
import { unreadable } from "../file-error.ts"
import { decodeSql } from "../sql/decode.ts"
import { substitute } from "../sql/template.ts"
import { readSections } from "./facts.ts"
import type { Revision, RevisionScript } from "./revision.ts"

/**
 * Reads the text of a revision, in sections, with variables replaced where the options declare some. Of a TypeScript
 * revision it is the whole program, as `up`.
 *
 * @throws ToolError `unreadable-file`, `undeclared-variable`; `revision-changed` where the file is no longer the one
 * that `readFolder` saw
 */
export async function readScript(options: ProjectOptions, revision: Revision): Promise<RevisionScript> {
  const root = resolve(options.root ?? ".")
  const { file, downFile, language } = revision
  const { checksum, script } = readSections(readBytes(root, file), file, revision)
  if (checksum !== revision.checksum) {
    throw new ToolError("revision-changed", `${file} was changed while Lockstep was at work`, {
      hint: "run the command again",
      subject: revision.id,
      location: { file, line: 1 },
    })
  }
  const down =
    downFile === undefined
      ? undefined
      : { text: decodeSql(readBytes(root, downFile), downFile), file: downFile, line: 1 }
  return withVariables({ ...script, ...(down === undefined ? {} : { down }) }, options, language)
}

function withVariables(
  script: RevisionScript,
  { variables }: ProjectOptions,
  language: Revision["language"],
): RevisionScript {
  if (variables === undefined || language === "typescript") return script
  const { up, verify, down } = script
  return {
    ...script,
    up: substitute(up, variables),
    ...(verify === undefined ? {} : { verify: substitute(verify, variables) }),
    ...(down === undefined ? {} : { down: substitute(down, variables) }),
  }
}

function readBytes(root: string, file: string): Buffer {
  try {
    return readFileSync(resolve(root, file))
  } catch (error) {
    throw unreadable(file, error)
  }
}
