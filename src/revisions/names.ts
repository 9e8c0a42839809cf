import type { NameOptions } from "../api/options.ts"
import { ToolError } from "../diagnostic.ts"
import { reservedWords } from "./word.ts"

const defaultId = "[A-Za-z0-9_.-]{1,128}"
const defaultLabel = "[A-Za-z_][A-Za-z0-9_./-]{0,127}"

/** Returns `invalid-revision-id` where an id may not be given to a revision. */
export function checkId(id: string, { idPattern = defaultId }: NameOptions = {}): ToolError | undefined {
  return check("invalid-revision-id", `the revision id ${id}`, id, idPattern)
}

/** Returns `invalid-branch-label` where a label may not be given to a branch. */
export function checkLabel(
  label: string,
  { labelPattern = defaultLabel }: NameOptions = {},
): ToolError | undefined {
  return check("invalid-branch-label", `the branch label ${label}`, label, labelPattern)
}

/** Returns `invalid-revision-id` where the file name of another tool cannot serve as an id. */
export function checkForeignId(id: string): ToolError | undefined {
  return check("invalid-revision-id", `the file name ${id}`, id, "[^@:,\\p{Cc}]+")
}

function check(
  code: "invalid-revision-id" | "invalid-branch-label",
  what: string,
  name: string,
  pattern: string,
): ToolError | undefined {
  if (reservedWords.includes(name)) {
    const hint = `${reservedWords.join(", ")} have a meaning of their own`
    return new ToolError(code, `${what} is a reserved word`, { hint, subject: name })
  }
  // Whatever is configured, these part a word such as <label>@head or a range.
  const fits = new RegExp(`^(?:${pattern})$`, "u").test(name) && !/[@:,]/.test(name)
  return fits
    ? undefined
    : new ToolError(code, `${what} does not match the pattern ${pattern}`, {
        subject: name,
        hint: "the setting `names` of the configuration gives the pattern",
      })
}
