import { expect, test } from "vitest"
import { majors, testDatabase } from "../database.ts"
import { howMany } from "../how-many.ts"
import { Dice, randomSchema } from "./random-schema.ts"
import { Workbench } from "./workbench.ts"

/**
 * Random pairs of schemas: the plan leads there and back. LOCKSTEP_FUZZ says how many pairs, LOCKSTEP_FUZZ_SEED with
 * which to begin; what a failure prints is a case for `cases/`.
 */
const count = Number(process.env["LOCKSTEP_FUZZ"] ?? { few: 4, some: 16, all: 100 }[howMany])
const first = Number(process.env["LOCKSTEP_FUZZ_SEED"] ?? 1)

test.each(majors)("random schemas on PostgreSQL %i", { timeout: 60_000 + count * 10_000 }, async (major) => {
  await using db = await testDatabase({ major })
  await using bench = await Workbench.open([db.url, db.url], { dump: "never" })
  const failed: unknown[] = []
  for (let seed = first; seed < first + count; seed++) {
    const dice = new Dice(seed)
    const pair = { old: randomSchema(dice), new: randomSchema(dice) }
    for (const outcome of await bench.check(pair)) {
      if (outcome.status !== "converged") failed.push({ seed, pair, ...outcome })
    }
  }
  expect(failed).toEqual([])
})
