import { setTimeout as sleep } from "node:timers/promises"
import type { Connect, Connection } from "../db/connection.ts"
import { ServerError } from "../db/connection.ts"
import { ToolError } from "../diagnostic.ts"
import { table } from "../history/record.ts"
import { quoteLiteral } from "../sql/identifier.ts"
import type { LockHolder } from "./event.ts"
import { pause } from "./pause.ts"
import { patientText } from "./session.ts"

/**
 * The right to be the one runner. It is a table lock in an open transaction on a connection of its own: exclusive
 * through every kind of pooler, released by the server the moment its holder dies, out of reach for roles that may
 * not enter the schema, and, since the transaction has neither an xid nor a snapshot, no delay for concurrent index
 * builds.
 */
export interface RunnerLock {
  /** Server process that holds it. */
  readonly pid: number
  /** Set when its connection has ended: another runner may have started since. */
  readonly lost: boolean
  /** SQL of one boolean: whether it is still held, asked over any connection to the same database. */
  readonly heldText: string
  /**
   * Whether the server said a moment ago that it is held. Its own connection tells at once when it ends; the question
   * is for one that ended without a word, and takes the server as long as a small statement.
   */
  readonly wasConfirmed: boolean
  /** To be called when the server has said so. */
  confirm(): void
  /** SQL that fails where it is no longer held, with an error that `saysLost` knows; ends in a line end. */
  readonly refuseLostText: string
  release(): Promise<void>
}

export interface LockOptions {
  /** Longest wait for another runner. 0: do not wait. */
  readonly waitMs: number
  /** Whether the session is shared through a pooler, so that nothing may be set in it. Default: false. */
  readonly pooled?: boolean
  readonly signal?: AbortSignal | undefined
  readonly onWait?: ((holder: LockHolder | undefined, waitedMs: number) => void) | undefined
}

/**
 * Takes the runner's lock. It is asked for without queueing and asked again every quarter of a second: a queue
 * would be one more thing to wait behind, and a waiter with a snapshot would hold up concurrent index builds.
 *
 * @throws ToolError `runner-busy` when it was not free within `waitMs`, naming the holder
 */
export async function acquireLock(
  connect: Connect,
  schema: string,
  options: LockOptions,
): Promise<RunnerLock> {
  const connection = await connect("lock")
  try {
    let started: number | undefined
    for (;;) {
      options.signal?.throwIfAborted()
      const found = await tryLock(connection, schema)
      if (found !== undefined) return held(connection, found)
      // From here on it sits idle, again and again.
      if (started === undefined && options.pooled !== true) await connection.run(patientText)
      started ??= performance.now()
      const waitedMs = Math.round(performance.now() - started)
      const holder = await findHolder(connection, schema)
      if (waitedMs >= options.waitMs) throw busy(holder, waitedMs)
      options.onWait?.(holder, waitedMs)
      await pause(Math.min(250 + Math.random() * 50, options.waitMs - waitedMs), options.signal)
    }
  } catch (error) {
    await connection.close()
    throw error
  }
}

interface HeldLock {
  readonly pid: number
  /** Of the lock table, so that asking for the lock later needs no right to see the schema. */
  readonly oid: number
}

async function tryLock(connection: Connection, schema: string): Promise<HeldLock | undefined> {
  try {
    const results = await connection.run(`begin isolation level read committed read only;
set local idle_in_transaction_session_timeout = 0;
set local statement_timeout = 0;
${connection.serverVersion >= 170000 ? "set local transaction_timeout = 0;" : ""}
lock table ${table(schema, "lock")} in exclusive mode nowait;
select pg_catalog.pg_backend_pid() as pid, ${quoteLiteral(table(schema, "lock"))}::pg_catalog.regclass::pg_catalog.oid as oid`)
    const row = results.at(-1)?.rows[0]
    return { pid: Number(row?.pid), oid: Number(row?.oid) }
  } catch (error) {
    await connection.run("rollback").catch(() => undefined)
    if (error instanceof ServerError && error.sqlState === "55P03") return undefined
    throw error
  }
}

/** The state of an error that is ours; PostgreSQL has none that begins like it. */
const notHeld = "LKS02"

/** Whether the server refused something because the runner's lock was no longer held. */
export function saysLost(error: ServerError): boolean {
  return error.sqlState === notHeld
}

const confirmedForMs = 250
const releaseWithinMs = 1_000

function held(connection: Connection, lock: HeldLock): RunnerLock {
  let lost = false
  let confirmedAt = performance.now()
  connection.onLost(() => {
    lost = true
  })
  return {
    pid: lock.pid,
    get lost() {
      return lost
    },
    heldText: heldText(lock),
    get wasConfirmed() {
      return performance.now() - confirmedAt < confirmedForMs
    },
    confirm() {
      confirmedAt = performance.now()
    },
    refuseLostText: `do $lockstep$
begin
  if not ${heldText(lock)} then
    raise exception using errcode = ${quoteLiteral(notHeld)}, message = 'the lock of the runner is not held any more';
  end if;
end
$lockstep$;
`,
    async release() {
      // Asked for because a pooler keeps the session; a network that swallows packets must not keep the run from ending.
      const rolledBack = connection.open ? connection.run("rollback").catch(() => undefined) : undefined
      await Promise.race([rolledBack, sleep(releaseWithinMs, undefined, { ref: false })])
      await connection.close()
    },
  }
}

function heldText({ pid, oid }: HeldLock): string {
  return `exists (select from pg_catalog.pg_locks l where l.locktype = 'relation' and l.database = (select oid from pg_catalog.pg_database where datname = pg_catalog.current_database()) and l.relation = '${oid}'::pg_catalog.oid and l.mode = 'ExclusiveLock' and l.granted and l.pid = ${pid})`
}

/** Returns who holds the runner's lock now, as far as the connecting role may see. */
export async function findHolder(connection: Connection, schema: string): Promise<LockHolder | undefined> {
  const [row] = await connection.query<{
    pid: number
    usename: string | null
    application_name: string | null
    client: string | null
    since: string | null
  }>(
    `select l.pid, a.usename, a.application_name,
  case when a.client_port = -1 then '[local]' else pg_catalog.host(a.client_addr) end as client,
  pg_catalog.to_char(a.xact_start at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"') as since
from pg_catalog.pg_locks l left join pg_catalog.pg_stat_activity a on a.pid = l.pid
where l.locktype = 'relation' and l.database = (select oid from pg_catalog.pg_database where datname = pg_catalog.current_database())
  and l.relation = ${quoteLiteral(table(schema, "lock"))}::pg_catalog.regclass::pg_catalog.oid and l.mode = 'ExclusiveLock' and l.granted`,
  )
  if (row === undefined) return undefined
  return {
    pid: Number(row.pid),
    user: row.usename ?? "unknown",
    application: row.application_name ?? "unknown",
    ...(row.client === null ? {} : { client: row.client }),
    since: row.since ?? "unknown",
  }
}

function busy(holder: LockHolder | undefined, waitedMs: number): ToolError {
  const who =
    holder === undefined
      ? "it finished just now, or its session is hidden from this role"
      : `held by pid ${holder.pid}, user ${holder.user}, ${holder.application}${holder.client === undefined ? "" : ` from ${holder.client}`}, since ${holder.since}`
  return new ToolError(
    "runner-busy",
    `another runner works on this database; waited ${Math.round(waitedMs / 100) / 10} s`,
    {
      details: [who],
      hint: "run the same command again later, or wait longer with --wait",
      ...(holder === undefined ? {} : { data: { holder } }),
    },
  )
}
