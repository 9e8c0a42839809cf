import fc from "fast-check"
import { describe, expect, test } from "vitest"
import { ToolError } from "../diagnostic.ts"
import { decodeSql } from "./decode.ts"

const bytes = (...parts: (string | number)[]): Uint8Array =>
  Buffer.concat(parts.map((part) => (typeof part === "string" ? Buffer.from(part) : Buffer.from([part]))))

function errorOf(content: Uint8Array): ToolError {
  try {
    decodeSql(content, "a.sql")
  } catch (error) {
    if (error instanceof ToolError) return error
    throw error
  }
  throw new Error("nothing was thrown")
}

test.each(["", "select 1", "select 'größe 😀'\r\n"])(
  "%j is read with and without a byte-order mark",
  (text) => {
    expect(decodeSql(bytes(text), "a.sql")).toBe(text)
    expect(decodeSql(bytes("\uFEFF", text), "a.sql")).toBe(text)
  },
)

describe("refuses", () => {
  test.each([
    ["UTF-16 as PowerShell writes it", Buffer.from("\uFEFFselect 1", "utf16le"), 0, 1, "UTF-16"],
    ["UTF-16 with the other byte order", bytes(0xfe, 0xff, 0, 0x73), 0, 1, "UTF-16"],
    ["UTF-16 without a mark", Buffer.from("select 1", "utf16le"), 1, 1, "UTF-16"],
    ["Latin 1", bytes("-- ok\n-- gr\u00fc\u00df\nselect 'gr", 0xfc, "n'"), 26, 3, "WINDOWS-1252"],
    ["a character that is cut off at the end", bytes("é", 0xe2, 0x82), 2, 1, "WINDOWS-1252"],
    ["an overlong form", bytes("a", 0xc0, 0x80), 1, 1, "WINDOWS-1252"],
    ["half of a surrogate pair", bytes("ab", 0xed, 0xa0, 0x80), 2, 1, "WINDOWS-1252"],
    ["a zero byte", bytes("select 1;\nselect", 0, "2"), 16, 2, "UTF-16"],
  ])("%s", (_what, content, offset, line, encoding) => {
    const error = errorOf(content)
    expect(error.code).toBe("not-utf8")
    expect(error.facts).toMatchObject({ location: { file: "a.sql", line }, data: { offset } })
    expect(error.facts.hint).toContain(`iconv -f ${encoding}`)
  })

  test("at the first byte that is wrong, wherever it stands", () => {
    fc.assert(
      fc.property(
        fc.string({ unit: "grapheme", maxLength: 60 }),
        fc.string({ unit: "grapheme", maxLength: 60 }),
        (before, after) => {
          const start = before.replaceAll("\0", "").replace(/^\uFEFF/, "")
          const content = bytes(start, 0xff, after.replaceAll("\0", ""))
          expect(errorOf(content).facts.data).toEqual({ offset: Buffer.byteLength(start) })
        },
      ),
    )
  })
})
