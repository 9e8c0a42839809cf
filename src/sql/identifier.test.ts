import { describe, expect, test } from "vitest"
import { qualified, quoteIdentifier, quoteLiteral } from "./identifier.ts"

test.each([
  ["users", "users"],
  ["_a1", "_a1"],
  ["Users", '"Users"'],
  ["1a", '"1a"'],
  ["", '""'],
  ["a b", '"a b"'],
  ["a$b", '"a$b"'],
  ["größe", '"größe"'],
  ['a"b', '"a""b"'],
  ["user", '"user"'],
  ["name", "name"],
  ["between", '"between"'],
  ["json_table", '"json_table"'],
])("the identifier %j is %s", (name, sql) => {
  expect(quoteIdentifier(name)).toBe(sql)
})

test.each([
  ["", "''"],
  ["a", "'a'"],
  ["it's", "'it''s'"],
  ["a\\b", "E'a\\\\b'"],
  ["\\'; drop", "E'\\\\''; drop'"],
  ["a\nb", "'a\nb'"],
])("the text %j is %s", (text, sql) => {
  expect(quoteLiteral(text)).toBe(sql)
})

test("a name may have a schema", () => {
  expect(qualified({ name: "order" })).toBe('"order"')
  expect(qualified({ schema: "app", name: "users" })).toBe("app.users")
})

describe("a zero byte is refused", () => {
  test.each([quoteIdentifier, quoteLiteral])("%o", (quote) => {
    expect(() => quote("a\0b")).toThrow(TypeError)
  })
})
