import { afterAll, beforeAll, describe, expect, test } from "vitest"
import type { Connection } from "../../src/db/connection.ts"
import { majors, type TestDatabase, testDatabase } from "../database.ts"
import { type Verdict, verdictApart, verdictInTransaction } from "./attack.ts"
import type { AttackCase } from "./attack-case.ts"
import { lookalikes } from "./cases/lookalikes.ts"
import { paths } from "./cases/paths.ts"

describe.each(majors)("PostgreSQL %i", (major) => {
  const fits = ({ since = 0, until = 99 }: AttackCase) => major >= since && major <= until
  let db: TestDatabase
  let admin: Connection

  beforeAll(async () => {
    db = await testDatabase({ major })
    admin = await db.connect()
  })
  afterAll(() => db.drop())

  const verdictOf = (attackCase: AttackCase): Promise<Verdict> =>
    attackCase.apart === true ? verdictApart(attackCase, major) : verdictInTransaction(attackCase, db, admin)

  test.each(paths.filter(fits))("a path: $name", async (attackCase) => {
    const { succeeded, audit, afterFixes } = await verdictOf(attackCase)
    expect({ succeeded, accused: audit.paths.length > 0 }).toEqual({ succeeded: true, accused: true })
    expect(afterFixes.paths).toEqual([])
  })

  test.each(lookalikes.filter(fits))("no path: $name", async (attackCase) => {
    const { succeeded, audit } = await verdictOf(attackCase)
    expect({ succeeded, paths: audit.paths }).toEqual({ succeeded: false, paths: [] })
  })
})
