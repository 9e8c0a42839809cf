import type { Diagnostic, Location, Severity } from "../diagnostic.ts"
import type { Colors } from "./colors.ts"

/**
 * Prints a diagnostic for a person, in several lines, without a line end at its end.
 *
 * @example
 * error: the revision graph has two heads [multiple-heads]
 *   3f2a1c  add invoices
 *   9b07de  split names
 *   hint: join them with "lockstep merge 3f2a1c 9b07de", or name one of them
 */
export function printDiagnostic(diagnostic: Diagnostic, paint: Colors): string {
  const { severity, message, code, location, details = [], hint, sqlState } = diagnostic
  const tag = paint.dim(sqlState === undefined ? `[${code}]` : `[${code}, SQLSTATE ${sqlState}]`)
  const lines = [`${severityWord(severity, paint)}: ${paint.bold(message)} ${tag}`]
  if (location !== undefined) lines.push(...printLocation(location, paint))
  for (const detail of details) lines.push(...indented(detail))
  if (hint !== undefined) lines.push(...indented(`${paint.cyan("hint:")} ${hint}`))
  return lines.join("\n")
}

function severityWord(severity: Severity, paint: Colors): string {
  const colours = { error: paint.red, warning: paint.yellow, note: paint.blue }
  return paint.bold(colours[severity](severity))
}

/** File and line, then the line itself with a caret below the column. */
function printLocation({ file, line, column, text }: Location, paint: Colors): string[] {
  const place = `  ${paint.cyan("-->")} ${file}:${line}${column === undefined ? "" : `:${column}`}`
  if (text === undefined) return [place]
  const gutter = " ".repeat(String(line).length)
  const { shown, caret } = window(text, column)
  return [
    place,
    `  ${paint.dim(`${line} |`)} ${shown}`,
    ...(caret === undefined ? [] : [`  ${paint.dim(`${gutter} |`)} ${" ".repeat(caret)}${paint.red("^")}`]),
  ]
}

const widest = 100

/** Cuts a line of a generated file down to the part around the column; tabs become spaces so that the caret fits. */
function window(text: string, column: number | undefined): { shown: string; caret: number | undefined } {
  const characters = [...text.replaceAll("\t", " ")]
  const at = column === undefined ? undefined : column - 1
  if (characters.length <= widest) return { shown: characters.join("").trimEnd(), caret: at }
  const from = Math.max(0, (at ?? 0) - Math.floor(widest / 2))
  const before = from > 0 ? "…" : ""
  const after = from + widest < characters.length ? "…" : ""
  return {
    shown: before + characters.slice(from, from + widest).join("") + after,
    caret: at === undefined ? undefined : at - from + before.length,
  }
}

function indented(text: string): string[] {
  return text.split("\n").map((line) => `  ${line}`)
}
