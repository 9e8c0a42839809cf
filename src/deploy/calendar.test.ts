import { describe, expect, test } from "vitest"
import {
  type Freeze,
  isFrozen,
  isOpen,
  nextOpening,
  parseFreeze,
  parseWindow,
  type Window,
} from "./calendar.ts"

const open = (text: string, now: string) => isOpen(parseWindow(text) as Window, new Date(now))
const frozen = (text: string, now: string) => isFrozen(parseFreeze(text) as Freeze, new Date(now))

describe("a window", () => {
  // 2026-06-01 is a Monday; Berlin is two hours ahead of UTC then.
  test.each([
    ["Mon-Thu 09:00-16:00 Europe/Berlin", "2026-06-01T07:00:00Z", true],
    ["Mon-Thu 09:00-16:00 Europe/Berlin", "2026-06-01T06:59:00Z", false],
    ["Mon-Thu 09:00-16:00 Europe/Berlin", "2026-06-01T14:00:00Z", false],
    ["Mon-Thu 09:00-16:00 Europe/Berlin", "2026-06-05T08:00:00Z", false],
    ["Fri-Mon 09:00-16:00", "2026-06-06T10:00:00Z", true],
    ["Mon,Wed 22:00-02:00", "2026-06-01T23:30:00Z", true],
    ["Mon,Wed 22:00-02:00", "2026-06-02T01:59:00Z", true],
    ["Mon,Wed 22:00-02:00", "2026-06-03T01:00:00Z", false],
    ["daily 00:00-24:00", "2026-06-07T23:59:00Z", true],
  ])("%s is open at %s: %s", (text, now, expected) => {
    expect(open(text, now)).toBe(expected)
  })

  test.each([
    "Mon",
    "Mon 9-16",
    "Mon-Xyz 09:00-16:00",
    "Mon 09:00-16:00 Mars/Olympus",
    "Mon 09:00-25:00",
    "Mon 09:00-09:00",
  ])("%s is none", (text) => {
    expect(parseWindow(text)).toBeUndefined()
  })

  test("says when it opens next", () => {
    const windows = [parseWindow("Mon-Thu 09:00-16:00 Europe/Berlin") as Window]
    expect(nextOpening(windows, new Date("2026-06-05T08:07:00Z"))?.toISOString()).toBe(
      "2026-06-08T07:00:00.000Z",
    )
  })
})

test("a freeze covers both its days, where it is", () => {
  const text = "2026-12-20..2027-01-05 Europe/Berlin because of the holidays"
  expect(parseFreeze(text)).toMatchObject({ reason: "the holidays", zone: "Europe/Berlin" })
  expect(frozen(text, "2026-12-19T22:59:00Z")).toBe(false)
  expect(frozen(text, "2026-12-19T23:00:00Z")).toBe(true)
  expect(frozen(text, "2027-01-05T22:00:00Z")).toBe(true)
  expect(frozen("2026-11-27 because Black Friday", "2026-11-27T12:00:00Z")).toBe(true)
  for (const wrong of ["2026-13-01", "2026-02-30", "2026-12-20..2026-12-01", "soon"])
    expect(parseFreeze(wrong)).toBeUndefined()
})
