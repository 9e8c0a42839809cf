import { readFileSync } from "node:fs"
import { extname, join, resolve } from "node:path"
import type { WrittenRevision } from "../api/write.ts"
import { unreadable } from "../file-error.ts"
import type { Outcome } from "./command.ts"
import type { Context } from "./context.ts"
import { openEditor } from "./editor.ts"
import type { OptionTable } from "./option.ts"

/** Options of every command that writes a revision. */
export const writeOptions = {
  edit: { type: "flag", help: "Open the file in the editor afterwards" },
  dryRun: { type: "flag", help: "Print what would be written, and write nothing" },
} as const satisfies OptionTable

/** Options that say what a new revision is. */
export const authorOptions = {
  message: { type: "text", short: "m", value: "title", help: "Its title" },
  id: { type: "text", value: "id", help: "Its id, instead of one that is made up" },
  branch: { type: "list", value: "label", help: "A branch label that begins here" },
  dependsOn: {
    type: "list",
    value: "revision",
    help: "A revision or label that must be applied before, without being joined",
  },
} as const satisfies OptionTable

/** Tells what was written, one path a line; opens it where that was asked for. */
export async function reportWritten<Result extends WrittenRevision>(
  result: Result,
  { edit, dryRun }: { readonly edit: boolean; readonly dryRun: boolean },
  context: Context,
): Promise<Outcome<Result>> {
  const [first] = result.files
  if (dryRun) {
    const shown = result.files.map(({ path, content }) => `-- ${path}\n\n${content}`)
    return { result, text: shown.join("\n"), verbatim: true }
  }
  if (edit && first !== undefined) {
    const { root, editor } = await context.configuration()
    await openEditor(join(root, first.path), editor, context.io)
  }
  return { result, text: result.files.map(({ path }) => path).join("\n") }
}

/**
 * Reads the text that a new revision begins with.
 *
 * @param named from the command line, relative to the current directory; absent: the setting `revisionTemplate`, where
 *   its language is the revision's
 */
export async function readTemplate(
  named: string | undefined,
  extension: ".sql" | ".ts",
  context: Context,
): Promise<string | undefined> {
  const { root, revisionTemplate } = await context.configuration()
  if (named !== undefined) return read(resolve(context.io.cwd, context.globals.cwd ?? ".", named), named)
  if (revisionTemplate === undefined || extname(revisionTemplate) !== extension) return undefined
  return read(resolve(root, revisionTemplate), revisionTemplate)
}

function read(path: string, shown: string): string {
  try {
    return readFileSync(path, "utf8")
  } catch (error) {
    throw unreadable(shown, error)
  }
}
