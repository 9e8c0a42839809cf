import { expect, test } from "vitest"
import { locate, placeAt } from "./locate.ts"

/** Locates the `^` of a statement that begins on line 10, and gives it back as line, column and text. */
function caret(drawing: string, column = 1) {
  const at = [...drawing].indexOf("^") + 1
  const found = locate({ sql: drawing.replace("^", ""), file: "a.sql", line: 10, column }, at)
  return [found.line, found.column, found.text]
}

test.each([
  ["the first character", "^select 1", [10, 1, "select 1"]],
  ["a word on the first line", "select ^x from t", [10, 8, "select x from t"]],
  ["a word on a later line", "select 1,\n  ^x\nfrom t", [11, 3, "  x"]],
  ["behind Windows line ends", "select 1,\r\n  ^x\r\nfrom t", [11, 3, "  x"]],
  ["behind characters of several bytes", "select 'größe', ^x", [10, 17, "select 'größe', x"]],
  ["behind characters of two code units", "select '😀😀', ^x", [10, 14, "select '😀😀', x"]],
  ["the first character of a line", "select 1,\n\n^x", [12, 1, "x"]],
  ["the end of the statement", "select 1,\n(2^", [11, 3, "(2"]],
])("%s", (_what, drawing, place) => {
  expect(caret(drawing)).toEqual(place)
})

test("a statement that begins in the middle of a line", () => {
  expect(caret("selec^t\n1", 5)).toEqual([10, 10, "    select"])
  expect(caret("select\n^1", 5)).toEqual([11, 1, "1"])
})

test("a position behind the end is the end", () => {
  expect(locate({ sql: "select", file: "a.sql", line: 1 }, 99)).toMatchObject({ line: 1, column: 7 })
})

test("an offset of a file with a byte-order mark", () => {
  const source = { text: "\uFEFF😀 a\r\n b", file: "a.sql", line: 5 }
  expect(placeAt(source, 4)).toEqual({ file: "a.sql", line: 5, column: 3, text: "😀 a" })
  expect(placeAt(source, 8)).toEqual({ file: "a.sql", line: 6, column: 2, text: " b" })
})
