import type { Connection } from "../db/connection.ts"
import { type Limits, limitsText } from "./limits.ts"

/**
 * Undoes what a revision may have left in the session: role, settings, cursors, prepared statements, temporary
 * tables, advisory locks. Most of it outlives a rollback too.
 *
 * These are the parts of DISCARD ALL. That may not stand beside other statements, and would lose a role that ALTER
 * ROLE ... SET role gives to every session.
 */
export const cleanText = `close all;
reset session authorization;
reset role;
reset all;
deallocate all;
unlisten *;
select pg_catalog.pg_advisory_unlock_all();
discard temp;
discard sequences`

/**
 * The session sits idle while the run waits for another runner, and between two tries to get a lock. The limits of the
 * role are not for Lockstep's own statements: a BEGIN that is cancelled leaves no transaction for what is sent behind
 * it. Those of a revision are set in its transaction.
 */
export const patientText = "set idle_session_timeout = 0;\nset statement_timeout = 0"

/** Makes the session a clean and patient one; never throws, since one that cannot be cleaned is a lost one. */
export async function cleanSession(connection: Connection): Promise<void> {
  await connection.run(`${cleanText};\n${patientText}`).catch(() => undefined)
}

/**
 * For the rest of the open transaction: names without a schema mean PostgreSQL's own. Whoever may create in a schema of
 * the search path could otherwise put an operator there that fits better than the one meant, and the migrator would run
 * it (CVE-2018-1058). Statements that need the user's path are written so that nothing fits better.
 */
const ownNames = "set local search_path to pg_catalog, pg_temp"

/** For the rest of the open transaction: the role that connected, whatever a revision has made of the session. */
export const asMigrator = `set local session authorization default;\nset local role to default;\n${ownNames}`

/**
 * What comes between the last statement of a transaction and the row that records it. Deferred constraints are checked
 * as the revision left the session; then that is undone, so that the history is written as the migrator and COMMIT
 * stays within the time limits.
 *
 * @param session `keep`: what the revision has set for the session is there again afterwards, for its next step
 */
export function beforeRecord(session: "clean" | "keep", limits: Limits): string {
  const reset = `reset session authorization;\nreset role;\nreset all;\n${limitsText(limits)};\n${ownNames}`
  return `set constraints all immediate;\n${session === "keep" ? asMigrator : reset}`
}

/** A transaction of its own in which the connecting role runs `text`. */
export function migratorTransaction(text: string): string {
  return `begin;\n${asMigrator};\n${text};\ncommit`
}

/** Runs `work`, which reads or writes the history over `connection`, in such a transaction. */
export async function inMigratorTransaction<T>(connection: Connection, work: () => Promise<T>): Promise<T> {
  await connection.run(`begin;\n${asMigrator}`)
  try {
    return await work()
  } finally {
    if (connection.open) await connection.run("commit").catch(() => undefined)
  }
}
