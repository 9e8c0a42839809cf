import type { Diagnostic } from "../diagnostic.ts"

const commands = { error: "error", warning: "warning", note: "notice" } as const

/**
 * Prints diagnostics as commands of GitHub Actions, which shows them beside the lines of a pull request.
 *
 * @see GitHub documentation, "Workflow commands for GitHub Actions"
 */
export function printAnnotations(diagnostics: readonly Diagnostic[]): string {
  return diagnostics.map(annotation).join("\n")
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
