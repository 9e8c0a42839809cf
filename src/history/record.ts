import { maskSecrets } from "../db/mask.ts"
import type { Revision } from "../revisions/revision.ts"
import { quoteIdentifier, quoteLiteral } from "../sql/identifier.ts"
import type { Effect } from "../sql/step.ts"

/**
 * SQL texts that write the history. They are complete statements with literals, so that the runner can send them
 * together with BEGIN or COMMIT in one round trip, and `upgrade --sql` prints the very same ones.
 */

/** One execution of a command that writes. */
export interface Run {
  /** UUID. */
  readonly id: string
  readonly command: string
  readonly toolVersion: string
  readonly osUser?: string | undefined
  readonly host?: string | undefined
  readonly pid?: number | undefined
  readonly platform?: string | undefined
  readonly commit?: string | undefined
  readonly release?: string | undefined
  readonly environment?: string | undefined
}

export type EventKind =
  | "applied"
  | "reverted"
  | "failed"
  | "interrupted"
  | "stamped"
  | "unstamped"
  | "checksum-accepted"
  | "environment-marked"
  | "steps-forgotten"
  /** A deploy is about to apply something; without an end behind it, it was cut off. */
  | "begun"
  | "deployed"
  | "release-said"
  | "contract-released"
  | "approved"
  | "repaired"
  | "measured"
  | "trail-accepted"
  | "backed-up"
  | "exported"

/** One row of the event log. */
export interface EventRow {
  readonly kind: EventKind
  readonly revision?: string | undefined
  readonly checksum?: string | undefined
  readonly errorCode?: string | undefined
  readonly sqlState?: string | undefined
  readonly message?: string | undefined
  readonly details?: Readonly<Record<string, unknown>> | undefined
}

export function insertRun(schema: string, run: Run): string {
  const columns = {
    id: run.id,
    command: run.command,
    tool_version: run.toolVersion,
    os_user: run.osUser,
    host: run.host,
    pid: run.pid,
    platform: run.platform,
    source_commit: run.commit,
    release: run.release,
    environment: run.environment,
  }
  return `insert into ${table(schema, "run")} (${Object.keys(columns).join(", ")}) values (${values(Object.values(columns))})`
}

/**
 * Records that `revision` ran, and logs it. Inside a transaction `now()` is when it began; a revision that ran step
 * by step began with its first step, whose rows are removed here. The primary key makes a second application of the
 * same revision fail, whoever tries it.
 */
export function insertApplied(
  schema: string,
  runId: string,
  revision: Revision,
  how: {
    readonly compatible: boolean
    readonly mode: "transaction" | "steps" | "stamped"
    readonly because?: string | undefined
    /** That nobody has compared the catalog with what the revision leads to. */
    readonly unverified?: boolean | undefined
    /** What ran, where it is known beforehand; of steps, what they themselves have recorded is kept. */
    readonly statements?: readonly string[] | undefined
  },
): string {
  const id = quoteLiteral(revision.id)
  const steps = table(schema, "step")
  const started =
    how.mode === "steps"
      ? `coalesce((select min(started_at) from ${steps} where revision = ${id} and direction = 'up'), now())`
      : "now()"
  const kind = how.mode === "stamped" ? "stamped" : "applied"
  const conflict = revision.repeatable
    ? ` on conflict (id) do update set ${replaceChecksum("excluded.checksum")}, title = excluded.title, file = excluded.file, outcome = excluded.outcome, started_at = excluded.started_at, finished_at = excluded.finished_at, duration_ms = excluded.duration_ms, run = excluded.run`
    : ""
  const durationMs = `extract(epoch from clock_timestamp() - ${started}) * 1000`
  // Two plain statements take the server half as long as one with a common table expression.
  const insert = `insert into ${table(schema, "revision")} (id, parents, title, file, checksum, repeatable, phase, compatible, version, outcome, run, started_at, finished_at, duration_ms) values (${values([revision.id, revision.parents, revision.title, revision.file, revision.checksum, revision.repeatable, revision.phase, how.compatible, revision.version, kind, runId])}, ${started}, clock_timestamp(), ${durationMs})${conflict};
insert into ${table(schema, "event")} (run, kind, revision, checksum, duration_ms, details) values (${values([runId, kind, revision.id, revision.checksum])}, ${durationMs}, ${how.mode === "steps" ? stepsRun(schema, id) : values([details(how)])})`
  return how.mode === "steps" ? `${insert};\n${deleteSteps(schema, revision.id, "up")}` : insert
}

