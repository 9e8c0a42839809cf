import { setTimeout as delay } from "node:timers/promises"
import type { Connection } from "../db/connection.ts"
import type { KnownRelation, Lock } from "./observation.ts"
import { readLocks } from "./state.ts"

/** What was seen of a statement that ran outside of a transaction. */
export interface AloneResult {
  readonly locks: readonly Lock[]
  /** It stood still until transactions of others had ended. */
  readonly waited: boolean
  readonly error: unknown
}

const pollMs = 3
const giveUpMs = 20_000

/**
 * Runs a statement that no transaction can hold still for us, such as CREATE INDEX CONCURRENTLY. Another session plays
 * the application: it has a transaction open that writes all tables, so that the statement halts where it waits for
 * others, and the locks that it has and wants can be seen. Then the application lets go.
 */
export async function runAlone(
  run: () => Promise<unknown>,
  {
    pid,
    observer,
    application,
    known,
  }: {
    readonly pid: number
    readonly observer: Connection
    readonly application: Connection
    readonly known: ReadonlyMap<number, KnownRelation>
  },
): Promise<AloneResult> {
  await application.run(writeAll(known))
  let finished = false
  const outcome = run()
    .then(
      () => undefined,
      (error: unknown) => error,
    )
    .finally(() => {
      finished = true
    })
  const seen: Lock[] = []
  let waited = false
  for (const end = Date.now() + giveUpMs; !finished && !waited && Date.now() < end; ) {
    waited = await isWaiting(observer, pid)
    seen.push(...(await readLocks(observer, pid, known)))
    if (!waited) await Promise.race([outcome, delay(pollMs)])
  }
  await application.run("rollback")
  while (!finished) {
    seen.push(...(await readLocks(observer, pid, known)))
    await Promise.race([outcome, delay(pollMs)])
  }
  return { locks: distinct(seen), waited, error: await outcome }
}

function writeAll(known: ReadonlyMap<number, KnownRelation>): string {
  const tables = [...known.values()].filter(({ kind }) => kind === "r" || kind === "p")
  // A table that the script has dropped meanwhile must not keep the others from being locked.
  const lock = tables.map(
    ({
      oid,
    }) => `begin execute pg_catalog.format('lock table %s in row exclusive mode', ${oid}::pg_catalog.regclass);
      exception when others then null; end;`,
  )
  return `begin; do $do$ begin ${lock.join("\n")} end $do$; select pg_catalog.txid_current()`
}

async function isWaiting(observer: Connection, pid: number): Promise<boolean> {
  const rows = await observer.query<{ waits: boolean }>(
    "select wait_event_type = 'Lock' as waits from pg_catalog.pg_stat_activity where pid = $1",
    [pid],
  )
  return rows[0]?.waits === true
}

function distinct(locks: readonly Lock[]): readonly Lock[] {
  const byKey = new Map(locks.map((lock) => [`${lock.relation.oid} ${lock.mode}`, lock]))
  return [...byKey.values()]
}
