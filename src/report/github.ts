import type { Diagnostic } from "../diagnostic.ts"

const commands = { error: "error", warning: "warning", note: "notice" } as const

/** How many annotations of one kind GitHub keeps of a step; it drops the others without a word. */
const kept = 10

const order = ["error", "warning", "note"] as const

/**
 * Prints diagnostics as commands of GitHub Actions, which shows them beside the lines of a pull request: the worst
 * first, and of each kind as many as GitHub keeps. The others follow as lines of the log.
 *
 * @see GitHub documentation, "Workflow commands for GitHub Actions", and "Usage limits" of annotations
 */
export function printAnnotations(diagnostics: readonly Diagnostic[]): string {
  const ranked = order.map((severity) => diagnostics.filter((each) => each.severity === severity))
  const shown = ranked.flatMap((each) => each.slice(0, kept))
  const others = ranked.flatMap((each) => each.slice(kept))
  return [
    ...shown.map(annotation),
    ...(others.length === 0
      ? []
      : [`${others.length} more, of which GitHub would show nothing beside the lines:`]),
    ...others.map(logLine),
  ].join("\n")
}

/** One line that GitHub does not take for a command. */
function logLine({ severity, code, message, location }: Diagnostic): string {
  const place = location === undefined ? "" : ` (${location.file}:${location.line})`
  return `  ${severity}: ${message.replace(/\s+/g, " ")} [${code}]${place}`
}

function annotation({ severity, code, message, details = [], hint, location }: Diagnostic): string {
  const place =
    location === undefined
      ? []
      : [
          `file=${property(location.file)}`,
          `line=${location.line}`,
          ...(location.column === undefined ? [] : [`col=${location.column}`]),
        ]
  const properties = [...place, `title=${property(code)}`]
  const text = [message, ...details, ...(hint === undefined ? [] : [`hint: ${hint}`])].join("\n")
  return `::${commands[severity]} ${properties.join(",")}::${escaped(text)}`
}

function escaped(text: string): string {
  return text.replaceAll("%", "%25").replaceAll("\r", "%0D").replaceAll("\n", "%0A")
}

function property(text: string): string {
  return escaped(text).replaceAll(":", "%3A").replaceAll(",", "%2C")
}