/** Sets the checksum in the row of a revision; the one that was there is kept beside it. */
export function replaceChecksum(checksum: string): string {
  return `checksum = ${checksum}, earlier = array_remove(revision.earlier, ${checksum}) || array_remove(array[revision.checksum], ${checksum})`
}

/** Takes `id` out of what the database is at, and logs it. */
export function deleteApplied(
  schema: string,
  runId: string,
  id: string,
  kind: "reverted" | "unstamped",
  because?: string,
): string {
  return `with removed as (
  delete from ${table(schema, "revision")} where id = ${quoteLiteral(id)} returning id, checksum
)
insert into ${table(schema, "event")} (run, kind, revision, checksum, duration_ms, details)
select ${values([runId, kind])}, id, checksum, extract(epoch from clock_timestamp() - now()) * 1000, ${values([reason(because)])}::jsonb from removed`
}

/** The longest part of a statement that an event keeps; the file in the repository has the rest. */
const keptText = 1000
const keptStatements = 100

/** What an event tells of a revision that was applied or stamped. */
function details({
  because,
  unverified,
  statements,
}: {
  readonly because?: string | undefined
  readonly unverified?: boolean | undefined
  readonly statements?: readonly string[] | undefined
}): Readonly<Record<string, unknown>> | undefined {
  if (statements === undefined) return reason(because, unverified)
  return {
    ...reason(because, unverified),
    statements: statements.slice(0, keptStatements).map((sql) => maskSecrets(sql.slice(0, keptText))),
  }
}

/** An expression: what the steps say that ran, and when each was finished. */
function stepsRun(schema: string, id: string): string {
  return `(select pg_catalog.jsonb_build_object('statements', coalesce(pg_catalog.jsonb_agg(pg_catalog.left(sql, ${keptText}) order by position), '[]'), 'finished', coalesce(pg_catalog.jsonb_agg(finished_at order by position), '[]')) from ${table(schema, "step")} where revision = ${id} and direction = 'up')`
}

function reason(
  because: string | undefined,
  unverified?: boolean,
): Readonly<Record<string, unknown>> | undefined {
  if (because === undefined && unverified !== true) return undefined
  return { ...(because === undefined ? {} : { because }), ...(unverified === true ? { unverified } : {}) }
}

export function deleteSteps(schema: string, id: string, direction: "up" | "down"): string {
  return `delete from ${table(schema, "step")} where revision = ${quoteLiteral(id)} and direction = ${quoteLiteral(direction)}`
}

export function insertEvent(schema: string, runId: string, event: EventRow): string {
  return `insert into ${table(schema, "event")} (run, kind, revision, checksum, error_code, sqlstate, message, details) values (${values(
    [
      runId,
      event.kind,
      event.revision,
      event.checksum,
      event.errorCode,
      event.sqlState,
      event.message,
      event.details,
    ],
  )})`
}

/** One step of a revision that runs outside a transaction. */
export interface StepKey {
  readonly revision: string
  readonly direction: "up" | "down"
  /** 1-based. */
  readonly position: number
}

/** What is recorded of a step. */
export interface StepRow {
  readonly sql: string
  /** Texts of $1, $2, ... */
  readonly parameters?: readonly (string | null)[] | undefined
  readonly effect?: Effect | undefined
  /** What `effect` needs to know of the state before, for example the indexes that the table already had. */
  readonly before?: Readonly<Record<string, unknown>> | undefined
  /** Whether code that was built before the revision still works after it, and so while it is half done. */
  readonly compatible: boolean
  readonly state: "started" | "done"
  /** The rows that the program of a TypeScript revision is given. */
  readonly answer?: readonly Readonly<Record<string, unknown>>[] | undefined
}

