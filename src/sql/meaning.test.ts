import fc from "fast-check"
import { describe, expect, test } from "vitest"
import { meaning } from "./meaning.ts"
import { anyTwoLayouts } from "./random-script.ts"

describe("means the same", () => {
  test.each([
    ["a comment", "select 1 -- one", "select /* a */ 1"],
    ["white space between tokens", "select\n\t1", "select 1"],
    ["white space beside punctuation", "f( a,b )", "f(a, b)"],
    ["white space beside an operator", "a=-1", "a = - 1"],
    ["a comment in the place of a blank", "select/**/1", "select 1"],
    ["a byte-order mark", "\uFEFFselect 1", "select 1"],
    ["line ends", "select 1;\r\nselect 2;\r\n", "select 1;\nselect 2;\n"],
    ["line ends inside quotes", "select 'a\r\nb', $$\r\n$$", "select 'a\nb', $$\n$$"],
    ["semicolons at the end", "select 1", "select 1;;\n; -- done"],
    ["empty statements", "select 1;;select 2", "; select 1; select 2"],
    ["where a string goes on", "'a'\n'b'", "'a' -- and\r\n\t  'b'"],
    ["line ends of rows", "copy t from stdin;\r\n1\t2\r\n\\.\r\n", "copy t from stdin;\n1\t2\n\\."],
    [
      "the lines that pg_dump writes around its output",
      "\\restrict a1b2\nselect 1;\n\\unrestrict a1b2\n",
      "select 1",
    ],
  ])("%s", (_what, one, other) => {
    expect(meaning(one)).toBe(meaning(other))
  })
})

describe("means something else", () => {
  test.each([
    ["case in a string", "select 'a'", "select 'A'"],
    ["case of an identifier", "select a", "select A"],
    ["blanks inside quotes", "select 'a b'", "select 'a  b'"],
    ["blanks inside a dollar quote", "do $$ a $$", "do $$  a $$"],
    ["a comment inside a dollar quote", "do $$ a -- b\n$$", "do $$ a\n$$"],
    ["a tag of a dollar quote", "do $a$ x $a$", "do $b$ x $b$"],
    ["an operator in two parts", "a <= b", "a < = b"],
    ["two strings in the place of one", "'a''b'", "'a' 'b'"],
    ["two identifiers in the place of one", `"a""b"`, `"a" "b"`],
    ["strings that go on, and strings side by side", "'a'\n'b'", "'a' 'b'"],
    ["a prefix apart from its string", "e'a'", "e 'a'"],
    ["the end of a statement", "select 1; select 2", "select 1 select 2"],
    ["the order of statements", "select 1; select 2", "select 2; select 1"],
    ["rows", "copy t from stdin;\n1\t2\n\\.\n", "copy t from stdin;\n1\t 2\n\\.\n"],
    ["what follows rows", "copy t from stdin;\n1\n\\.\nselect 1", "copy t from stdin;\n1\n\\.\nselect 2"],
    ["a lone carriage return inside quotes", "select 'a\rb'", "select 'a\nb'"],
  ])("%s", (_what, one, other) => {
    expect(meaning(one)).not.toBe(meaning(other))
  })
})

test("is readable SQL, with one blank between tokens", () => {
  const text = "create table t ( -- first\n  a int,b text ) ; copy t from stdin;\n1\tx\n\\.\nselect 1;"
  expect(meaning(text)).toBe("create table t ( a int , b text );\ncopy t from stdin;\n1\tx\n\\.\nselect 1")
})

test.each([
  "select 'open",
  "/* open",
  "\\connect other\nselect 1",
  "copy t from stdin;\n1\n",
  "a ) b",
  "\\",
  "",
])("a text that cannot be split has a meaning, and the meaning is its own: %j", (text) => {
  expect(meaning(meaning(text))).toBe(meaning(text))
})

test("two layouts of any script mean the same, and the meaning is its own", () => {
  fc.assert(
    fc.property(anyTwoLayouts, ({ one, other }) => {
      expect(meaning(one.text)).toBe(meaning(other.text))
      expect(meaning(meaning(one.text))).toBe(meaning(one.text))
    }),
  )
})

test("two scripts mean the same only where their statements do", () => {
  fc.assert(
    fc.property(anyTwoLayouts, anyTwoLayouts, ({ one }, { other }) => {
      const statements = one.statements.map(meaning)
      const same = statements.join() === other.statements.map(meaning).join()
      expect(meaning(one.text) === meaning(other.text)).toBe(same)
    }),
  )
})

test("nothing but white space is lost, whatever the text", () => {
  const pieces = "a ' '' \" $$ $a$ ( ) \\ \\. 1 + E' , copy from stdin".split(" ")
  const piece = fc.constantFrom(...pieces, " ", "\n", "\r\n")
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 12 }), (chosen) => {
      const text = chosen.join("")
      expect(meaning(text).replace(/[\s;]|\\\./g, "")).toBe(text.replace(/[\s;]|\\\./g, ""))
    }),
    { numRuns: 500 },
  )
})
