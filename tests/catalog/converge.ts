import { describe, expect, test } from "vitest"
import type { Catalog } from "../../src/catalog/catalog.ts"
import type { Connection } from "../../src/db/connection.ts"
import { diff } from "../../src/diff/diff.ts"
import { introspect } from "../../src/introspect/introspect.ts"
import { type Plan, plan } from "../../src/plan/plan.ts"
import { printScript } from "../../src/plan/print.ts"
import { majors, type TestDatabase, testDatabase } from "../database.ts"
import { dumpEntriesOf } from "./dump.ts"

/** Two schemas that a plan has to connect, in both directions. */
export interface Case {
  readonly old: string
  readonly new: string
  /** Rows, put in after `old`. */
  readonly seed?: string
  /** Queries over the seeded rows, and what they answer before and after the way to `new`. */
  readonly keeps?: readonly string[]
  /** Statements of the plan from `old` to `new`, all of them or as far as they matter. */
  readonly says?: readonly (string | RegExp)[]
  readonly saysNot?: readonly RegExp[]
  /** The first major version that has it. */
  readonly since?: number
  /** Where the way back loses what SQL cannot say. */
  readonly oneWay?: true
}

/**
 * Makes a test per major version: builds both schemas, plans, runs, reads again, and finds no difference; then the
 * way back. Where pg_dump is of the server's major or later it is the witness.
 */
export function converges(name: string, each: Case): void {
  const offered = majors.filter((major) => major >= (each.since ?? 0))
  describe.skipIf(offered.length === 0)(name, () => {
    for (const major of offered) {
      test(`PostgreSQL ${major}`, () => run(each, major))
    }
  })
}

async function run(each: Case, major: number): Promise<void> {
  await using from = await testDatabase({ major })
  await using to = await testDatabase({ major })
  const [source, target] = await Promise.all([from.connect(), to.connect()])
  await source.run(each.old)
  await target.run(each.new)
  if (each.seed !== undefined) await source.run(each.seed)

  const before = await answers(source, each.keeps)
  const wanted = await introspect(target)
  const start = await introspect(source)
  const dumped = await dump(from)
  const there = plan(start, wanted)
  check(each, there)
  expect(printScript(plan(start, wanted))).toBe(printScript(there))
  await apply(source, there)
  await expectEqual(await introspect(source), wanted)
  expect(await dump(from)).toEqual(await dump(to))
  expect(await answers(source, each.keeps)).toEqual(before)
  if (each.oneWay) return

  await apply(source, plan(await introspect(source), start))
  await expectEqual(await introspect(source), start)
  expect(await dump(from)).toEqual(dumped)
}

function check({ says = [], saysNot = [] }: Case, { steps }: Plan): void {
  const statements = steps.map(({ sql }) => sql)
  for (const expected of says) {
    if (typeof expected === "string") expect(statements).toContain(expected)
    else
      expect(
        statements.some((sql) => expected.test(sql)),
        `${expected} in\n${statements.join("\n")}`,
      ).toBe(true)
  }
  for (const unwanted of saysNot) expect(statements.filter((sql) => unwanted.test(sql))).toEqual([])
}

async function apply(connection: Connection, { steps }: Plan): Promise<void> {
  for (const { sql } of steps) await connection.run(sql)
}

async function answers(connection: Connection, queries: readonly string[] = []): Promise<unknown[]> {
  const results: unknown[] = []
  for (const query of queries)
    results.push((await connection.query(query)).map((row) => Object.values(row).map(String)))
  return results
}

async function expectEqual(actual: Catalog, wanted: Catalog): Promise<void> {
  expect(diff(actual, wanted)).toEqual([])
}

/** Nothing where pg_dump is missing, or older than the server. */
function dump({ tcpUrl, major }: TestDatabase): Promise<readonly string[]> {
  return dumpEntriesOf(tcpUrl, major)
}
