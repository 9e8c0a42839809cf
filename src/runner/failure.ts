import { ServerError } from "../db/connection.ts"
import { sqlState } from "../db/sqlstate.ts"
import { type Location, ToolError } from "../diagnostic.ts"
import { rewriteRefused } from "../history/rewrites.ts"
import { locate } from "../sql/locate.ts"
import type { Step } from "../sql/step.ts"
import { describeBlocker } from "./blockers.ts"
import type { RunContext } from "./context.ts"
import type { StepError } from "./execute.ts"
import { limitsFor } from "./limits.ts"
import type { Work } from "./work.ts"

/** What is true of the database after a failure, for the person who reads the error. */
export interface Aftermath {
  /** "revision 4f2a9c was rolled back; nothing of it stays". */
  readonly stays: string
  readonly hint: string
}

/** Makes of a refused statement the error that is shown: file, line, caret, the server's words, and what stays. */
export function stepFailure(
  context: RunContext,
  error: StepError,
  work: Work,
  aftermath: Aftermath,
): ToolError {
  const { server, step } = error
  const name = `revision ${work.revision.id}`
  const facts = {
    subject: work.revision.id,
    location: placeOf(step, server.fields.position),
    sqlState: server.sqlState,
    cause: server,
    hint: aftermath.hint,
  }
  const details = [...serverDetails(server), aftermath.stays]
  if (isTimeout(error, context, work)) {
    return new ToolError(
      "statement-timeout",
      `${name}: the statement ran longer than its statement timeout`,
      {
        ...facts,
        details,
        hint: "give the revision its own limit with a header such as `-- statement-timeout: 30min`",
      },
    )
  }
  if (error.blockers.some(({ pid }) => pid === context.lock.pid)) {
    return new ToolError("statement-failed", `${name}: it waits for the lock that this run itself holds`, {
      ...facts,
      details: [`the statement changes or drops Lockstep's own schema, ${context.schema}`, ...details],
      hint: "take the statement out of the revision",
    })
  }
  if (error.isLock) {
    return new ToolError("lock-not-available", `${name}: ${server.message}`, {
      ...facts,
      details: [...error.blockers.map((blocker) => `in the way: ${describeBlocker(blocker)}`), ...details],
      hint: "end the sessions that are in the way, or run the same command again at a quieter time",
      data: { blockers: error.blockers },
    })
  }
  if (server.sqlState === rewriteRefused) {
    const { hint: _, ...fields } = server.fields
    return new ToolError("rewrite-refused", `${name}: ${server.message}`, {
      ...facts,
      details: [...serverDetails(new ServerError(server.message, fields)), aftermath.stays],
      hint: "read what it would do and apply exactly that: lockstep plan --out plan.json, then the same command with --plan plan.json; or accept it in the header: -- accept: blocking-rewrite because <reason>",
    })
  }
  const hint =
    needsNoTransaction.has(server.sqlState) && work.mode === "transaction"
      ? outside
      : alreadyThere.has(server.sqlState) && work.direction === "up"
        ? `was it applied by hand? "lockstep doctor" finds out, and "lockstep repair" records it; otherwise ${aftermath.hint}`
        : server.sqlState === sqlState.insufficient_privilege
          ? `"lockstep doctor" says what belongs to another role; then ${aftermath.hint}`
          : aftermath.hint
  return new ToolError("statement-failed", `${name}: ${server.message}`, { ...facts, details, hint })
}

/** The server has one code for every kind of cancel, and names the limit in its own language only. */
function isTimeout({ server, tookMs }: StepError, { limits }: RunContext, { mode, revision }: Work): boolean {
  const limitMs =
    mode === "transaction"
      ? limitsFor(revision, limits).statementTimeoutMs
      : (revision.statementTimeoutMs ?? 0)
  const isOver = limitMs > 0 && tookMs >= limitMs
  return server.sqlState === sqlState.query_canceled && (isOver || /statement timeout/.test(server.message))
}

/**
 * What the server says of statements whose text does not show that they forbid a transaction: REINDEX of a partitioned
 * table; procedures and DO blocks that commit. They were rolled back whole, so they can be run again without one.
 */
export const needsNoTransaction: ReadonlySet<string> = new Set([
  sqlState.active_sql_transaction,
  sqlState.invalid_transaction_termination,
])

/** What the server says where somebody has made what a revision makes. */
const alreadyThere: ReadonlySet<string> = new Set([
  sqlState.duplicate_column,
  sqlState.duplicate_object,
  sqlState.duplicate_function,
  sqlState.duplicate_schema,
  sqlState.duplicate_table,
])

const outside = "write `-- transaction: none` in its header to run it statement by statement"

/** Makes of what a program threw the error that is shown. */
export function programFailure(error: Error, { revision }: Work, aftermath: Aftermath): ToolError {
  return new ToolError("revision-threw", `revision ${revision.id}: ${error.message}`, {
    subject: revision.id,
    location: { file: revision.file, line: 1 },
    details: [aftermath.stays],
    hint: aftermath.hint,
    cause: error.cause,
  })
}

/** Without a position the server means the statement as a whole. */
function placeOf(step: Step, position: number | undefined): Location {
  if (position !== undefined) return locate(step, position)
  return { file: step.file, line: step.line, text: step.sql.split(/\r?\n/, 1)[0] ?? "" }
}

/** The server's own detail, hint and context, a line each. */
export function serverDetails(server: ServerError): string[] {
  const { detail, hint, where, internalQuery } = server.fields
  return [
    ...(detail === undefined ? [] : [`detail: ${detail}`]),
    ...(hint === undefined ? [] : [`hint of the server: ${hint}`]),
    ...(where === undefined ? [] : [`context: ${where}`]),
    ...(internalQuery === undefined ? [] : [`query: ${internalQuery}`]),
  ]
}
