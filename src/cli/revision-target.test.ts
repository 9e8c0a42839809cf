import { expect, test } from "vitest"
import { countsFromApplied } from "./revision-target.ts"

test.each(["current", "-1", "+2", "billing@current", "-3:current", "-3:", ":current", "current:head"])(
  "%s counts from what is applied",
  (word) => {
    expect(countsFromApplied(word)).toBe(true)
  },
)

test.each(["head", "4f2a", "4f2a+1", "billing@head", "a:b", "4f2a:+2", "-2:head", "base:heads", ""])(
  "%s needs no database",
  (word) => {
    expect(countsFromApplied(word)).toBe(false)
  },
)
