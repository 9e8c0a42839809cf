import type { Connection } from "../db/connection.ts"
import type { RecordedQuery } from "../queries/manifest.ts"
import { type Nullable, present } from "./nullable.ts"
import { literals, table } from "./record.ts"

/** What is known of one deployed version of the application. Times are ISO 8601 in UTC. */
export interface ReleaseRecord {
  /** Image or commit. */
  readonly id: string
  /** Digest of the revisions that it holds. */
  readonly bundle: string
  /** Ids of the contract revisions that it holds: its code works after them. */
  readonly contracts: readonly string[]
  readonly firstDeployedAt: string
  readonly deployedAt: string
  /** `serving` and `retired` were said by somebody; `deployed` is all that Lockstep itself knows. */
  readonly state: "deployed" | "serving" | "retired"
  readonly because?: string
}

/** The format from which on the history has releases. */
export const releasesFormat = 2

const utc = (column: string) =>
  `pg_catalog.to_char(${column} at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')`

/** Reads the releases, the one that was deployed last first. */
export async function readReleases(
  connection: Connection,
  schema: string,
  limit = 100,
): Promise<readonly ReleaseRecord[]> {
  const rows = await connection.query<Nullable<ReleaseRecord>>(
    `select id, bundle, pg_catalog.to_json(contracts)::text as contracts, ${utc("first_deployed_at")} as "firstDeployedAt",
  ${utc("deployed_at")} as "deployedAt", state, because from ${table(schema, "release")} order by deployed_at desc, id limit ${limit}`,
  )
  return rows.map((row) => {
    const record = present<ReleaseRecord>(row)
    return { ...record, contracts: JSON.parse(String(row.contracts)) as string[] }
  })
}

/** A revision that makes room for new code, and how long it has been there. */
export interface YoungExpand {
  readonly id: string
  /** ISO 8601, UTC. */
  readonly at: string
  /** The release that it came with, where that is known. */
  readonly release?: string
}

/** What decides whether contract revisions may run. */
export interface ReleaseFacts {
  /** Whether no deploy has ever been finished, and nothing was applied but by deploys: then nothing serves yet. */
  readonly fresh: boolean
  readonly releases: readonly ReleaseRecord[]
  /** Expand and migrate revisions applied after a moment, or with the release that is deployed now. */
  readonly young: readonly YoungExpand[]
}

/** Reads it. `since` is the moment behind which an expand counts as young. */
export async function readReleaseFacts(
  connection: Connection,
  schema: string,
  { since, release }: { readonly since: Date; readonly release: string | undefined },
): Promise<ReleaseFacts> {
  const [row] = await connection.query<{ fresh: boolean }>(
    `select not exists (select from ${table(schema, "event")} where kind = 'deployed')
  and not exists (select from ${table(schema, "revision")} v join ${table(schema, "run")} r on r.id = v.run where r.command <> 'deploy') as fresh`,
  )
  const rows = await connection.query<Nullable<YoungExpand>>(
    `select v.id, ${utc("v.finished_at")} as at, r.release
from ${table(schema, "revision")} v join ${table(schema, "run")} r on r.id = v.run
where v.phase in ('expand', 'migrate') and (v.finished_at > ${literals([since.toISOString()])}::timestamptz or r.release = ${literals([release])}::text)`,
  )
  return {
    fresh: row?.fresh === true,
    releases: await readReleases(connection, schema),
    young: rows.map((young) => present<YoungExpand>(young)),
  }
}

/** Returns those of the applied revisions after which older code may not work any more. */
export async function readIncompatible(
  connection: Connection,
  schema: string,
  ids: readonly string[],
): Promise<readonly string[]> {
  const rows = await connection.query<{ id: string }>(
    `select id from ${table(schema, "revision")} where not compatible and id = any(${literals([ids])}) order by sequence`,
  )
  return rows.map(({ id }) => id)
}

/** Tells whether a deploy of exactly these revisions has been finished here before. */
export async function wasDeployed(connection: Connection, schema: string, bundle: string): Promise<boolean> {
  const rows = await connection.query(
    `select from ${table(schema, "event")} where kind = 'deployed' and details ->> 'bundle' = ${literals([bundle])} limit 1`,
  )
  return rows.length > 0
}

/** The format from which on the history knows what releases issue. */
export const queriesFormat = 4

/** A list of queries, by the digest of its text. */
export interface StoredQueries {
  readonly digest: string
  readonly queries: readonly RecordedQuery[]
}

/** Records that a release was deployed, and what its code issues, where that is known. */
export function insertRelease(
  schema: string,
  runId: string,
  {
    id,
    bundle,
    contracts,
    queries,
  }: Pick<ReleaseRecord, "id" | "bundle" | "contracts"> & {
    readonly queries?: StoredQueries | undefined
  },
): string {
  const release = table(schema, "release")
  const store =
    queries === undefined
      ? ""
      : `insert into ${table(schema, "query_manifest")} values (${literals([queries.digest, JSON.stringify(queries.queries)])}) on conflict (digest) do nothing;\n`
  return `${store}insert into ${release} (id, bundle, contracts, queries, run) values (${literals([id, bundle, contracts, queries?.digest, runId])})
on conflict (id) do update set bundle = excluded.bundle, contracts = excluded.contracts, queries = coalesce(excluded.queries, ${release}.queries), deployed_at = clock_timestamp(), state = 'deployed', said_at = null, because = null, run = excluded.run`
}

/** Reads what releases issue; those of which it is not known are left out. */
export async function readReleaseQueries(
  connection: Connection,
  schema: string,
  ids: readonly string[],
): Promise<readonly { readonly release: string; readonly queries: readonly RecordedQuery[] }[]> {
  if (ids.length === 0) return []
  const rows = await connection.query<{ release: string; queries: string }>(
    `select r.id as release, m.queries::text as queries from ${table(schema, "release")} r
join ${table(schema, "query_manifest")} m on m.digest = r.queries where r.id = any(${literals([ids])}) order by r.deployed_at desc, r.id`,
  )
  return rows.map(({ release, queries }) => ({ release, queries: JSON.parse(queries) as RecordedQuery[] }))
}

/** Returns the digest of what a release is known to issue. */
export async function readQueriesDigest(
  connection: Connection,
  schema: string,
  id: string,
): Promise<string | undefined> {
  const rows = await connection.query<{ queries: string | null }>(
    `select queries from ${table(schema, "release")} where id = ${literals([id])}`,
  )
  return rows[0]?.queries ?? undefined
}

/** Records what somebody says of releases. */
export function updateReleases(
  schema: string,
  ids: readonly string[],
  state: "serving" | "retired",
  because: string | undefined,
): string {
  return `update ${table(schema, "release")} set state = ${literals([state])}, said_at = clock_timestamp(), because = ${literals([because])} where id = any(${literals([ids])})`
}

/** One revision that waits, and why. */
export interface HeldRecord {
  readonly revision: string
  readonly reasons: readonly string[]
}

/** Makes the list of held revisions what it is now; one that was held before keeps since when. */
export function replaceHeld(
  schema: string,
  runId: string,
  held: readonly HeldRecord[],
  release: string | undefined,
): string {
  const kept = literals([held.map(({ revision }) => revision)])
  return [
    `delete from ${table(schema, "held")} where not revision = any(${kept})`,
    ...held.map(
      ({ revision, reasons }) =>
        `insert into ${table(schema, "held")} (revision, reasons, release, run) values (${literals([revision, reasons, release, runId])})
on conflict (revision) do update set reasons = excluded.reasons, release = excluded.release, run = excluded.run`,
    ),
  ].join(";\n")
}
