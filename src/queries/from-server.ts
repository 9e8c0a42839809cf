import { normalForm, statementsOf, type Token, tokensOf } from "./normalise.ts"

/**
 * Returns a statement as pg_stat_statements keeps it in the form in which a list of queries does, without any value. The
 * server puts a parameter in the place of every constant, also where the grammar takes none (`interval $1`, `extract($1
 * from at)`), and leaves the values of CALL in it before 17; and of what it forgets while it runs, all of them.
 *
 * @param isQuery whether a text can be read, and is one of an application
 * @returns undefined where it is none
 */
export function fromServer(text: string, isQuery: (sql: string) => boolean): string | undefined {
  const [statement, ...more] = statementsOf(text)
  if (statement === undefined || more.length > 0) return undefined
  // Behind a list that it has shortened the server leaves a comment.
  const tokens = tokensOf(statement).map((token) =>
    token.text === ")" ? { ...token, before: "" as const } : token,
  )
  const sql = normalForm(withCasts(withoutValues(tokens)))
  return isQuery(sql) ? sql : undefined
}

/** The texts that it puts in are no parameters that a statement may have, so that each becomes one of its own. */
function withoutValues(tokens: readonly Token[]): readonly Token[] {
  const isCall = tokens[0]?.text.toLowerCase() === "call"
  if (!isCall && !tokens.some(isText)) return tokens
  return tokens.flatMap((token, index) => {
    // The further lines of a text belong to its first.
    if (token.before === "\n") return []
    return isText(token) || token.kind === "number" ? [parameter(token, `value ${index}`)] : [token]
  })
}

function isText({ kind }: Token): boolean {
  return kind === "string" || kind === "dollar"
}

function parameter(token: Token, text: string): Token {
  return { ...token, kind: "parameter", text, isParameter: true }
}

/** Types whose constants are written as `type 'text'`. */
const typed = new Set([
  ..."interval date time timetz timestamp timestamptz bytea json jsonb jsonpath uuid inet cidr macaddr numeric point".split(
    " ",
  ),
  ..."box circle line lseg path polygon tsvector tsquery xml bit varbit regclass regtype pg_lsn money".split(
    " ",
  ),
  ..."int4range int8range numrange tsrange tstzrange daterange".split(" "),
])

/** PostgreSQL's own parser is stricter than the one for such texts. Writes `interval $1` as `$1 :: interval`, and `extract($1 from at)` with a field that everything has. */
function withCasts(tokens: readonly Token[]): readonly Token[] {
  const result: Token[] = []
  for (const token of tokens) {
    if (!token.isParameter) {
      result.push(token)
      continue
    }
    const words = result.slice(-4).map(({ text }) => text.toLowerCase())
    if (words.at(-1) === "(" && words.at(-2) === "extract") {
      result.push({ ...token, kind: "word", text: "epoch", isParameter: false })
      continue
    }
    const type = result.splice(result.length - typeLength(words))
    const [first, ...others] = type
    if (first === undefined) result.push(token)
    else {
      const cast: Token = { ...first, kind: "punctuation", text: "::", before: "" }
      result.push({ ...token, before: first.before }, cast, { ...first, before: "" }, ...others)
    }
  }
  return result
}

/** How many words in front of a parameter name its type: `timestamp with time zone $1`. */
function typeLength(words: readonly string[]): number {
  const [time = "", withOr = "", second, zone] = words
  const hasZone = (withOr === "with" || withOr === "without") && second === "time" && zone === "zone"
  if (hasZone && (time === "time" || time === "timestamp")) return 4
  return typed.has(words.at(-1) ?? "") ? 1 : 0
}
