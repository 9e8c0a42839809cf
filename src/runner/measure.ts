import type { Measurement } from "../history/measurements.ts"
import { insertEvent } from "../history/record.ts"
import { qualified } from "../sql/identifier.ts"
import { type NamedWork, workNamedBy } from "../sql/named-work.ts"
import type { RunContext } from "./context.ts"
import { changeHistory } from "./transaction.ts"

/** Of smaller relations nobody needs to know how long work takes. */
const leastBytes = 1024 ** 2

const mostStatements = 20

/**
 * Records how long the work of this run took, with the sizes of what it was done on: later forecasts for this database go
 * by it. A run without a long statement records nothing.
 */
export async function recordMeasurements(context: RunContext): Promise<void> {
  if (context.slow.length === 0) return
  try {
    const measured = await measure(context)
    if (measured.length === 0) return
    const message = measured.map(({ kind, relation, ms }) => `${kind} of ${relation}: ${Math.round(ms)} ms`)
    await changeHistory(
      context,
      insertEvent(context.schema, context.runId, {
        kind: "measured",
        message: message.join("; "),
        details: { measured },
      }),
    )
  } catch {
    // The run itself has succeeded and is recorded; the next forecast is a wider one.
  }
}

async function measure({ connection, slow }: RunContext): Promise<readonly Measurement[]> {
  const { loadParser } = await import("../sql/parser.ts")
  const parse = await loadParser()
  const named = slow.slice(0, mostStatements).flatMap(({ sql, ms }): (NamedWork & { ms: number })[] => {
    const node = parse(sql)
    const work = node === undefined ? undefined : workNamedBy(node)
    return work === undefined ? [] : [{ ...work, ms }]
  })
  if (named.length === 0) return []
  const rows = await connection.query<{ place: number; relation: string; rows: string; bytes: string }>(
    `select place::int4, pg_catalog.format('%I.%I', n.nspname, c.relname) as relation,
  greatest(c.reltuples, pg_catalog.pg_stat_get_live_tuples(c.oid), 0)::int8 as rows, pg_catalog.pg_total_relation_size(c.oid) as bytes
from pg_catalog.unnest($1::text[]) with ordinality as t (name, place)
join pg_catalog.pg_class c on c.oid = pg_catalog.to_regclass(t.name) join pg_catalog.pg_namespace n on n.oid = c.relnamespace`,
    [named.map(({ relation }) => qualified(relation))],
  )
  return rows.flatMap(({ place, relation, rows: count, bytes }): Measurement[] => {
    const { kind, ms } = named[place - 1] as (typeof named)[number]
    const size = Number(bytes)
    return size < leastBytes ? [] : [{ kind, relation, rows: Number(count), bytes: size, ms: Math.round(ms) }]
  })
}
