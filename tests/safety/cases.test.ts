import { expect, test } from "vitest"
import { openScratch } from "../../src/scratch/scratch.ts"
import { majors } from "../database.ts"
import { partOf } from "../how-many.ts"
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

/** A few of them by itself (see `howMany`); `npm run bench:safety` takes all on both majors. */
test.each(majors)(
  "every hazard is found, and what only looks like one is not reported (PostgreSQL %s)",
  async (major) => {
    await using scratch = await openScratch({ major })
    const workbench = new Workbench(scratch)
    const wrong: string[] = []
    const cases = partOf(safetyCases, majors.indexOf(major), 4).filter((one) => workbench.applies(one))
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
