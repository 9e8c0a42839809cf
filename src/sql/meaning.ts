import { ScriptReader } from "./script-reader.ts"

/**
 * Returns the canonical text of a script, for checksums: comments are left out, one blank stands between any two
 * tokens, line breaks inside quotes and rows are LF, and the rest is as written. So `f(a,b)` and `f( a, b )` mean
 * the same, `'a'` and `'A'` do not. Empty statements, a byte-order mark, and pg_dump's `\restrict` lines count for
 * nothing.
 *
 * Total: a text that cannot be split (a quote that does not end, psql's commands) has a meaning too, so that reading
 * a folder does not fail for a revision which nobody runs.
 */
export function meaning(text: string): string {
  const reader = new ScriptReader(text)
  const parts: string[] = []
  let separator: Separator = ""
  for (let item = reader.next(); item !== "end"; item = reader.next()) {
    switch (item) {
      case "terminator":
        if (separator === " ") separator = ";\n"
        break
      case "token":
        parts.push(reader.lexer.continues ? "\n" : separator, tokenMeaning(reader))
        separator = " "
        break
      case "copy":
        parts.push(";\n", unixLines(text.slice(reader.start, reader.end)), "\\.")
        separator = "\n"
        break
      case "meta":
        parts.push(separator, text.slice(reader.start, reader.end).trimEnd())
        separator = "\n"
    }
  }
  return parts.join("")
}

type Separator = "" | " " | "\n" | ";\n"

function tokenMeaning({ text, start, end, lexer }: ScriptReader): string {
  const written = text.slice(start, end)
  switch (lexer.kind) {
    case "string":
    case "dollar":
    case "identifier":
    case "comment":
      return unixLines(written)
    default:
      return written
  }
}

function unixLines(text: string): string {
  return text.includes("\r") ? text.replaceAll("\r\n", "\n") : text
}
