import type { RunOptions } from "../api/options.ts"
import { mayRewriteText } from "../history/rewrites.ts"
import type { Revision } from "../revisions/revision.ts"

/** What the transactions of a run are held to. Times are in milliseconds, 0 for none. */
export interface Limits {
  readonly lockTimeoutMs: number
  readonly statementTimeoutMs: number
  readonly idleInTransactionTimeoutMs: number
  /** How often the server looks whether its client is still there while a statement runs; 0 where it cannot. */
  readonly clientCheckMs: number
  /** Whether the server, from 17 on, has a limit for whole transactions. It is lifted: that of each statement counts. */
  readonly hasTransactionTimeout: boolean
  /** Tables that a plan says are written anew, by the revision that does. */
  readonly planned: ReadonlyMap<string, readonly string[]>
  /** Tables that may be; `all` where the header accepts it. */
  readonly mayRewrite: "all" | readonly string[]
}

/** Defaults that protect production: a statement that waits for a lock makes everybody else queue behind it. */
export const defaultLimits: Limits = {
  lockTimeoutMs: 2_000,
  statementTimeoutMs: 600_000,
  idleInTransactionTimeoutMs: 300_000,
  clientCheckMs: 0,
  hasTransactionTimeout: false,
  planned: new Map(),
  mayRewrite: [],
}

/** The run's limits: the defaults, then what the caller chose. */
export function limitsOf(options: RunOptions, planned = defaultLimits.planned): Limits {
  return {
    ...defaultLimits,
    planned,
    lockTimeoutMs: options.lockTimeoutMs ?? defaultLimits.lockTimeoutMs,
    statementTimeoutMs: options.statementTimeoutMs ?? defaultLimits.statementTimeoutMs,
    idleInTransactionTimeoutMs:
      options.idleInTransactionTimeoutMs ?? defaultLimits.idleInTransactionTimeoutMs,
  }
}

/** The limits for one revision: what its header says wins over the run's. */
export function limitsFor(revision: Revision, run: Limits): Limits {
  return {
    ...run,
    lockTimeoutMs: revision.lockTimeoutMs ?? run.lockTimeoutMs,
    statementTimeoutMs: revision.statementTimeoutMs ?? run.statementTimeoutMs,
    mayRewrite: revision.accepts.some(({ rule }) => rule === acceptedRewrite)
      ? "all"
      : (run.planned.get(revision.id) ?? run.mayRewrite),
  }
}

/** The rule of `lint` whose finding a reviewer has accepted where the header says so. */
const acceptedRewrite = "blocking-rewrite"

/** `begin` with the limits set for this transaction only, so that it works through any pooler. */
export function beginText(limits: Limits): string {
  // READ COMMITTED is said because a database's default may be stricter, and an idle REPEATABLE READ transaction
  // anywhere delays CREATE INDEX CONCURRENTLY for ever.
  return `begin isolation level read committed read write;\n${limitsText(limits)}`
}

/** Sets the limits for the rest of the open transaction. */
export function limitsText(limits: Limits): string {
  const { clientCheckMs, hasTransactionTimeout, mayRewrite } = limits
  const check = clientCheckMs === 0 ? "" : `;\nset local client_connection_check_interval = ${clientCheckMs}`
  const rewrites = mayRewrite.length === 0 ? "" : `;\n${mayRewriteText(mayRewrite)}`
  const whole = hasTransactionTimeout ? ";\nset local transaction_timeout = 0" : ""
  return `set local lock_timeout = ${limits.lockTimeoutMs};
set local statement_timeout = ${limits.statementTimeoutMs};
set local idle_in_transaction_session_timeout = ${limits.idleInTransactionTimeoutMs}${check}${whole}${rewrites}`
}

/**
 * Sets the limits of the session, for a revision whose statements cannot run in a transaction. A concurrent build
 * waits for old transactions, and lock_timeout would cancel that wait too and leave an invalid index; its lock is one
 * that neither readers nor writers queue behind. So there is no limit but the revision's own.
 */
export function sessionText(revision: Revision, { clientCheckMs }: Limits): string {
  const check = clientCheckMs === 0 ? "" : `; set client_connection_check_interval = ${clientCheckMs}`
  return `set lock_timeout = ${revision.lockTimeoutMs ?? 0}; set statement_timeout = ${revision.statementTimeoutMs ?? 0}${check}`
}
