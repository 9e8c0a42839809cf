import { expect, test } from "vitest"
import { upgrade } from "../../src/api/upgrade.ts"
import { readMeasurements } from "../../src/history/measurements.ts"
import { forecastBy } from "../../src/lint/forecast.ts"
import { testDatabase } from "../database.ts"
import { revision, testProject } from "../project.ts"

test("a run records how long its work took and on how much; forecasts for that database go by it", async () => {
  await using db = await testDatabase()
  const connection = await db.connect()
  await connection.run(
    "create table events (id bigint, note text); insert into events select n, repeat('x', 80) from generate_series(1, 200000) n; analyze events",
  )
  await using project = await testProject({
    "a.sql": revision("aaaa", "", "update events set note = note || 'y';\nselect pg_sleep(0.11);"),
    "b.sql": revision("bbbb", "aaaa", "create table small (id int);\nselect 1;"),
  })
  await upgrade({ root: project.root, url: db.url })
  // On a machine that stood still meanwhile the small statements took long, too.
  const all = await readMeasurements(connection, "lockstep")
  const [measured, ...others] = all.filter(({ kind }) => kind === "modification")
  expect(others).toEqual([])
  expect(measured).toMatchObject({ kind: "modification", relation: "public.events", rows: 200_000 })
  expect(measured?.bytes).toBeGreaterThan(20e6)

  const { band } = forecastBy(measured === undefined ? [] : [measured])
  const { fromMs, toMs } = band("modification", { rows: 2_000_000, bytes: (measured?.bytes ?? 0) * 10 })
  expect(fromMs).toBeGreaterThan((measured?.ms ?? 0) * 5)
  expect(toMs).toBeLessThan((measured?.ms ?? 0) * 20)
})
