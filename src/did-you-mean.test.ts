import { expect, test } from "vitest"
import { nearest } from "./did-you-mean.ts"

const keys = ["revision", "parent", "phase", "lock-timeout", "statement-timeout"]

test.each([
  ["a letter missing", "parnt", "parent"],
  ["a letter added", "phasse", "phase"],
  ["two swapped", "pahse", "phase"],
  ["another character", "lock_timeout", "lock-timeout"],
  ["upper case", "Revision", "revision"],
  ["nothing near", "colour", undefined],
  ["too far for a short word", "ph", undefined],
])("%s: %s -> %s", (_, word, expected) => {
  expect(nearest(word, keys)).toBe(expected)
})

test("the first of equally near candidates wins", () => {
  expect(nearest("cat", ["bat", "hat"])).toBe("bat")
})
