import type { Connection } from "../db/connection.ts"
import { type Nullable, present } from "./nullable.ts"
import { type EventKind, literals, table } from "./record.ts"

/** One row of the event log, with who did it. Times are ISO 8601 in UTC. */
export interface LoggedEvent {
  readonly id: number
  readonly at: string
  readonly kind: string
  readonly revision?: string
  readonly durationMs?: number
  readonly errorCode?: string
  readonly sqlState?: string
  readonly message?: string
  readonly details?: unknown
  readonly command: string
  readonly databaseUser: string
  readonly osUser?: string
  readonly host?: string
  readonly platform?: string
  readonly toolVersion: string
  readonly commit?: string
  readonly release?: string
}

/** What the history says of one applied revision. */
export interface AppliedFacts {
  /** ISO 8601, UTC. */
  readonly at: string
  readonly outcome: "applied" | "stamped"
  readonly durationMs: number
  readonly compatible: boolean
  readonly databaseUser: string
  readonly osUser?: string
  readonly host?: string
  readonly toolVersion: string
  readonly commit?: string
  readonly release?: string
}

const utc = (column: string) =>
  `pg_catalog.to_char(${column} at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')`

/** A deploy that began and told nothing more, unless it is the one that has the runner's lock. */
function cutOff(schema: string): string {
  const event = table(schema, "event")
  return `e.kind = 'begun'
  and not exists (select from ${event} f where f.run = e.run and f.id > e.id and f.kind in ('deployed', 'failed', 'interrupted'))
  and (e.id < (select max(b.id) from ${event} b where b.kind = 'begun')
    or not exists (select from pg_catalog.pg_locks l where l.locktype = 'relation' and l.mode = 'ExclusiveLock' and l.granted
      and l.database = (select d.oid from pg_catalog.pg_database d where d.datname = pg_catalog.current_database())
      and l.relation = ${literals([table(schema, "lock")])}::pg_catalog.regclass))`
}

/** What is known of it: nobody was there to say more. */
function toldAsCutOff(event: LoggedEvent): LoggedEvent {
  const { revisions = [] } = (event.details ?? {}) as { readonly revisions?: readonly string[] }
  return {
    ...event,
    kind: "cut-off",
    message: `a deploy of ${revisions.join(", ")} began and was cut off: its process was killed, or its machine or connection ended; lockstep doctor says what is left`,
  }
}

/** Reads the newest events first; with `failed` also the deploys that were cut off, whose end nobody has recorded. */
export async function readEvents(
  connection: Connection,
  schema: string,
  { failed, limit }: { readonly failed: boolean; readonly limit: number },
): Promise<readonly LoggedEvent[]> {
  const rows = await connection.query<Nullable<LoggedEvent>>(
    `select e.id::int4 as id, ${utc("e.at")} as at, e.kind, e.revision, e.duration_ms as "durationMs", e.error_code as "errorCode",
  e.sqlstate as "sqlState", e.message, e.details::text as details, r.command, r.database_user as "databaseUser", r.os_user as "osUser",
  r.host, r.platform, r.tool_version as "toolVersion", r.source_commit as commit, r.release
from ${table(schema, "event")} e join ${table(schema, "run")} r on r.id = e.run
${failed ? `where e.kind in ('failed', 'interrupted') or (${cutOff(schema)})` : ""}
order by e.id desc limit ${limit}`,
  )
  return rows.map((row) => {
    const event = present(row)
    const read = typeof event.details === "string" ? { ...event, details: JSON.parse(event.details) } : event
    return failed && read.kind === "begun" ? toldAsCutOff(read) : read
  })
}

/** Reads the details of the events of one kind, the latest first. */
export async function readDetails<Details extends object>(
  connection: Connection,
  schema: string,
  kind: EventKind,
): Promise<readonly Details[]> {
  const rows = await connection.query<{ details: string }>(
    `select coalesce(details, '{}')::text as details from ${table(schema, "event")} where kind = ${literals([kind])} order by id desc`,
  )
  return rows.map(({ details }) => JSON.parse(details) as Details)
}

/** Reads what is recorded of every applied revision, by id. */
export async function readApplied(
  connection: Connection,
  schema: string,
): Promise<ReadonlyMap<string, AppliedFacts>> {
  const rows = await connection.query<Nullable<AppliedFacts & { id: string }>>(
    `select v.id, ${utc("v.finished_at")} as at, v.outcome, v.duration_ms as "durationMs", v.compatible, r.database_user as "databaseUser",
  r.os_user as "osUser", r.host, r.tool_version as "toolVersion", r.source_commit as commit, r.release
from ${table(schema, "revision")} v join ${table(schema, "run")} r on r.id = v.run`,
  )
  return new Map(
    rows.map((row) => {
      const { id, ...facts } = present<AppliedFacts & { id: string }>(row)
      return [id, facts]
    }),
  )
}
