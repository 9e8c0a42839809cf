import { escapedMark, literalMark, nameMark } from "./marks.ts"

const escapeString = String.raw`(?<!\w)[eE]'(?:[^'\\]|''|\\[^])*(?:'|$)`
const string = "'(?:[^']|'')*(?:'|$)"
const name = '"(?:[^"]|"")*(?:"|$)'
const comment = String.raw`--[^\n]*|/\*[^]*?(?:\*/|$)`
const dollars = String.raw`\$(?<tag>[A-Za-z_]\w*)?\$[^]*?(?:\$\k<tag>\$|$)`
const tokens = new RegExp(`${escapeString}|${string}|${name}|${comment}|${dollars}|[^]`, "g")

/**
 * Tells whether a value stands where its quotes do not hold it: a quoted name inside of a string, a literal between
 * quotes, either of them in a comment or between dollars. Forms hold a mark inside of its own quotes for each of them.
 *
 * @see PostgreSQL documentation, "Lexical Structure"
 */
export function isMisquoted(form: string): boolean {
  for (const [text] of form.matchAll(tokens)) {
    if (text === `'${literalMark}'` || text === `"${nameMark}"`) continue
    // What was made ready for double quotes may stand beside other text there.
    const isEscaped = text.startsWith('"') && text.endsWith('"')
    if (text.includes(literalMark) || text.includes(nameMark)) return true
    if (text.includes(escapedMark) && !isEscaped) return true
  }
  return false
}