/** Records that a step is about to run, or has run; fails where it was recorded before. */
export function insertStep(schema: string, runId: string, key: StepKey, step: StepRow): string {
  const finished = step.state === "done" ? "clock_timestamp()" : "null"
  return `insert into ${table(schema, "step")} (revision, direction, position, sql, parameters, effect, before, answer, compatible, state, finished_at, run) values (${values(
    [
      key.revision,
      key.direction,
      key.position,
      step.sql,
      json(step.parameters),
      step.effect,
      step.before,
      json(step.answer),
      step.compatible,
      step.state,
    ],
  )}, ${finished}, ${values([runId])})`
}

/**
 * The same; a step that had failed or was cut off before starts over. One that is done, or that another runner records at
 * the same moment, makes it fail: that runner has begun since this one lost its lock.
 */
export function replaceStep(schema: string, runId: string, key: StepKey, step: StepRow): string {
  return `delete from ${table(schema, "step")} where ${isStep(key)} and state <> 'done';\n${insertStep(schema, runId, key, step)}`
}

/** Remembers which server process is about to run the step: its own. Process ids are used again, so with its start. */
export function noteBackend(schema: string, key: StepKey): string {
  return `update ${table(schema, "step")} set before = coalesce(before, '{}') || pg_catalog.jsonb_build_object('backend', (select a.pid || ' ' || extract(epoch from a.backend_start) from pg_catalog.pg_stat_activity a where a.pid = pg_catalog.pg_backend_pid())) where ${isStep(key)}`
}

/** @param runId of the run whose step it is; none where it is taken over from whichever run began it */
export function updateStep(
  schema: string,
  key: StepKey,
  state: "done" | "failed",
  { runId, answer }: { readonly runId?: string; readonly answer?: StepRow["answer"] } = {},
): string {
  const answered = answer === undefined ? "" : `, answer = ${literal(json(answer))}`
  const own = runId === undefined ? "" : ` and run = ${literal(runId)}`
  return `update ${table(schema, "step")} set state = ${quoteLiteral(state)}, finished_at = clock_timestamp()${answered} where ${isStep(key)}${own}`
}

function isStep({ revision, direction, position }: StepKey): string {
  return `revision = ${quoteLiteral(revision)} and direction = ${quoteLiteral(direction)} and position = ${position}`
}

/** Arrays of SQL and arrays of JSON are not the same. */
function json(list: readonly unknown[] | undefined): string | undefined {
  return list === undefined ? undefined : JSON.stringify(list)
}

export function setMeta(
  schema: string,
  key: "format" | "environment" | "protected" | "fingerprint",
  value: string,
): string {
  return `insert into ${table(schema, "meta")} (key, value) values (${values([key, value])}) on conflict (key) do update set value = excluded.value`
}

/** `"schema".name` for one of Lockstep's own tables. */
export function table(
  schema: string,
  name:
    | "lock"
    | "meta"
    | "run"
    | "revision"
    | "step"
    | "event"
    | "applied"
    | "release"
    | "held"
    | "query_manifest",
): string {
  return `${quoteIdentifier(schema)}.${name}`
}

function values(list: readonly unknown[]): string {
  return list.map(literal).join(", ")
}

/** Writes values as SQL, joined by commas: texts quoted, lists of texts as arrays, nothing as null. */
export function literals(list: readonly unknown[]): string {
  return values(list)
}

function literal(value: unknown): string {
  if (value === undefined || value === null) return "null"
  if (typeof value === "boolean" || typeof value === "number") return String(value)
  if (typeof value === "string") return quoteLiteral(value)
  if (Array.isArray(value)) return `array[${value.map(literal).join(", ")}]::text[]`
  return quoteLiteral(JSON.stringify(value))
}
