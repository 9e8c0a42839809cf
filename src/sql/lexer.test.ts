import fc from "fast-check"
import { loadModule, scanSync } from "libpg-query"
import { beforeAll, describe, expect, test } from "vitest"
import { Lexer } from "./lexer.ts"
import { anyScript } from "./random-script.ts"

function tokens(text: string): string[] {
  const lexer = new Lexer(text)
  const found: string[] = []
  for (let kind = lexer.next(); kind !== "end"; kind = lexer.next()) {
    found.push(`${kind} ${text.slice(lexer.start, lexer.end)}`)
  }
  return found
}

/**
 * The tokens without their kinds, the parts of a string on several lines as one, unless a comment stands between:
 * libpg-query's scanner does not join them then, the server does.
 */
function wholeTokens(text: string): string[] {
  const lexer = new Lexer(text)
  const starts: number[] = []
  const ends: number[] = []
  while (lexer.next() !== "end") {
    if (lexer.continues && !text.slice(ends.at(-1), lexer.start).includes("--")) ends.pop()
    else starts.push(lexer.start)
    ends.push(lexer.end)
  }
  return starts.map((start, index) => text.slice(start, ends[index]))
}

/** The tokens of PostgreSQL's own lexer, or undefined where it refuses the text. */
function tokensOfPostgres(text: string): string[] | undefined {
  const bytes = Buffer.from(text)
  try {
    const { tokens } = scanSync(text)
    // Its offsets count bytes, and comments are tokens.
    return tokens
      .filter(({ tokenName }) => !tokenName.endsWith("COMMENT"))
      .map(({ start, end }) => bytes.subarray(start, end).toString())
  } catch {
    return undefined
  }
}

describe("reads", () => {
  test.each<[what: string, text: string, ...tokens: string[]]>([
    ["a doubled quote", "'it''s'", "string 'it''s'"],
    ["a backslash as an ordinary character", String.raw`'a\' b`, String.raw`string 'a\'`, "word b"],
    ["an escaped quote behind E", String.raw`E'a\'b' c`, String.raw`string E'a\'b'`, "word c"],
    [
      "an escaped backslash before the closing quote",
      String.raw`e'\\' c`,
      String.raw`string e'\\'`,
      "word c",
    ],
    [
      "the other prefixes of strings",
      "b'1' X'f' n'x' U&'d'",
      "string b'1'",
      "string X'f'",
      "string n'x'",
      "string U&'d'",
    ],
    ["a prefix letter apart from the quote as a word", "E 'a'", "word E", "string 'a'"],
    ["u & with a blank as an operator", "u & 'a'", "word u", "operator &", "string 'a'"],
    ["quoted identifiers", `"a ""b"";" U&"c"`, `identifier "a ""b"";"`, `identifier U&"c"`],
    [
      "dollar quotes with and without a tag",
      "$$ ' $$ $a_1$ $$ $b$ $a_1$",
      "dollar $$ ' $$",
      "dollar $a_1$ $$ $b$ $a_1$",
    ],
    ["tags with letters beyond ASCII", "$é$;$é$", "dollar $é$;$é$"],
    ["a tag that begins with a digit as a parameter", "$1$ $1", "parameter $1", "other $", "parameter $1"],
    ["a dollar quote right behind a parameter", "$1$$;$$", "parameter $1", "dollar $$;$$"],
    ["dollar signs inside identifiers", "a$b$c; d$$", "word a$b$c", "punctuation ;", "word d$$"],
    ["nested comments", "a /* b /* c */ d */ e", "word a", "word e"],
    ["a comment that only looks closed", "/*/ a */ b", "word b"],
    ["a comment opened by /*/ inside another", "/* /*/ */ */ b", "word b"],
    ["a line comment up to a lone carriage return", "a -- b\rc", "word a", "word c"],
    [
      "comments inside operators",
      "a+--b\n-c*/**/d",
      "word a",
      "operator +",
      "operator -",
      "word c",
      "operator *",
      "word d",
    ],
    ["a sign behind an operator apart from it", "a=-1", "word a", "operator =", "operator -", "number 1"],
    ["a sign that belongs to a custom operator", "a@-1", "word a", "operator @-", "number 1"],
    [
      "numbers",
      "1 1.5 .5 1e-3 1.e+2 0x1F 1_000",
      ..."1 1.5 .5 1e-3 1.e+2 0x1F 1_000".split(" ").map((n) => `number ${n}`),
    ],
    ["a range of numbers", "1..2", "number 1", "punctuation ..", "number 2"],
    ["letters behind a number as part of it", "1a", "number 1a"],
    [
      "casts, slices and assignments",
      "a::b[1:2] :=",
      ..."a :: b [".split(" ").map((t) => `${/\w/.test(t) ? "word" : "punctuation"} ${t}`),
      "number 1",
      "punctuation :",
      "number 2",
      "punctuation ]",
      "punctuation :=",
    ],
    ["no byte-order mark", "\uFEFFa", "word a"],
    ["a backslash outside quotes", "a \\b", "word a", "backslash \\", "word b"],
    [
      "letters beyond ASCII, and blanks that only look blank, as letters",
      "größe a\u00A0b",
      "word größe",
      "word a\u00A0b",
    ],
  ])("%s", (_what, text, ...expected) => {
    expect(tokens(text)).toEqual(expected)
  })

  test("a string that goes on on the next line, with the prefix of its first part", () => {
    const lexer = new Lexer(String.raw`E'a' -- and
      'b\'' 'c'`)
    const parts = []
    while (lexer.next() !== "end") parts.push([lexer.text.slice(lexer.start, lexer.end), lexer.continues])
    expect(parts).toEqual([
      ["E'a'", false],
      [String.raw`'b\''`, true],
      ["'c'", false],
    ])
  })
})

test.each(["'a", `"a`, "E'a\\'", "$a$ $b$", "a /* /* */", "U&'a''"])("%s is not closed", (text) => {
  const lexer = new Lexer(text)
  let closed = true
  while (lexer.next() !== "end") closed &&= lexer.closed
  expect(closed).toBe(false)
})

describe("agrees with PostgreSQL's own lexer", () => {
  beforeAll(loadModule)

  test("on any script", () => {
    fc.assert(
      fc.property(anyScript, ({ text }) => {
        expect(wholeTokens(text)).toEqual(tokensOfPostgres(text))
      }),
      { numRuns: 300 },
    )
  })

  test("on whatever it accepts", () => {
    const words = "+ - * / < > = @ # ! ~ a b1 ( ) , . ' '' ; : :: $1 $$ $a$ /* */ -- E' \\' \r\n"
    const piece = fc.constantFrom(...words.split(" "), " ", "\n", " 1 ", " 2.5 ", " .5e1 ")
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 14 }), (pieces) => {
        const text = pieces.join("")
        const expected = tokensOfPostgres(text)
        if (expected !== undefined) expect(wholeTokens(text)).toEqual(expected)
      }),
      { numRuns: 2000 },
    )
  })
})
