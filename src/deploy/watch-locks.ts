import type { Connection } from "../db/connection.ts"
import { compareLockModes } from "../db/lock-mode.ts"

/** The strongest lock that a run has held on a relation, and for how long it was seen. */
export interface SeenLock {
  readonly relation: string
  /** As PostgreSQL spells it: `AccessExclusiveLock`. */
  readonly mode: string
  readonly ms: number
}

/**
 * Looks every so often which relations the sessions of a program hold locked, until it is stopped. What is held for less than the
 * time between two looks may be missed.
 *
 * @param application how the sessions' `application_name` begins
 * @param history schema of Lockstep's own tables, which are left out
 */
export function watchLocks(
  connection: Connection,
  application: string,
  history: string,
  everyMs = 25,
): { readonly stop: () => Promise<readonly SeenLock[]> } {
  const seen = new Map<string, { mode: string; since: number; ms: number; last: number }>()
  let stopped = false
  const look = async (): Promise<void> => {
    while (!stopped) {
      const rows = await connection.query<{ relation: string; mode: string }>(
        `select pg_catalog.format('%I.%I', n.nspname, c.relname) as relation, l.mode
from pg_catalog.pg_locks l join pg_catalog.pg_stat_activity a on a.pid = l.pid
join pg_catalog.pg_class c on c.oid = l.relation join pg_catalog.pg_namespace n on n.oid = c.relnamespace
where l.granted and l.database = (select d.oid from pg_catalog.pg_database d where d.datname = pg_catalog.current_database())
  and c.relkind in ('r', 'p', 'm', 'v') and n.nspname !~ '^pg_' and n.nspname not in ('information_schema', $2)
  and pg_catalog.starts_with(a.application_name, $1)`,
        [application, history],
      )
      const now = performance.now()
      const present = new Map<string, string>()
      for (const { relation, mode } of rows) {
        const before = present.get(relation)
        if (before === undefined || compareLockModes(mode, before) > 0) present.set(relation, mode)
      }
      for (const [relation, mode] of present) {
        const known = seen.get(relation)
        if (known === undefined || compareLockModes(mode, known.mode) > 0)
          seen.set(relation, { mode, since: now, ms: 0, last: now })
        else if (known.mode === mode) {
          known.ms = Math.max(known.ms, now - known.since)
          known.last = now
        }
      }
      for (const [relation, known] of seen) if (present.get(relation) !== known.mode) known.since = now
      await new Promise((resolve) => setTimeout(resolve, everyMs))
    }
  }
  const looking = look().catch(() => undefined)
  return {
    async stop() {
      stopped = true
      await looking
      return [...seen]
        .map(([relation, { mode, ms }]) => ({ relation, mode, ms: Math.round(ms) }))
        .sort((a, b) => compareLockModes(b.mode, a.mode) || b.ms - a.ms)
    },
  }
}
