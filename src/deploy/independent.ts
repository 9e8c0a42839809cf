import { Lexer } from "../sql/lexer.ts"
import type { Source } from "../sql/source.ts"

/**
 * Tells whether two scripts certainly have nothing to do with each other: they name nothing in common but the words of
 * statements. Code in quotes cannot be looked into, and counts as naming everything.
 */
export function areIndependent(first: Source, second: Source): boolean {
  const one = namesIn(first.text)
  const other = namesIn(second.text)
  if (one === undefined || other === undefined) return false
  return [...one].every((name) => !other.has(name))
}

/** Words of statements about objects, types and conditions. Whoever reaches a column names its table too. */
const words: ReadonlySet<string> = new Set(
  `add all alter and as asc bigint bool boolean by bytea cascade char check collate column concurrently constraint create
  current_timestamp date default delete desc distinct double drop each else end enum exists false float foreign from
  function generated grant group having identity if in index inner insert int integer interval into is join json jsonb key
  left like limit not nothing now null numeric on only or order outer owner precision primary public real references rename
  replace restrict returning returns right select sequence serial set smallint table temporary text then time timestamp
  timestamptz to trigger true type unique update using uuid valid validate values varchar varying view when where with
  zone always`
    .split(/\s+/)
    .filter((word) => word !== ""),
)

function namesIn(text: string): ReadonlySet<string> | undefined {
  const lexer = new Lexer(text)
  const names = new Set<string>()
  for (let kind = lexer.next(); kind !== "end"; kind = lexer.next()) {
    const token = text.slice(lexer.start, lexer.end)
    if (kind === "dollar") return undefined
    if (kind === "identifier") names.add(token.replace(/^"|"$/g, "").toLowerCase())
    else if (kind === "word" && !words.has(token.toLowerCase())) names.add(token.toLowerCase())
  }
  return names
}
