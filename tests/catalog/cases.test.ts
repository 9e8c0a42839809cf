import { afterAll, beforeAll, describe, expect, test } from "vitest"
import { type EmbeddedServer, startServer } from "../../src/scratch/embedded.ts"
import { majors } from "../database.ts"
import { partOf } from "../how-many.ts"
import { type CaseFolder, caseFolders, writePlan } from "./case-folders.ts"
import { Workbench } from "./workbench.ts"

/**
 * The cases in `cases/`: each schema pair is built, planned, run, read again and compared with pg_dump, and then all of
 * that backwards. By itself a run takes a few of them on each major version (see `howMany`); `npm run test:cases` all of
 * them. LOCKSTEP_WRITE_PLANS=1 rewrites their plan.sql.
 */
const rewrite = process.env["LOCKSTEP_WRITE_PLANS"] === "1"
const newest = majors.at(-1)

describe.each(majors)("PostgreSQL %i", (major) => {
  const offered = caseFolders().filter(({ since }) => major >= since)
  const cases = partOf(offered, majors.indexOf(major), 6)
  let server: EmbeddedServer
  let bench: Workbench

  beforeAll(async () => {
    server = await startServer({ major, settings: { wal_level: "logical" } })
    bench = await Workbench.open([server.url(), server.url()], { dump: "both ways", ownServers: true })
  })

  afterAll(async () => {
    await bench[Symbol.asyncDispose]()
    await server.stop()
  })

  test.each(cases.map((each): [string, CaseFolder] => [each.name, each]))("%s", async (_, each) => {
    const outcomes = await bench.check(each)
    expect(outcomes.filter(({ status }) => status !== "converged")).toEqual([])
    expect(outcomes).toHaveLength(each.oneWay === undefined ? 2 : 1)
    if (major !== newest) return
    const script = outcomes[0]?.script ?? ""
    if (rewrite) writePlan(each.name, script)
    else expect(script).toBe(each.plan)
  })
})
