import { afterAll, beforeAll, describe, expect, test } from "vitest"
import type { Connection } from "../../src/db/connection.ts"
import { majors, type TestDatabase, testDatabase } from "../database.ts"
import { partOf } from "../how-many.ts"
import { type Verdict, verdictApart, verdictInTransaction } from "./attack.ts"
import type { AttackCase } from "./attack-case.ts"
import { lookalikes } from "./cases/lookalikes.ts"
import { paths } from "./cases/paths.ts"
import { secondLookalikes } from "./cases/second-lookalikes.ts"
import { secondPaths } from "./cases/second-paths.ts"
import { thirdLookalikes } from "./cases/third-lookalikes.ts"
import { thirdPaths } from "./cases/third-paths.ts"

describe.each(majors)("PostgreSQL %i", (major) => {
  /** Those of the reference are all tried on each major; of the second round each on one of them, of the third half of them. */
  const ofSecond = (cases: readonly AttackCase[]) => partOf(cases, majors.indexOf(major), majors.length)
  const ofThird = (cases: readonly AttackCase[]) => partOf(cases, majors.indexOf(major), majors.length * 2)
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

  test.each([...paths, ...ofSecond(secondPaths), ...ofThird(thirdPaths)].filter(fits))(
    "a path: $name",
    async (attackCase) => {
      const { succeeded, audit, afterFixes } = await verdictOf(attackCase)
      expect({ succeeded, accused: audit.paths.length > 0 }).toEqual({ succeeded: true, accused: true })
      expect(afterFixes.paths).toEqual([])
    },
  )

  test.each([...lookalikes, ...ofSecond(secondLookalikes), ...ofThird(thirdLookalikes)].filter(fits))(
    "no path: $name",
    async (attackCase) => {
      const { succeeded, audit } = await verdictOf(attackCase)
      expect({ succeeded, paths: audit.paths }).toEqual({ succeeded: false, paths: [] })
    },
  )
})
