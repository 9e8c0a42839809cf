import { setTimeout as sleep } from "node:timers/promises"
import { type Connection, ServerError } from "../db/connection.ts"

/** Something that is wrong after everything was applied. */
export interface Aftereffect {
  readonly kind: "smoke" | "blocked" | "deadlocks" | "rollbacks" | "lag"
  readonly message: string
}

/** What a server counts and shows at one moment. */
interface Sample {
  readonly blocked: readonly {
    readonly pid: number
    readonly seconds: number
    readonly by: readonly number[]
    readonly query: string
  }[]
  readonly commits: number
  readonly rollbacks: number
  readonly deadlocks: number
  readonly lagSeconds: number | null
}

/** Longer than an ordinary statement of a deploy's own may keep others waiting. */
const blockedSeconds = 5
const lagSeconds = 30
/** Fewer transactions say nothing of a share. */
const leastTransactions = 20

/**
 * Runs queries that must hold once new code is about to serve: one that fails, returns no row, or false in its first column is told.
 * They can change nothing.
 */
export async function runSmokeQueries(
  connection: Connection,
  queries: readonly string[],
): Promise<readonly Aftereffect[]> {
  const found: Aftereffect[] = []
  for (const query of queries) {
    const shown = query.replace(/\s+/g, " ").trim().slice(0, 80)
    try {
      const results = await connection.run(
        `begin read only;\nset local statement_timeout = '30s';\n${query};\nrollback`,
      )
      const rows = results.flatMap(({ rows: each }) => each)
      const isFalse = rows.some((row) => Object.values(row)[0] === false)
      if (isFalse || rows.length === 0)
        found.push({
          kind: "smoke",
          message: `${shown}: ${isFalse ? "it returned false" : "it returned no row"}`,
        })
    } catch (error) {
      if (connection.open) await connection.run("rollback").catch(() => undefined)
      if (!(error instanceof ServerError)) throw error
      found.push({ kind: "smoke", message: `${shown}: ${error.message}` })
    }
  }
  return found
}

/** Watches the database for a while, and ends early where something is wrong. */
export async function watchFor(
  connection: Connection,
  watchMs: number,
  { everyMs = 2_000, signal }: { readonly everyMs?: number; readonly signal?: AbortSignal | undefined } = {},
): Promise<readonly Aftereffect[]> {
  const until = performance.now() + watchMs
  const first = await sample(connection)
  for (;;) {
    const found = judge(first, await sample(connection))
    if (found.length > 0) return found
    const left = until - performance.now()
    if (left <= 0) return []
    await sleep(Math.min(everyMs, left), undefined, signal === undefined ? {} : { signal })
  }
}

/** What has become worse since the first look. */
export function judge(first: Sample, now: Sample): readonly Aftereffect[] {
  const found: Aftereffect[] = []
  for (const { pid, seconds, by, query } of now.blocked)
    if (seconds >= blockedSeconds)
      found.push({
        kind: "blocked",
        message: `session ${pid} waits ${seconds} s for ${by.map((each) => `session ${each}`).join(", ")}: ${query}`,
      })
  const deadlocks = now.deadlocks - first.deadlocks
  if (deadlocks > 0) found.push({ kind: "deadlocks", message: `${deadlocks} deadlocks since the deploy` })
  const rollbacks = now.rollbacks - first.rollbacks
  const all = rollbacks + now.commits - first.commits
  const before = first.rollbacks / Math.max(1, first.rollbacks + first.commits)
  const share = rollbacks / Math.max(1, all)
  if (all >= leastTransactions && share > 0.1 && share > 2 * before)
    found.push({
      kind: "rollbacks",
      message: `${Math.round(share * 100)} % of ${all} transactions were rolled back since the deploy, ${Math.round(before * 100)} % before`,
    })
  if (now.lagSeconds !== null && now.lagSeconds > Math.max(lagSeconds, 2 * (first.lagSeconds ?? 0)))
    found.push({ kind: "lag", message: `a standby is ${Math.round(now.lagSeconds)} s behind` })
  return found
}

async function sample(connection: Connection): Promise<Sample> {
  const [row] = await connection.query<{ sample: string }>(
    `select pg_catalog.json_build_object(
  'blocked', (select coalesce(pg_catalog.json_agg(b), '[]') from (
    select a.pid, pg_catalog.round(extract(epoch from pg_catalog.clock_timestamp() - a.state_change))::int4 as seconds,
      pg_catalog.pg_blocking_pids(a.pid) as by, pg_catalog.left(a.query, 100) as query
    from pg_catalog.pg_stat_activity a
    where a.datname = pg_catalog.current_database() and a.wait_event_type = 'Lock'
    order by a.state_change limit 5) b),
  'commits', d.xact_commit, 'rollbacks', d.xact_rollback, 'deadlocks', d.deadlocks,
  'lagSeconds', (select pg_catalog.max(extract(epoch from replay_lag)) from pg_catalog.pg_stat_replication)
)::text as sample from pg_catalog.pg_stat_database d where d.datname = pg_catalog.current_database()`,
  )
  if (row === undefined) throw new Error("the server answered the question for its counters with no row")
  return JSON.parse(row.sample) as Sample
}
