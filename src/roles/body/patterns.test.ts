import { describe, expect, test } from "vitest"
import { findsOthers, isWordPattern, matchesWords } from "./patterns.ts"

describe("patterns that only words match", () => {
  test.each([
    "^[a-z]+$",
    "^[A-Za-z_][A-Za-z0-9_]*$",
    String.raw`^\w{1,63}$`,
    "^(asc|desc)$",
    String.raw`^[a-z]+\.[a-z]+$`,
    "^(?:a|b)?[0-9]*$",
    "^[a-z0-9-]+$",
  ])("%s", (pattern) => {
    expect(matchesWords(pattern)).toBe(true)
  })

  test.each([
    "[a-z]+",
    "^[a-z]+",
    "[a-z]+$",
    "^a|b$",
    "^.*$",
    "^[^;]+$",
    "^[a-z ]+$",
    "^[ -~]+$",
    "^(a|b",
    "^[a-z]+$|x",
    "^$",
  ])("not %s", (pattern) => {
    expect(matchesWords(pattern)).toBe(false)
  })

  test("SIMILAR TO holds the whole text against its pattern", () => {
    expect(isWordPattern("[a-z]+")).toBe(true)
    expect(isWordPattern("%")).toBe(false)
  })

  test("what finds all other characters", () => {
    expect(["[^a-z]", "[^a-zA-Z0-9_]+", String.raw`\W`].map(findsOthers)).toEqual([true, true, true])
    expect(["[;']", "[^;]", ";", "[^a-z ]"].map(findsOthers)).toEqual([false, false, false, false])
  })
})
