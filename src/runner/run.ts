import { ConnectionLost, ServerError } from "../db/connection.ts"
import { sqlState } from "../db/sqlstate.ts"
import { ToolError } from "../diagnostic.ts"
import { insertEvent } from "../history/record.ts"
import { checkStop, interrupted, type RunContext } from "./context.ts"
import { StepError } from "./execute.ts"
import { type Aftermath, programFailure, stepFailure } from "./failure.ts"
import { retryLocks } from "./lock-retry.ts"
import { ProgramError } from "./program.ts"
import { connectionLost, reconnect } from "./reconnect.ts"
import { cleanSession, migratorTransaction } from "./session.ts"
import { refuseBegun, runSteps, type UnknownOutcome } from "./steps.ts"
import { rollback, runTransaction } from "./transaction.ts"
import type { Work } from "./work.ts"

/** One revision that was run. */
export interface FinishedRevision {
  readonly id: string
  readonly title: string
  readonly file: string
  readonly durationMs: number
  /** How many tries it took; more than one where a lock was not available at first. */
  readonly attempts: number
}

export interface RunWorkOptions {
  /** Everything in one transaction. */
  readonly single?: boolean
  readonly unknownOutcome?: UnknownOutcome
}

/**
 * Runs the work in order and tells what was finished as it goes, also when it then throws.
 *
 * @param finished is appended to
 * @throws ToolError for the first piece that fails, after it was recorded; those before it stay, those after it did not
 * begin
 */
export async function runAll(
  context: RunContext,
  works: readonly Work[],
  finished: FinishedRevision[],
  options: RunWorkOptions = {},
): Promise<void> {
  const groups = options.single === true ? [works] : works.map((work) => [work])
  for (const group of groups) {
    if (group.length > 0) await runGroup(context, group, finished, options.unknownOutcome ?? "ask")
  }
}

async function runGroup(
  context: RunContext,
  group: readonly Work[],
  finished: FinishedRevision[],
  unknownOutcome: UnknownOutcome,
): Promise<void> {
  const started = performance.now()
  const only = group[0]
  let attempts = 0
  let begun = false
  try {
    checkStop(context)
    const begin = (attempt: number): void => {
      begun = true
      for (const work of group) context.emit(startedEvent(work, attempt))
    }
    attempts =
      group.length === 1 && only?.mode === "steps"
        ? await runStepwise(context, only, begin, unknownOutcome)
        : await runWhole(context, group, begin)
  } catch (error) {
    throw await fail(context, workOf(group, error), error, { begun, done: finished.length })
  }
  const durationMs = (performance.now() - started) / group.length
  for (const work of group) finished.push(finish(context, work, durationMs, attempts))
}

async function runStepwise(
  context: RunContext,
  work: Work,
  begin: (attempt: number) => void,
  unknownOutcome: UnknownOutcome,
): Promise<number> {
  begin(1)
  return runSteps(context, work, unknownOutcome)
}

async function runWhole(
  context: RunContext,
  group: readonly Work[],
  begin: (attempt: number) => void,
): Promise<number> {
  for (const work of group) refuseBegun(context, work)
  const revisionOf = (error: StepError) => workOf(group, error).revision.id
  return retryLocks(context, revisionOf, async (attempt) => {
    // Prepared statements and advisory locks of the try before outlive its rollback.
    if (attempt > 1 && !context.pooled) await cleanSession(context.connection)
    begin(attempt)
    await runTransaction(context, group)
  })
}

function startedEvent({ revision, direction, mode, count }: Work, attempt: number) {
  const { id, title, file } = revision
  const steps = count ?? 0
  return { type: "revision-started", revision: id, title, file, direction, attempt, mode, steps } as const
}

function finish(
  context: RunContext,
  { revision, direction }: Work,
  durationMs: number,
  attempts: number,
): FinishedRevision {
  context.emit({ type: "revision-finished", revision: revision.id, direction, durationMs })
  return { id: revision.id, title: revision.title, file: revision.file, durationMs, attempts }
}

