import type { Location } from "../diagnostic.ts"
import type { Source } from "./source.ts"
import type { Step } from "./step.ts"

/**
 * Returns the place in the file that the server means by `position`: 1-based, in characters (code points), counted
 * from the start of the statement. A position behind the end, as in "syntax error at end of input", is the place
 * behind the last character.
 *
 * The location's text is the line of the statement; blanks stand for what precedes the statement on its first line.
 */
export function locate(
  { sql, file, line, column = 1 }: Pick<Step, "sql" | "file" | "line" | "column">,
  position: number,
): Location {
  const place = placeAt({ text: sql, file, line }, offsetOf(sql, position))
  if (place.line > line) return place
  const indent = column - 1
  return { ...place, column: place.column + indent, text: " ".repeat(indent) + place.text }
}

/** The place of the UTF-16 code unit at `offset` of a source. */
export function placeAt({ text, file, line: first }: Source, offset: number): Required<Location> {
  let line = first
  let start = text.charCodeAt(0) === 0xfeff ? 1 : 0
  for (let at = text.indexOf("\n"); at !== -1 && at < offset; at = text.indexOf("\n", at + 1)) {
    line++
    start = at + 1
  }
  const end = text.indexOf("\n", offset)
  return {
    file,
    line,
    column: characters(text.slice(start, offset)) + 1,
    text: text.slice(start, end === -1 ? text.length : end).replace(/\r$/, ""),
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
