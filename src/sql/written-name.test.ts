import { expect, test } from "vitest"
import { bareName, splitName, unquote, withSuffix, writtenName } from "./written-name.ts"

test.each([
  ["users", ["", "users"], "users"],
  ["public.users", ["public", "users"], "users"],
  ['public."Order Items"', ["public", '"Order Items"'], "Order Items"],
  ['"a.b"."c.d"', ['"a.b"', '"c.d"'], "c.d"],
  ['app."say ""hi"""', ["app", '"say ""hi"""'], 'say "hi"'],
])("%s is taken apart", (name, parts, bare) => {
  expect(splitName(name)).toEqual(parts)
  expect(bareName(name)).toBe(bare)
  expect(unquote(parts[1] as string)).toBe(bare)
  expect(new RegExp(`^${writtenName}$`).test(name)).toBe(true)
})

test("a name with a suffix is never cut by the server, which counts bytes", () => {
  expect(withSuffix("i", "__new")).toBe("i__new")
  expect(withSuffix('"My Index"', "__new")).toBe('"My Index__new"')
  const long = withSuffix("ü".repeat(31), "__new")
  expect(long).toBe(`"${"ü".repeat(29)}__new"`)
  expect(Buffer.byteLength(unquote(long))).toBeLessThanOrEqual(63)
})