/** The piece of work in which the refused statement stands. */
function workOf(group: readonly Work[], error: unknown): Work {
  const file = error instanceof StepError ? error.step.file : undefined
  const found = group.find(({ revision }) => revision.file === file || revision.downFile === file)
  return found ?? (group.at(-1) as Work)
}

/** Records the failure, over a new connection where the run's own is gone, and returns what is to be thrown. */
async function fail(
  context: RunContext,
  work: Work,
  error: unknown,
  { begun, done }: { readonly begun: boolean; readonly done: number },
): Promise<unknown> {
  const { revision, direction } = work
  const shown = explain(context, work, error, done)
  const found = shown instanceof ToolError ? shown.diagnostic : undefined
  if (begun && found !== undefined) {
    context.emit({ type: "revision-failed", revision: revision.id, direction, diagnostic: found })
  }
  const wasStopped = found?.code === "interrupted" || found?.code === "deadline-reached"
  const text = insertEvent(context.schema, context.runId, {
    kind: wasStopped ? "interrupted" : "failed",
    revision: revision.id,
    checksum: revision.checksum,
    errorCode: found?.code,
    sqlState: found?.sqlState,
    message: shown instanceof Error ? shown.message : String(shown),
    details: { direction, details: found?.details, location: found?.location },
  })
  const unreachable = error === shown && found?.code === "connection-lost"
  if (!unreachable) await record(context, text)
  return shown
}

async function record(context: RunContext, text: string): Promise<void> {
  try {
    if (!context.connection.open) {
      await reconnect(context, new ConnectionLost("the run's connection had ended"))
    }
    await rollback(context.connection)
    if (!context.pooled) await cleanSession(context.connection)
    await context.connection.run(migratorTransaction(text))
  } catch (error) {
    await rollback(context.connection)
    const reason = error instanceof Error ? error.message : String(error)
    const message = `the failure could not be recorded in the history: ${reason}`
    context.emit({ type: "notice", severity: "WARNING", message })
  }
}

function explain(context: RunContext, work: Work, error: unknown, done: number): unknown {
  const aftermath = aftermathOf(work, done)
  if (error instanceof StepError) {
    return wasCancelled(context, error.server)
      ? interrupted([aftermath.stays])
      : stepFailure(context, error, work, aftermath)
  }
  if (error instanceof ProgramError) return programFailure(error, work, aftermath)
  if (error instanceof ConnectionLost) {
    return context.signal?.aborted ? interrupted([aftermath.stays]) : connectionLost(error, [aftermath.stays])
  }
  if (error instanceof ServerError) {
    if (wasCancelled(context, error)) return interrupted([aftermath.stays])
    return new ToolError("statement-failed", `revision ${work.revision.id}: ${error.message}`, {
      subject: work.revision.id,
      sqlState: error.sqlState,
      details: [aftermath.stays],
      hint: aftermath.hint,
      cause: error,
    })
  }
  return error
}

function wasCancelled(context: RunContext, server: ServerError): boolean {
  return server.sqlState === sqlState.query_canceled && context.signal?.aborted === true
}

function aftermathOf(work: Work, done: number): Aftermath {
  const { id } = work.revision
  const before =
    done === 0
      ? "nothing ran before it"
      : `the ${done === 1 ? "revision" : `${done} revisions`} before it ${done === 1 ? "stays" : "stay"} ${work.direction === "up" ? "applied" : "undone"}`
  return work.mode === "transaction"
    ? {
        stays: `revision ${id} was rolled back, nothing of it stays; ${before}`,
        hint: "correct the revision and run the same command again",
      }
    : {
        stays: `the steps of ${id} before this one stay and are recorded; ${before}`,
        hint: "correct this step and run the same command again; it goes on from here",
      }
}
