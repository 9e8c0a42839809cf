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
  // Tokens that already stand one blank apart are taken over together: a run, from `start` to `end`.
  let start = 0
  let end = 0
  let separator: Separator = ""
  const begin = (between: Separator): void => {
    if (end > start) parts.push(unixLines(text.slice(start, end)))
    if (between !== "") parts.push(between)
    start = reader.start
    end = reader.end
  }
  for (let item = reader.next(); item !== "end"; item = reader.next()) {
    switch (item) {
      case "terminator":
        if (separator === " ") separator = ";\n"
        break
      case "token":
        if (reader.lexer.continues) begin("\n")
        else if (separator === " " && reader.start === end + 1 && text.charCodeAt(end) === SPACE)
          end = reader.end
        else begin(separator)
        separator = " "
        break
      case "copy":
        begin(";\n")
        begin("")
        start = end
        parts.push("\\.")
        separator = "\n"
        break
      case "meta":
        begin(separator)
        separator = "\n"
    }
  }
  begin("")
  return parts.join("")
}

type Separator = "" | " " | "\n" | ";\n"

const SPACE = 0x20

function unixLines(text: string): string {
  return text.includes("\r") ? text.replaceAll("\r\n", "\n") : text
}
