import { colors } from "../../report/colors.ts"
import { diagnosticsMarkdown, fenced, inline } from "../../report/markdown.ts"
import type { EndedCommand } from "./listener.ts"

const plain = colors(false)

/** What became of a command, as Markdown; undefined where it is not worth one: it succeeded and has none of its own. */
export function markdownOf({ command, exit, outcome }: EndedCommand): string | undefined {
  const own = outcome.markdown?.()
  if (own === undefined && (exit === 0 || outcome.exitOfProgram !== undefined)) return undefined
  const { text = "", diagnostics = [], verbatim = false } = outcome
  const told = diagnostics.filter(({ severity }) => severity !== "note")
  const shown = verbatim ? "" : typeof text === "string" ? text : text(plain)
  const body = own ?? (shown.trim() === "" ? undefined : fenced(shown, "text"))
  return [
    ...(own === undefined ? [`### lockstep ${inline(command)} ended with ${exit}`] : []),
    ...(body === undefined ? [] : [body]),
    ...(told.length === 0 ? [] : [diagnosticsMarkdown(told)]),
  ].join("\n\n")
}
