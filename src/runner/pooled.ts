import type { OwnerOptions } from "../api/options.ts"
import { ToolError } from "../diagnostic.ts"
import { quoteIdentifier } from "../sql/identifier.ts"
import type { Target } from "./target.ts"
import type { Work } from "./work.ts"

/**
 * What a revision may have left in the session besides its settings. Behind a pooler it goes with the transaction,
 * because the session is somebody else's afterwards. Prepared statements and advisory locks are left alone: there may
 * be some of other clients.
 */
export const leaveNothing = "close all;\nunlisten *;\ndiscard temp"

/**
 * Refuses what a pooler would do to somebody else's statements, or would not do at all: settings for statements that
 * run outside a transaction.
 *
 * @throws ToolError `needs-session`
 */
export function refuseSessionNeeds(works: readonly Work[], owner?: OwnerOptions): void {
  for (const { mode, revision, steps = [] } of works) {
    if (mode !== "steps") continue
    const setting = steps.find(({ session }) => session)
    if (setting !== undefined) throw needsSession(revision, setting, setting.sql)
    const { lockTimeoutMs, statementTimeoutMs } = revision
    const alone = steps.find(({ transaction }) => transaction === "forbidden")
    if (alone !== undefined && owner !== undefined)
      throw needsSession(revision, alone, `set role ${quoteIdentifier(owner.role)}`)
    if (alone === undefined || (lockTimeoutMs ?? statementTimeoutMs) === undefined) continue
    const header = lockTimeoutMs === undefined ? "statement-timeout" : "lock-timeout"
    throw needsSession(revision, { file: revision.file, line: 1 }, `-- ${header}`)
  }
}

/** @param what the statement or header line that cannot hold */
export function needsSession(
  { id }: Work["revision"],
  { file, line }: { readonly file: string; readonly line: number },
  what: string,
): ToolError {
  const text = what.replace(/\s+/g, " ").slice(0, 80)
  return new ToolError("needs-session", `revision ${id} sets something for its session: ${text}`, {
    subject: id,
    location: { file, line },
    details: [
      "statements that cannot run in a transaction reach another session through the pooler each time",
    ],
    hint: "apply it over the direct URL of the database",
  })
}

/**
 * Makes sure, with the lock held, that the pooler has a second session for the work.
 *
 * @throws ToolError `pooler-exhausted`
 */
export async function refuseFullPool({ connection, facts }: Target, withinMs: number): Promise<void> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<"late">((resolve) => {
    timer = setTimeout(() => resolve("late"), withinMs)
  })
  const outcome = await Promise.race([connection.run("select 1"), late]).finally(() => clearTimeout(timer))
  if (outcome !== "late") return
  const message = `the pooler in front of ${facts.database} has only one free session, and the runner's lock holds it`
  throw new ToolError("pooler-exhausted", message, {
    hint: "raise its pool size to two at least, use the direct URL, or try again when it is less busy",
    subject: facts.database,
  })
}
