import type { Connection } from "../db/connection.ts"
import { type Nullable, present } from "./nullable.ts"
import { literals, table } from "./record.ts"

/** What a database says of one revision that it is at. */
export interface RevisionEvidence {
  readonly id: string
  /** Of what ran last, and of all that ran or was accepted before. */
  readonly checksums: readonly string[]
  /** ISO 8601, UTC. */
  readonly at: string
  readonly outcome: "applied" | "stamped"
}

/** What one environment can show to the next. Plain, so that it can be signed. */
export interface EnvironmentEvidence {
  /** The environment's mark. */
  readonly environment: string | null
  readonly database: string
  /** When it was read, by the server's clock; ISO 8601, UTC. */
  readonly at: string
  readonly revisions: readonly RevisionEvidence[]
  /** Revisions that a run has begun and not finished. */
  readonly inFlight: readonly string[]
}

const utc = (value: string) =>
  `pg_catalog.to_char(${value} at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')`

/** Reads it. */
export async function readEvidence(
  connection: Connection,
  schema: string,
  about: Pick<EnvironmentEvidence, "database" | "environment">,
): Promise<EnvironmentEvidence> {
  const [row] = await connection.query<{ at: string; begun: string }>(
    `select ${utc("pg_catalog.clock_timestamp()")} as at,
  (select coalesce(pg_catalog.json_agg(distinct revision), '[]') from ${table(schema, "step")})::text as begun`,
  )
  const rows = await connection.query<Nullable<RevisionEvidence>>(
    `select id, pg_catalog.to_json(pg_catalog.array_prepend(checksum, earlier))::text as checksums, ${utc("finished_at")} as at, outcome
from ${table(schema, "revision")} order by sequence`,
  )
  return {
    ...about,
    at: row?.at ?? "",
    revisions: rows.map((each) => ({
      ...present<RevisionEvidence>(each),
      checksums: JSON.parse(String(each.checksums)) as string[],
    })),
    inFlight: JSON.parse(row?.begun ?? "[]") as string[],
  }
}

/** Reads which paths the roles had at the last deploy that looked; undefined where none has. */
export async function readKnownPaths(
  connection: Connection,
  schema: string,
): Promise<readonly string[] | undefined> {
  const [row] = await connection.query<{ paths: string }>(
    `select (details -> 'paths')::text as paths from ${table(schema, "event")}
where kind = 'deployed' and pg_catalog.jsonb_typeof(details -> 'paths') = 'array' order by id desc limit 1`,
  )
  return row === undefined ? undefined : (JSON.parse(row.paths) as string[])
}

/** Who approved a plan. */
export interface Approval {
  readonly by: string
  /** ISO 8601, UTC. */
  readonly at: string
  readonly expires: string
}

/** Reads the approvals of a plan that have not expired at `now`, one for each person. */
export async function readApprovals(
  connection: Connection,
  schema: string,
  plan: string,
  now: Date,
): Promise<readonly Approval[]> {
  const rows = await connection.query<Nullable<Approval>>(
    `select distinct on (coalesce(r.os_user, r.session_user_name)) coalesce(r.os_user, r.session_user_name) as by, ${utc("e.at")} as at, e.details ->> 'expires' as expires
from ${table(schema, "event")} e join ${table(schema, "run")} r on r.id = e.run
where e.kind = 'approved' and e.details ->> 'plan' = ${literals([plan])} and (e.details ->> 'expires')::timestamptz > ${literals([now.toISOString()])}::timestamptz
order by 1, e.at desc`,
  )
  return rows.map((row) => present<Approval>(row))
}
