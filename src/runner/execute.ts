import { ServerError } from "../db/connection.ts"
import { sqlState } from "../db/sqlstate.ts"
import type { Step } from "../sql/step.ts"
import { type StatementPlace, watchBlockers } from "./blockers.ts"
import { cancellable } from "./cancel.ts"
import type { RunContext } from "./context.ts"
import type { Blocker } from "./event.ts"
import { slowMs } from "./slow.ts"

export type Rows = readonly Readonly<Record<string, unknown>>[]

/** A statement that the server refused, with the step it came from. Becomes a ToolError once it is known what stays. */
export class StepError extends Error {
  readonly step: Step
  readonly server: ServerError
  readonly blockers: readonly Blocker[]
  /** How long it ran, with its way to the server and back. */
  readonly tookMs: number

  constructor(step: Step, server: ServerError, blockers: readonly Blocker[], tookMs: number) {
    super(server.message, { cause: server })
    this.step = step
    this.server = server
    this.blockers = blockers
    this.tookMs = tookMs
  }

  /** Whether trying again later may help: a lock that was not available, or a deadlock. */
  get isLock(): boolean {
    const { lock_not_available, deadlock_detected } = sqlState
    return this.server.sqlState === lock_not_available || this.server.sqlState === deadlock_detected
  }
}

/**
 * Sends one step to the server and returns the rows of its answer. Cancels it when the run is interrupted.
 *
 * @throws StepError for an error of the server, ConnectionLost as it comes, ToolError `interrupted`
 */
export async function execute(context: RunContext, step: Step, place: StatementPlace): Promise<Rows> {
  const started = performance.now()
  const watch = watchBlockers(context, place)
  try {
    const rows = await cancellable(context, () => send(context, step, place), place.begun)
    const ms = performance.now() - started
    if (ms >= slowMs && watch.seen.length === 0) context.slow.push({ sql: step.sql, ms })
    return rows
  } catch (error) {
    throw error instanceof ServerError
      ? new StepError(step, error, watch.seen, performance.now() - started)
      : error
  } finally {
    watch.stop()
  }
}

async function send({ connection }: RunContext, step: Step, place: StatementPlace): Promise<Rows> {
  if (step.copy !== undefined) return (await connection.copyIn(step.sql, step.copy)).rows
  if (step.values !== undefined) return connection.query(step.sql, step.values)
  const guard = place.isAnswered === false ? onlyInTransaction : ""
  try {
    return (await connection.run(guard + step.sql)).at(-1)?.rows ?? []
  } catch (error) {
    throw error instanceof ServerError ? behind(guard, error) : error
  }
}

/**
 * Makes the server refuse what stands behind it in the same message unless a transaction block is open. That goes out
 * with the statement that is sent before BEGIN has been answered: where an administrator cancels that BEGIN, the
 * statement would run, and be kept, outside any transaction.
 */
const onlyInTransaction = "savepoint lockstep;\nrelease savepoint lockstep;\n"

/** The error with its position counted from behind `prefix`. */
function behind(prefix: string, error: ServerError): ServerError {
  const { position } = error.fields
  if (prefix === "" || position === undefined) return error
  return new ServerError(error.message, { ...error.fields, position: position - prefix.length })
}
