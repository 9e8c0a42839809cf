import { expect, test } from "vitest"
import { maskData } from "./secrets.ts"

test("masks the texts in plain data, wherever they are", () => {
  const data = { n: 1, list: [{ url: "postgres://a:b@c/d" }], none: null }
  expect(maskData(data)).toEqual({ n: 1, list: [{ url: "postgres://a:***@c/d" }], none: null })
})
