import type { Connection } from "../db/connection.ts"
import type { RunContext } from "./context.ts"
import type { Blocker } from "./event.ts"
import type { Limits } from "./limits.ts"

/** Where a statement runs, to find out who keeps it from its locks. */
export interface StatementPlace {
  /** Server process; looked at once the statement has waited for a while. */
  readonly pid: number
  readonly limits: Pick<Limits, "lockTimeoutMs">
  /** Settles when the server has answered to a BEGIN that the statement was sent behind. */
  readonly begun?: Promise<void>
  /** False while that has not happened. */
  readonly isAnswered?: boolean
}

/** Watches, while a statement runs, who keeps it from its locks. */
export interface BlockerWatch {
  /** Those seen last, longest transaction first; empty where nobody was in the way. */
  readonly seen: readonly Blocker[]
  stop(): void
}

const query = `select a.pid, coalesce(a.application_name, '') as application, coalesce(a.usename, '') as "user",
  coalesce(a.state, '') as state,
  coalesce((extract(epoch from pg_catalog.clock_timestamp() - a.xact_start) * 1000.0)::bigint, 0)::text as age_ms,
  pg_catalog.left(a.query, 200) as query
from pg_catalog.unnest(pg_catalog.pg_blocking_pids($1)) as b (pid)
join pg_catalog.pg_stat_activity a on a.pid = b.pid
order by a.xact_start`

/**
 * Looks shortly before the statement's lock timeout ends: once the server has given up waiting, it no longer knows for
 * whom. Where there is no limit, a statement that waits for the run's own lock is cancelled. It looks over a connection of its own: a snapshot that the lock's transaction takes, be it for a moment, can be
 * what a concurrent index build then waits for, until that transaction ends.
 */
export function watchBlockers(context: RunContext, place: StatementPlace): BlockerWatch {
  return new Watch(context, place)
}

/** The parts of the lock timeout after which a watch looks. */
const looks = [0.3, 0.6, 0.85] as const

/** Without a lock timeout: ever more rarely, because only what can never end is to be found. */
const firstPauseMs = 1_000
const longestPauseMs = 30_000

/** Milliseconds until the next look; undefined where there is none. */
function pauseMs(index: number, lockTimeoutMs: number): number | undefined {
  if (lockTimeoutMs === 0) return Math.min(firstPauseMs * 2 ** index, longestPauseMs)
  const part = looks[index]
  return part === undefined ? undefined : lockTimeoutMs * (part - (looks[index - 1] ?? 0))
}

/** A class, because V8 makes a hidden class for every single object whose literal has getters. */
class Watch implements BlockerWatch {
  seen: readonly Blocker[] = []
  readonly #context: RunContext
  readonly #place: StatementPlace
  #stopped = false
  #timer: NodeJS.Timeout | undefined
  #eye: Promise<Connection> | undefined

  constructor(context: RunContext, place: StatementPlace) {
    this.#context = context
    this.#place = place
    this.#lookLater(0)
  }

  stop(): void {
    this.#stopped = true
    clearTimeout(this.#timer)
    void this.#eye?.then(
      (connection) => connection.close(),
      () => undefined,
    )
  }

  #lookLater(index: number): void {
    const { pid, limits } = this.#place
    const pause = pauseMs(index, limits.lockTimeoutMs)
    if (pause === undefined || pid === 0 || this.#stopped) return
    // A pool may have no room for one more, and then keeps it waiting for as long as the statement runs.
    if (limits.lockTimeoutMs === 0 && this.#context.pooled) return
    const next = (): void => {
      this.#lookLater(index + 1)
      void this.#look()
    }
    this.#timer = setTimeout(next, pause).unref()
  }

  async #look(): Promise<void> {
    if (this.#stopped) return
    try {
      this.#eye ??= this.#context.connect("watch")
      const connection = await this.#eye
      const rows = await connection.query<BlockerRow>(query, [this.#place.pid])
      if (rows.length === 0 || this.#stopped) return
      this.seen = rows.map(blocker)
      if (this.#waitsForItself()) await this.#context.connection.cancel()
    } catch {
      // The statement's own error is what matters; who blocked it is a courtesy.
    }
  }

  /** Two sessions of one run: the server sees no deadlock, and without a lock timeout neither would ever end. */
  #waitsForItself(): boolean {
    const { lock } = this.#context
    return this.#place.limits.lockTimeoutMs === 0 && this.seen.some(({ pid }) => pid === lock.pid)
  }
}

interface BlockerRow {
  readonly pid: number
  readonly application: string
  readonly user: string
  readonly state: string
  readonly age_ms: string
  readonly query: string | null
}

function blocker(row: BlockerRow): Blocker {
  const { pid, application, user, state, query: text } = row
  return {
    pid: Number(pid),
    application,
    user,
    state,
    ageMs: Number(row.age_ms),
    ...(text === null || text.startsWith("<insufficient") ? {} : { query: text }),
  }
}

/** One line for a person: `pid 4711, api (app), idle in transaction, transaction open for 41 s: update users ...`. */
export function describeBlocker(blocker: Blocker): string {
  const age = blocker.ageMs >= 1000 ? `${Math.round(blocker.ageMs / 1000)} s` : `${blocker.ageMs} ms`
  const query = blocker.query === undefined ? "" : `: ${blocker.query.replace(/\s+/g, " ")}`
  return `pid ${blocker.pid}, ${blocker.application || "unnamed application"} (${blocker.user}), ${blocker.state || "state hidden from this role"}, transaction open for ${age}${query}`
}
