import fc from "fast-check"
import { describe, expect, test } from "vitest"
import { parseDuration, printDuration } from "./duration.ts"

describe("parseDuration", () => {
  test.each([
    ["2s", 2000],
    ["500ms", 500],
    ["5min", 300_000],
    ["5m", 300_000],
    ["1h 30min", 5_400_000],
    ["1.5s", 1500],
    ["250", 250],
    [250, 250],
    ["0", 0],
    ["1d", 86_400_000],
  ])("reads %s as %i ms", (text, milliseconds) => {
    expect(parseDuration(text)).toBe(milliseconds)
  })

  test.each(["", "s", "2 parsecs", "-1s", "2s!", "1e3", -5, Number.NaN, Number.POSITIVE_INFINITY])(
    "refuses %s",
    (value) => {
      expect(parseDuration(value)).toBeUndefined()
    },
  )

  test("reads back what printDuration prints", () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 1e10 }), (milliseconds) => {
        expect(parseDuration(printDuration(milliseconds))).toBe(milliseconds)
      }),
    )
  })
})
