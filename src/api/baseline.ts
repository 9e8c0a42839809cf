import { asRole, ownerOf } from "../catalog/as-role.ts"
import type { Catalog } from "../catalog/catalog.ts"
import { type Connection, ServerError } from "../db/connection.ts"
import { ToolError } from "../diagnostic.ts"
import { changesBetween, describeChanges } from "../diff/object-change.ts"
import { type Plan, type PlannedStep, plan } from "../plan/plan.ts"
import { missingRole } from "../scratch/roles.ts"
import type { Scratch, ScratchDatabase } from "../scratch/scratch.ts"
import { type ReadOptions, readScratch } from "./catalog-source.ts"
import { asLive } from "./lineage.ts"

/** The SQL that makes a live database's schema in an empty one, and what it cannot make. */
export interface Baseline {
  readonly sql: string
  readonly byHand: Plan["byHand"]
}

/**
 * Writes a catalog down as SQL, and proves on scratch that an empty database in which it has run has that very catalog.
 *
 * @throws ToolError `plan-not-proven`
 */
export async function baselineOf(live: Catalog, scratch: Scratch, reading: ReadOptions): Promise<Baseline> {
  await using database = await scratch.database()
  return await fill(database, live, scratch, reading)
}

/** Makes a scratch database with a live one's schema; throws as `baselineOf` does. */
export async function copyOnScratch(
  live: Catalog,
  scratch: Scratch,
  reading: ReadOptions,
): Promise<ScratchDatabase> {
  const database = await scratch.database()
  await fill(database, live, scratch, reading)
  return database
}

async function fill(
  database: ScratchDatabase,
  live: Catalog,
  scratch: Scratch,
  reading: ReadOptions,
): Promise<Baseline> {
  const empty = asRole(await readScratch(database, reading), ownerOf(live))
  const { steps, byHand } = plan(empty, live)
  const connection = await database.connect()
  try {
    await runAll(connection, steps, scratch)
  } finally {
    await connection.close()
  }
  const left = new Set(byHand.map(({ object }) => object))
  const reached = asLive(await readScratch(database, reading), live)
  const changes = changesBetween(reached, live).filter(({ object }) => !left.has(object))
  if (changes.length > 0)
    throw notProven("it does not lead to the database's catalog", describeChanges(changes))
  return { sql: steps.map(({ sql }) => `${sql};`).join("\n\n"), byHand }
}

/** In one transaction, as the runner will; roles that grants and owners name are made where they are missing. */
async function runAll(
  connection: Connection,
  steps: readonly PlannedStep[],
  scratch: Scratch,
): Promise<void> {
  await connection.run("begin")
  for (const { sql } of steps) await runStep(connection, sql, scratch)
  await connection.run("commit")
}

async function runStep(connection: Connection, sql: string, scratch: Scratch): Promise<void> {
  for (let made: string | undefined; ; ) {
    try {
      await connection.run(`savepoint step;\n${sql};\nrelease savepoint step`)
      return
    } catch (error) {
      if (!(error instanceof ServerError)) throw error
      await connection.run("rollback to savepoint step")
      const role = missingRole(error)
      if (role === undefined || role === made)
        throw notProven(`its statement failed: ${error.message}`, [sql])
      await scratch.makeRole(role)
      made = role
    }
  }
}

function notProven(reason: string, details: readonly string[]): ToolError {
  return new ToolError("plan-not-proven", `the baseline failed its proof on scratch: ${reason}`, {
    details,
    hint: "this is a defect of Lockstep, or the scratch server lacks an extension (then name one of your own with --scratch); nothing was written",
  })
}
