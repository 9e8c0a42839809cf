import type { Diagnostic } from "../diagnostic.ts"
import { colors } from "./colors.ts"
import { printDiagnostic } from "./text.ts"

const plain = colors(false)

/** Slack cuts the text of a message after 4,000 characters. */
const longest = 3500

/** What a message tells of a command that has ended. */
export interface SlackFacts {
  readonly command: string
  readonly exit: number
  readonly database?: string | undefined
  readonly environment?: string | undefined
  readonly release?: string | undefined
  readonly user?: string | undefined
  /** Where its log is. */
  readonly link?: string | undefined
  /** What a person reads at the terminal. */
  readonly text: string
  readonly diagnostics: readonly Diagnostic[]
}

/**
 * Prints what became of a command in Slack's own Markdown, ready for a webhook.
 *
 * @see Slack documentation, "Formatting text for app surfaces": `*bold*`, and `&`, `<`, `>` escaped
 */
export function printSlack(facts: SlackFacts): string {
  const { command, exit, database, environment, release, user, link, text, diagnostics } = facts
  const sign = exit === 0 ? ":white_check_mark:" : exit === 5 ? ":hourglass:" : ":x:"
  const where = [database, environment === undefined ? undefined : `(${environment})`]
    .filter(Boolean)
    .join(" ")
  const head = [
    `*lockstep ${command}*${exit === 0 ? "" : ` ended with ${exit}`}`,
    where === "" ? "" : `on ${escaped(where)}`,
    release === undefined ? "" : `for ${escaped(release)}`,
    user === undefined ? "" : `by ${escaped(user)}`,
    link === undefined ? "" : `<${encodeURI(link)}|log>`,
  ].filter((part) => part !== "")
  const told = diagnostics
    .filter(({ severity }) => severity !== "note")
    .map((diagnostic) => block(printDiagnostic(diagnostic, plain)))
  const said = text.trim() === "" ? [] : [escaped(text.trim())]
  return cut([`${sign} ${head.join(" ")}`, ...said, ...told].join("\n"))
}

/** Text that means itself, and calls no channel. */
function escaped(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;")
}

function block(text: string): string {
  return `\`\`\`${escaped(text).replaceAll("```", "'''")}\`\`\``
}

function cut(text: string): string {
  if (text.length <= longest) return text
  const short = text.slice(0, longest)
  // A block that was cut open would swallow what follows.
  return `${short}${short.split("```").length % 2 === 0 ? "```" : ""}\n…`
}
