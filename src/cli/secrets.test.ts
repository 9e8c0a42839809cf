import { expect, test } from "vitest"
import { maskData, maskText } from "./secrets.ts"

test.each([
  ["postgres://app:hunter2@db:5432/shop", "postgres://app:***@db:5432/shop"],
  ["postgresql+asyncpg://app:hunter2@db/shop?ssl=true", "postgresql+asyncpg://app:***@db/shop?ssl=true"],
  ['cannot reach "postgres://app:p@ss@db/shop" now', 'cannot reach "postgres://app:***@db/shop" now'],
  ["postgres://:hunter2@db/shop", "postgres://:***@db/shop"],
  ["postgres://db/shop?user=app&password=hunter2&x=1", "postgres://db/shop?user=app&password=***&x=1"],
  ["host=db password='hun\\'ter 2' user=app", "host=db password=*** user=app"],
  ["PGPASSWORD=hunter2 psql", "PGPASSWORD=*** psql"],
  ["sslpassword = hunter2", "sslpassword = ***"],
])("%s", (text, masked) => {
  expect(maskText(text)).toBe(masked)
})

test.each([
  "postgres://app@db/shop",
  "https://example.com/a:b",
  "select password from users",
  "see http://a and b@c",
])("leaves %s as it is", (text) => {
  expect(maskText(text)).toBe(text)
})

test("masks the texts in plain data, wherever they are", () => {
  const data = { n: 1, list: [{ url: "postgres://a:b@c/d" }], none: null }
  expect(maskData(data)).toEqual({ n: 1, list: [{ url: "postgres://a:***@c/d" }], none: null })
})
