import { readFileSync } from "node:fs"
import { expect, test } from "vitest"
import { openScratch } from "../../src/scratch/scratch.ts"
import { majors } from "../database.ts"
import { partOf } from "../how-many.ts"
import { lockCases } from "./lock-facts.ts"
import { observeLocks, type RecordedLocks, recordedOn } from "./observe-locks.ts"

const recorded = JSON.parse(
  readFileSync(new URL("../../scripts/docs/lock-facts.json", import.meta.url), "utf8"),
) as RecordedLocks

test.each([...majors.entries()])(
  "what the documentation says that statements lock is what they lock (server %s: PostgreSQL %s)",
  async (turn, major) => {
    await using scratch = await openScratch({ major })
    const cases = partOf(lockCases, turn, majors.length)
    const seen = await observeLocks(scratch, cases)
    const expected = cases.map(({ name }) => [name, recordedOn(recorded, name, major)])
    expect(Object.fromEntries(seen)).toEqual(Object.fromEntries(expected))
  },
  120_000,
)

test("every statement is recorded, and every name is there once", () => {
  const names = lockCases.map(({ name }) => name)
  expect(new Set(names).size).toBe(names.length)
  expect(Object.keys(recorded.facts)).toEqual(names)
})
