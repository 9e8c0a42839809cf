import { expect, test } from "vitest"
import { openScratch } from "../../src/scratch/scratch.ts"
import { majors } from "../database.ts"
import { safetyCases } from "./cases/all.ts"
import { Workbench } from "./workbench.ts"

test("the cases are many, each has a name of its own, and half of them only look dangerous", () => {
  const names = new Set(safetyCases.map(({ name, hazard, sql }) => `${name} ${hazard} ${sql}`))
  const hazards = safetyCases.filter(({ hazard }) => hazard).length
  expect(names.size).toBe(safetyCases.length)
  expect(safetyCases.length).toBeGreaterThan(150)
  expect(hazards / safetyCases.length).toBeGreaterThan(0.4)
  expect(hazards / safetyCases.length).toBeLessThan(0.6)
})

/** `npm run bench:safety` takes all of them on both majors; by itself a run takes half on each, every time the same. */
const all = process.env.LOCKSTEP_CASES === "all"

test.each(majors)(
  "every hazard is found, and what only looks like one is not reported (PostgreSQL %s)",
  async (major) => {
    await using scratch = await openScratch({ major })
    const workbench = new Workbench(scratch)
    const wrong: string[] = []
    const turn = majors.indexOf(major) % 2
    const cases = safetyCases.filter((one, place) => workbench.applies(one) && (all || place % 2 === turn))
    for (const each of cases) {
      const { findings } = await workbench.lint(each)
      const errors = findings.filter(({ severity }) => severity === "error")
      if (errors.length > 0 === each.hazard) continue
      wrong.push(
        each.hazard
          ? `missed: ${each.name}`
          : `${each.name}: ${errors.map(({ message }) => message).join("; ")}`,
      )
    }
    expect(wrong).toEqual([])
  },
  300_000,
)
