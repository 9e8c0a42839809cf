import { Lexer, type TokenKind } from "../sql/lexer.ts"
import { splitQueries } from "../sql/statements.ts"

/** First words of statements that depend on the schema and that an application issues again and again. */
const kept = new Set([..."select insert update delete merge with values table call copy refresh".split(" ")])

/**
 * Returns the statements of a text as a list of queries keeps them: without comments, white space as one blank, lists of
 * parameters as short as they can be. Those that say nothing about the schema (BEGIN, SET, LISTEN) or change it are left
 * out.
 */
export function normalise(text: string): readonly string[] {
  return statementsOf(text)
    .map(tokensOf)
    .filter((tokens) => kept.has(firstWord(tokens)))
    .map(normalForm)
}

/** Prints a statement as a list of queries keeps it. */
export function normalForm(tokens: readonly Token[]): string {
  return print(foldLists(tokens))
}

/** A text that cannot be split is the server's to refuse. */
export function statementsOf(text: string): readonly string[] {
  try {
    return splitQueries({ text, file: "", line: 1 }).map(({ sql }) => sql)
  } catch {
    return []
  }
}

export interface Token {
  readonly kind: TokenKind
  readonly text: string
  /** What stands before it: nothing, a blank, or the line break that joins two parts of a string. */
  readonly before: "" | " " | "\n"
  readonly isParameter: boolean
}

/** Returns the tokens of a statement; comments are none. */
export function tokensOf(sql: string): readonly Token[] {
  const lexer = new Lexer(sql)
  const tokens: Token[] = []
  let end = 0
  for (let kind = lexer.next(); kind !== "end"; kind = lexer.next()) {
    const blank = tokens.length > 0 && lexer.start > end ? " " : ""
    tokens.push({
      kind,
      text: sql.slice(lexer.start, lexer.end),
      before: lexer.continues ? "\n" : blank,
      isParameter: kind === "parameter",
    })
    end = lexer.end
  }
  return tokens
}

function firstWord(tokens: readonly Token[]): string {
  return tokens.find(({ text }) => text !== "(")?.text.toLowerCase() ?? ""
}

/**
 * Keeps one parameter of `in ($1, $2, $3)` and one row of `values ($1, $2), ($3, $4)`: how many there are changes from
 * one execution to the next.
 */
function foldLists(tokens: readonly Token[]): readonly Token[] {
  const folded: Token[] = []
  for (let at = 0; at < tokens.length; ) {
    const word = tokens[at]?.text.toLowerCase()
    const list = word === "in" || word === "values" ? groupAt(tokens, at + 1) : []
    folded.push(...tokens.slice(at, at + 1))
    at++
    if (list.length === 0) continue
    const [open, first, comma] = list
    const close = list.at(-1)
    const onlyParameters = list.slice(1, -1).every(({ text, isParameter }) => isParameter || text === ",")
    if (word === "in" && onlyParameters && open && first && comma && close) folded.push(open, first, close)
    else if (word === "values") folded.push(...list)
    else continue
    at += list.length
    if (word === "values") at = behindRows(tokens, at, shapeOf(list))
  }
  return folded
}

/** Returns the tokens from a parenthesis to the one that closes it; none where there is no parenthesis. */
function groupAt(tokens: readonly Token[], start: number): readonly Token[] {
  if (tokens[start]?.text !== "(") return []
  let depth = 0
  for (let at = start; at < tokens.length; at++) {
    if (tokens[at]?.text === "(") depth++
    if (tokens[at]?.text === ")" && --depth === 0) return tokens.slice(start, at + 1)
  }
  return []
}

/** Goes behind further rows, where all have the same shape as the first. */
function behindRows(tokens: readonly Token[], start: number, shape: string): number {
  let at = start
  while (tokens[at]?.text === ",") {
    const row = groupAt(tokens, at + 1)
    if (row.length === 0 || shapeOf(row) !== shape) return start
    at += 1 + row.length
  }
  return at
}

function shapeOf(row: readonly Token[]): string {
  return row.map(({ text, isParameter }) => (isParameter ? "$" : text)).join(" ")
}

/** Parameters get their numbers in the order in which they come. */
function print(tokens: readonly Token[]): string {
  const numbers = new Map<string, number>()
  return tokens
    .map(({ text, before, isParameter }) => {
      if (!isParameter) return before + text
      const number = numbers.get(text) ?? numbers.size + 1
      numbers.set(text, number)
      return `${before}$${number}`
    })
    .join("")
}
