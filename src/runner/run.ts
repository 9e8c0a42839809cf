import { ConnectionLost, ServerError } from "../db/connection.ts"
import { ToolError } from "../diagnostic.ts"
import { readHistory, type StepRecord } from "../history/read.ts"
import { insertEvent } from "../history/record.ts"
import { checkStop, interrupted, type RunContext } from "./context.ts"
import { StepError } from "./execute.ts"
import { type Aftermath, stepFailure } from "./failure.ts"
import { pause } from "./pause.ts"
import { connectionLost, reconnect } from "./reconnect.ts"
import { retryDelayMs } from "./retry.ts"
import { runSteps, type UnknownOutcome } from "./steps.ts"
import { runTransaction } from "./transaction.ts"
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
 * @throws ToolError for the first piece that fails; those before it stay, those after it did not begin
 */
export async function runAll(
  context: RunContext,
  works: readonly Work[],
  finished: FinishedRevision[],
  options: RunWorkOptions = {},
): Promise<void> {
  const groups = options.single === true ? [works] : works.map((work) => [work])
  for (const group of groups) {
    if (group.length === 0) continue
    checkStop(context)
    await runGroup(context, group, finished, options.unknownOutcome ?? "ask")
  }
}

async function runGroup(
  context: RunContext,
  group: readonly Work[],
  finished: FinishedRevision[],
  unknownOutcome: UnknownOutcome,
): Promise<void> {
  const started = performance.now()
  for (let attempt = 1; ; attempt += 1) {
    for (const work of group) context.emit(startedEvent(work, attempt))
    const cancel = cancelOnAbort(context)
    try {
      await runOnce(context, group, unknownOutcome)
      const durationMs = performance.now() - started
      for (const work of group) finished.push(finish(context, work, durationMs / group.length, attempt))
      return
    } catch (error) {
      const failed = workOf(group, error)
      if (error instanceof StepError && error.isLock && attempt < context.retry.attempts) {
        await waitForLock(context, failed, error, attempt)
        continue
      }
      throw await fail(context, failed, error, finished.length)
    } finally {
      cancel()
    }
  }
}

async function runOnce(context: RunContext, group: readonly Work[], unknownOutcome: UnknownOutcome): Promise<void> {
  const only = group[0]
  if (group.length === 1 && only?.mode === "steps") {
    return runSteps(context, only, await stepRecords(context, only), unknownOutcome)
  }
  return runTransaction(context, group)
}

async function stepRecords(context: RunContext, { revision, direction }: Work): Promise<readonly StepRecord[]> {
  const { inFlight } = await readHistory(context.connection, context.schema, true)
  return inFlight.filter((record) => record.revision === revision.id && record.direction === direction)
}

function startedEvent({ revision, direction, mode, count }: Work, attempt: number) {
  const { id, title, file } = revision
  return { type: "revision-started", revision: id, title, file, direction, attempt, mode, steps: count ?? 0 } as const
}

function finish(context: RunContext, { revision, direction }: Work, durationMs: number, attempts: number): FinishedRevision {
  context.emit({ type: "revision-finished", revision: revision.id, direction, durationMs })
  return { id: revision.id, title: revision.title, file: revision.file, durationMs, attempts }
}

/** An aborted signal cancels the statement that runs; the loop then sees the abort itself. */
function cancelOnAbort(context: RunContext): () => void {
  const { signal } = context
  const cancel = (): void => void context.connection.cancel()
  signal?.addEventListener("abort", cancel, { once: true })
  return () => signal?.removeEventListener("abort", cancel)
}

/** The piece of work in which the refused statement stands. */
function workOf(group: readonly Work[], error: unknown): Work {
  const file = error instanceof StepError ? error.step.file : undefined
  const found = group.find(({ revision }) => revision.file === file || revision.downFile === file)
  return found ?? (group.at(-1) as Work)
}

async function waitForLock(context: RunContext, work: Work, error: StepError, attempt: number): Promise<void> {
  const retryInMs = retryDelayMs(context.retry, attempt, Math.random())
  context.emit({
    type: "lock-not-available",
    revision: work.revision.id,
    attempt,
    attempts: context.retry.attempts,
    retryInMs,
    blockers: error.blockers,
  })
  await pause(retryInMs, context.signal).catch(() => undefined)
  checkStop(context)
}

/** Records the failure, over a new connection where the run's own is gone, and returns what is to be thrown. */
async function fail(context: RunContext, work: Work, error: unknown, done: number): Promise<unknown> {
  const shown = explain(context, work, error, done)
  if (!(shown instanceof ToolError)) return shown
  const { diagnostic } = shown
  context.emit({ type: "revision-failed", revision: work.revision.id, direction: work.direction, diagnostic })
  const text = insertEvent(context.schema, context.runId, {
    kind: shown.code === "interrupted" || shown.code === "deadline-reached" ? "interrupted" : "failed",
    revision: work.revision.id,
    checksum: work.revision.checksum,
    errorCode: shown.code,
    sqlState: diagnostic.sqlState,
    message: shown.message,
    details: { direction: work.direction, details: diagnostic.details, location: diagnostic.location },
  })
  await record(context, text)
  return shown
}

async function record(context: RunContext, text: string): Promise<void> {
  try {
    if (!context.connection.open) {
      context.connection = await reconnect(context, new ConnectionLost("the run's connection had ended"))
    }
    await context.connection.run(`reset all;\n${text}`)
  } catch (error) {
    const message = `the failure could not be recorded in the history: ${error instanceof Error ? error.message : error}`
    context.emit({ type: "notice", severity: "WARNING", message })
  }
}

function explain(context: RunContext, work: Work, error: unknown, done: number): unknown {
  const aftermath = aftermathOf(work, done)
  if (error instanceof StepError) {
    return wasCancelled(context, error.server) ? interrupted() : stepFailure(error, work, aftermath)
  }
  if (error instanceof ConnectionLost) {
    return context.signal?.aborted ? interrupted() : connectionLost(error, [aftermath.stays])
  }
  if (error instanceof ServerError) {
    if (wasCancelled(context, error)) return interrupted()
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
  return server.sqlState === "57014" && context.signal?.aborted === true
}

function aftermathOf(work: Work, done: number): Aftermath {
  const before =
    done === 0 ? "nothing ran before it" : `the ${done === 1 ? "revision" : `${done} revisions`} before it ${done === 1 ? "stays" : "stay"} ${work.direction === "up" ? "applied" : "undone"}`
  return work.mode === "transaction"
    ? {
        stays: `revision ${work.revision.id} was rolled back, nothing of it stays; ${before}`,
        hint: "correct the revision and run the same command again",
      }
    : {
        stays: `the steps of ${work.revision.id} before this one stay and are recorded; ${before}`,
        hint: "correct this step and run the same command again; it goes on from here",
      }
}

