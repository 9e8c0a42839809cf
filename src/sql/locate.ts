import type { Location } from "../diagnostic.ts"
import type { Statement } from "./statements.ts"

/**
 * Returns the place in the file that the server means by `position`: 1-based, in characters (code points), counted
 * from the start of the statement. A position behind the end, as in "syntax error at end of input", is the place
 * behind the last character.
 *
 * The location's text is the line of the statement; blanks stand for what precedes the statement on its first line.
 */
export function locate(
  statement: Pick<Statement, "sql" | "file" | "line"> & { readonly column?: number | undefined },
  position: number,
): Location {
  const { sql, file } = statement
  const offset = offsetOf(sql, position)
  const lineStart = sql.lastIndexOf("\n", offset - 1) + 1
  const lineFeed = sql.indexOf("\n", offset)
  const indent = lineStart === 0 ? (statement.column ?? 1) - 1 : 0
  const text = sql.slice(lineStart, lineFeed === -1 ? sql.length : lineFeed).replace(/\r$/, "")
  let line = statement.line
  for (let at = sql.indexOf("\n"); at !== -1 && at < lineStart; at = sql.indexOf("\n", at + 1)) line++
  return {
    file,
    line,
    column: indent + characters(sql.slice(lineStart, offset)) + 1,
    text: " ".repeat(indent) + text,
  }
}

/** The index of the first UTF-16 code unit of the character at the 1-based `position`. */
function offsetOf(sql: string, position: number): number {
  let offset = 0
  for (let left = position - 1; left > 0 && offset < sql.length; left--) {
    offset += (sql.codePointAt(offset) as number) > 0xffff ? 2 : 1
  }
  return offset
}

function characters(text: string): number {
  let count = 0
  for (const _ of text) count++
  return count
}
