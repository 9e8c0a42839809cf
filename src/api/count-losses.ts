import type { Catalog } from "../catalog/catalog.ts"
import { indexCatalog } from "../catalog/catalog-index.ts"
import { type Connection, ServerError } from "../db/connection.ts"
import type { PlannedStep } from "../plan/plan.ts"
import { openTarget } from "../runner/target.ts"
import type { TargetOptions } from "./options.ts"

/** How long counting one table may take before the server's own estimate has to do. */
const countTimeoutMs = 5_000

/**
 * Counts in a live database what the steps of a plan would lose: the rows of tables and the values of columns that go.
 *
 * @param live its catalog
 * @returns the ids of the objects, and what there is of them in words: `1,204 rows`
 */
export async function countLosses(
  target: TargetOptions,
  live: Catalog,
  steps: readonly PlannedStep[],
): Promise<ReadonlyMap<string, string>> {
  const index = indexCatalog(live)
  const lost = steps
    .filter(({ losesData }) => losesData !== undefined)
    .flatMap(({ object }) => index.get(object) ?? [])
    .filter(({ kind }) => kind === "table" || kind === "column")
  const counts = new Map<string, string>()
  if (lost.length === 0) return counts
  const opened = await openTarget({ ...target, command: "diff", writes: false })
  try {
    const { connection } = opened
    for (const { id, kind, identity, name, parent } of lost) {
      const [table, what] = kind === "table" ? [identity, "*"] : [parent?.identity ?? "", name]
      const rows = await countOf(connection, table, what)
      if (rows === undefined) continue
      const unit = kind === "table" ? "row" : "value"
      counts.set(id, `${rows} ${unit}${rows === "1" ? "" : "s"}`)
    }
  } finally {
    await opened.close()
  }
  return counts
}

/** Returns the steps, with what they lose in numbers. */
export function withCounts(
  steps: readonly PlannedStep[],
  counts: ReadonlyMap<string, string>,
): readonly PlannedStep[] {
  return steps.map((step) => {
    const count = counts.get(step.object)
    return step.losesData === undefined || count === undefined
      ? step
      : { ...step, losesData: `${step.losesData} (${count})` }
  })
}

async function countOf(connection: Connection, table: string, what: string): Promise<string | undefined> {
  try {
    const results = await connection.run(
      `begin read only; set local statement_timeout = ${countTimeoutMs};
       select pg_catalog.count(${what}) as count from ${table}; commit`,
    )
    return grouped(Number(results[2]?.rows[0]?.count))
  } catch (error) {
    if (!(error instanceof ServerError)) throw error
    await connection.run("rollback")
    return what === "*" ? await estimateOf(connection, table) : undefined
  }
}

/** What the server remembers of the last time that it looked through the table. */
async function estimateOf(connection: Connection, table: string): Promise<string | undefined> {
  const [row] = await connection
    .query<{ rows: number }>(
      "select reltuples::float8 as rows from pg_catalog.pg_class where oid = $1::regclass",
      [table],
    )
    .catch(() => [])
  return row === undefined || row.rows < 0 ? undefined : `about ${grouped(row.rows)}`
}

function grouped(count: number): string {
  return String(Math.round(count)).replace(/\B(?=(\d{3})+$)/g, ",")
}
