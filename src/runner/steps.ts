import { type Connection, ConnectionLost, ServerError } from "../db/connection.ts"
import { sqlState } from "../db/sqlstate.ts"
import { parameter } from "../db/values.ts"
import { ToolError } from "../diagnostic.ts"
import { readSteps, type StepRecord } from "../history/read.ts"
import {
  deleteSteps,
  noteBackend,
  replaceStep,
  type StepKey,
  type StepRow,
  updateStep,
} from "../history/record.ts"
import { meaning } from "../sql/meaning.ts"
import type { Step } from "../sql/step.ts"
import type { StatementPlace } from "./blockers.ts"
import { cancellable } from "./cancel.ts"
import { checkStop, lockLost, type RunContext } from "./context.ts"
import { checkEffect, factsBefore, lookUpEffect } from "./effects.ts"
import { execute, type Rows, StepError } from "./execute.ts"
import { needsNoTransaction } from "./failure.ts"
import { limitsFor, sessionText } from "./limits.ts"
import { retryLocks } from "./lock-retry.ts"
import { becomeOwner } from "./owner.ts"
import { pause } from "./pause.ts"
import { needsSession, refuseSessionNeeds } from "./pooled.ts"
import { reconnect } from "./reconnect.ts"
import { cleanText, inMigratorTransaction, migratorTransaction, patientText } from "./session.ts"
import { begin, commit, readStep, rollback, runVerify } from "./transaction.ts"
import type { BodyIo, Work } from "./work.ts"

/** How to take up a step whose outcome nobody can look up. */
export type UnknownOutcome = "ask" | "done" | "again"

/** One passage through a revision, from its first step. */
interface Passage {
  readonly context: RunContext
  readonly work: Work
  readonly unknownOutcome: UnknownOutcome
  /** What an earlier, interrupted run has left, by position. */
  records: ReadonlyMap<number, StepRecord>
  /** Of the last step that was begun, 1-based. */
  position: number
  /** How often a step did not get its lock. */
  retries: number
}

/**
 * Runs a revision that cannot be one transaction, step by step. A step that may run in a transaction runs in one,
 * together with the row that says it is done; any other has a row written before and after it, and when a crash
 * fell between the two, what the statement leaves behind in the catalog tells whether it took effect.
 *
 * A program is given again what it was given when its steps ran, so that it takes the same way to where it stopped.
 *
 * @returns how many tries it took: one, and one more for each time that a step did not get its lock
 * @throws StepError, ToolError or ConnectionLost; what is done stays recorded and the next run goes on from there
 */
export async function runSteps(
  context: RunContext,
  work: Work,
  unknownOutcome: UnknownOutcome,
): Promise<number> {
  const { revision, direction } = work
  const passage: Passage = { context, work, unknownOutcome, records: new Map(), position: 0, retries: 0 }
  for (;;) {
    if (context.pooled) refuseSessionNeeds([work], context.owner)
    else
      await context.connection.run(
        `${cleanText};\n${patientText};\n${becomeOwner(context.owner, "session")}${sessionText(revision, context.limits)}`,
      )
    passage.records = await recordsOf(passage)
    passage.position = 0
    try {
      if (await passThrough(passage)) break
    } catch (error) {
      if (!(error instanceof Outdated)) throw error
      await context.connection.run(migratorTransaction(deleteSteps(context.schema, revision.id, direction)))
    }
  }
  await retrying(passage, () => complete(context, work))
  return passage.retries + 1
}

async function complete(context: RunContext, work: Work): Promise<void> {
  const open = await begin(context, limitsFor(work.revision, context.limits))
  try {
    await runVerify(context, work, open)
  } catch (error) {
    await rollback(context.connection)
    throw error
  }
  await commit(context, open, work.record(context.runId))
}

function recordsOf({ context, work }: Passage): Promise<ReadonlyMap<number, StepRecord>> {
  const { connection, schema } = context
  const { revision, direction } = work
  return inMigratorTransaction(connection, () => readSteps(connection, schema, revision.id, direction))
}

/** Only the step is tried again: what the steps before it have set for the session stays. */
async function retrying(passage: Passage, attempt: (number: number) => Promise<void>): Promise<void> {
  const { context, work } = passage
  passage.retries += (await retryLocks(context, () => work.revision.id, attempt)) - 1
}

/** The recorded steps are those of an earlier text of a repeatable, which starts over whenever it changes. */
class Outdated extends Error {}

/**
 * Refuses a revision that is one transaction now, and of which an earlier run has run steps.
 *
 * @throws ToolError `revision-changed-in-flight`
 */
export function refuseBegun({ inFlight }: RunContext, { revision, direction }: Work): void {
  const begun = inFlight.find(({ id, direction: way }) => id === revision.id && way === direction)
  if (begun === undefined || revision.repeatable) return
  throw new ToolError(
    "revision-changed-in-flight",
    `revision ${revision.id} was interrupted between its steps, and would now run as a whole`,
    {
      subject: revision.id,
      location: { file: revision.file, line: 1 },
      details: [`${begun.stepsDone} of its steps have run`],
      hint: "restore `-- transaction: none` in its header",
    },
  )
}

/** Returns false where it has to begin again, because what the steps had set for the session is lost. */
async function passThrough(passage: Passage): Promise<boolean> {
  const { context, work } = passage
  const { connection } = context
  const body = work.body(bodyIo(passage))
  try {
    let answer: Rows = []
    for (;;) {
      const next = await body.next(answer)
      if (next.done) break
      checkStop(context)
      const step = next.value
      const key = nextKey(passage)
      await retrying(passage, async (attempt) => {
        if (attempt > 1) passage.records = await recordsOf(passage)
        answer = await runStep(passage, step, key)
      })
      // The connection was lost at COMMIT, and another has taken its place.
      if (context.connection !== connection) return false
    }
  } finally {
    await body.return()
  }
  refuseRemoved(passage)
  return true
}

/** A statement about the session waits for nobody. */
const unwatched: StatementPlace = { pid: 0, limits: { lockTimeoutMs: 0 } }

async function runStep(passage: Passage, step: Step, key: StepKey): Promise<Rows> {
  const { context, work } = passage
  const { revision, position } = key
  if (step.session) {
    if (context.pooled) throw needsSession(work.revision, step, step.sql)
    return execute(context, step, unwatched)
  }
  const record = passage.records.get(position)
  if (record?.state === "done") {
    refuseChanged(work, step, record)
    context.emit({ type: "step-resumed", revision, step: position, found: "done by an earlier run" })
    return record.answer ?? []
  }
  if (record !== undefined && (await takeUp(passage, key, record)) === "done") {
    refuseChanged(work, step, record)
    return []
  }
  const { sql, file, line } = step
  const steps = work.count ?? position
  context.emit({ type: "step-started", revision, step: position, steps, sql, file, line })
  const started = performance.now()
  const rows =
    step.transaction === "forbidden"
      ? await runAlone(passage, step, key)
      : await runRecorded(passage, step, key)
  const durationMs = performance.now() - started
  context.emit({ type: "step-finished", revision, step: position, steps, durationMs })
  return rows
}

function nextKey(passage: Passage): StepKey {
  passage.position += 1
  const { work, position } = passage
  return { revision: work.revision.id, direction: work.direction, position }
}

/**
 * What a TypeScript revision is given. Its reads are recorded like steps: they decide what it yields next, and what has
 * run since would change their answers.
 */
function bodyIo(passage: Passage): BodyIo {
  const { context, work } = passage
  const { revision } = work
  let last: Promise<unknown> = Promise.resolve()
  return {
    query: (sql, values) => {
      const key = nextKey(passage)
      // A program may ask for several things at once; the connection answers one after the other.
      const answer = last
        .catch(() => undefined)
        .then(() => read(passage, readStep(revision, sql, values), key))
      last = answer
      return answer
    },
    log: (message) => context.emit({ type: "notice", severity: "LOG", message, revision: revision.id }),
  }
}

async function read(passage: Passage, step: Step, key: StepKey): Promise<Rows> {
  const record = passage.records.get(key.position)
  if (record === undefined) return runRecorded(passage, step, key)
  refuseChanged(passage.work, step, record)
  return record.answer ?? []
}

/** A finished step that reads differently now means that another revision would be continued than was begun. */
function refuseChanged(work: Work, step: Step, record: StepRecord): void {
  const isSame = meaning(step.sql) === meaning(record.sql) && sameTexts(parametersOf(step), record.parameters)
  if (!isSame) throw changed(work, record, { file: step.file, line: step.line })
}

/** A step that has run and is no longer there means the same. */
function refuseRemoved({ work, records, position }: Passage): void {
  const removed = [...records.values()].find(
    (record) => record.position > position && record.state !== "failed",
  )
  if (removed !== undefined) throw changed(work, removed, { file: work.revision.file, line: 1 })
}

function changed(
  { revision }: Work,
  { position, sql }: StepRecord,
  location: { readonly file: string; readonly line: number },
): Error {
  if (revision.repeatable) return new Outdated()
  return new ToolError(
    "revision-changed-in-flight",
    `revision ${revision.id} was interrupted, and its step ${position}, which has run, was edited since`,
    {
      subject: revision.id,
      location,
      details: [`it ran as: ${sql.replace(/\s+/g, " ").slice(0, 200)}`],
      hint: "restore that statement; steps that did not run yet may be edited",
    },
  )
}

function parametersOf({ values }: Step): StepRow["parameters"] {
  return values?.map((value) => {
    const text = parameter(value)
    return typeof text === "string" || text === null ? text : `\\x${text.toString("hex")}`
  })
}

function sameTexts(some: StepRow["parameters"] = [], others: StepRow["parameters"] = []): boolean {
  return some.length === others.length && some.every((text, index) => text === others[index])
}

/** Decides about a step that was begun: looks up what it left behind, removes what is half done. */
async function takeUp(passage: Passage, key: StepKey, record: StepRecord): Promise<"done" | "again"> {
  const { context, unknownOutcome } = passage
  await waitForBackend(context, key, record)
  const { outcome, found } = await cancellable(context, () => outcomeOf(context, record))
  const decided = outcome === "unknown" ? unknownOutcome : outcome
  if (decided === "ask") throw outcomeUnknown(key, record)
  if (decided === "done") {
    await context.connection.run(migratorTransaction(updateStep(context.schema, key, "done")))
  }
  context.emit({ type: "step-resumed", revision: key.revision, step: key.position, found })
  return decided
}

async function outcomeOf(context: RunContext, { effect, before = {}, state }: StepRecord) {
  if (effect === undefined) return { outcome: "again", found: "it had not taken effect" } as const
  return lookUpEffect(context, effect, before, state === "failed" ? "failed" : "started")
}

/**
 * A runner that was killed may leave its statement running; its outcome is known only once it has ended. Behind a pooler
 * nobody knows which process ran it, and the statement's own text has to do.
 */
async function waitForBackend(context: RunContext, key: StepKey, record: StepRecord): Promise<void> {
  if (record.state !== "started") return
  for (let told = false; ; told = true) {
    const pid = await runningPid(context, record)
    if (pid === undefined) return
    checkStop(context)
    const message = `the statement of the interrupted run still runs on the server (pid ${pid}); waiting for its end`
    if (!told) context.emit({ type: "notice", severity: "NOTICE", message, revision: key.revision })
    await pause(100, context.signal).catch(() => checkStop(context))
  }
}

async function runningPid(
  { connection }: RunContext,
  { before, sql }: StepRecord,
): Promise<number | undefined> {
  // As the migrator: another role, which an earlier step may have set, is not shown what the session does.
  const [row] = await inMigratorTransaction(connection, () =>
    connection.query<{ pid: number }>(
      `select pid from pg_catalog.pg_stat_activity
where state = 'active' and pid <> pg_catalog.pg_backend_pid() and datname = pg_catalog.current_database()
  and case when $1::text is null then left(query, 100) = left($2, 100) else pid || ' ' || extract(epoch from backend_start) = $1 end`,
      [before?.backend ?? null, sql],
    ),
  )
  return row?.pid
}

function outcomeUnknown(key: StepKey, record: StepRecord): ToolError {
  return new ToolError(
    "step-outcome-unknown",
    `revision ${key.revision}: an earlier run was cut off during step ${key.position}, and its outcome cannot be looked up`,
    {
      subject: key.revision,
      details: [record.sql.replace(/\s+/g, " ").slice(0, 200)],
      hint: "look whether it took effect, then run the same command with --step-done or --step-again",
      data: { revision: key.revision, step: key.position, sql: record.sql },
    },
  )
}

/** Runs a step in a transaction of its own, together with the row that says it is done. */
async function runRecorded(passage: Passage, step: Step, key: StepKey): Promise<Rows> {
  const { context, work } = passage
  const open = await begin(context, limitsFor(work.revision, context.limits))
  try {
    const rows = await execute(context, step, open)
    const row = { ...rowOf(work, step), state: "done", answer: answerOf(work, rows) } as const
    if (context.lock.lost) throw lockLost()
    await commit(context, open, replaceStep(context.schema, context.runId, key, row), "keep")
    return rows
  } catch (error) {
    await rollback(context.connection)
    if (!(error instanceof StepError) || !needsNoTransaction.has(error.server.sqlState)) throw error
    const commits = error.server.sqlState === sqlState.invalid_transaction_termination
    return runAlone(passage, { ...step, effect: { kind: "unknown" } }, key, { commits })
  }
}

/** Runs a step outside any transaction, with a row before it and one after it. */
async function runAlone(
  { context, work }: Passage,
  step: Step,
  key: StepKey,
  known: Readonly<Record<string, unknown>> = {},
): Promise<Rows> {
  const { connection, schema, runId } = context
  const effect = step.effect ?? { kind: "unknown" as const }
  const [row] = await connection.query<{ pid: number; held: boolean }>(
    `select pg_catalog.pg_backend_pid() as pid, ${context.lock.heldText} as held`,
  )
  if (row?.held !== true) throw lockLost()
  const before = { ...(await factsBefore(connection, effect)), ...known }
  const intent = replaceStep(schema, runId, key, { ...rowOf(work, step), effect, before, state: "started" })
  const backend = context.pooled ? "" : `;\n${noteBackend(schema, key)}`
  await recordIntent(connection, intent + backend)
  try {
    const limits = { lockTimeoutMs: work.revision.lockTimeoutMs ?? 0 }
    const rows = await execute(context, step, { pid: row.pid, limits })
    await checkEffect(connection, effect, step)
    await recordDone(context, updateStep(schema, key, "done", { runId, answer: answerOf(work, rows) }))
    return rows
  } catch (error) {
    if (error instanceof StepError || error instanceof ToolError) {
      const failed = updateStep(schema, key, "failed", { runId })
      await connection.run(migratorTransaction(failed)).catch(() => undefined)
    }
    throw error
  }
}

/** Another runner may have begun, or done, the step in the moment before this one knew that its lock was lost. */
async function recordIntent(connection: Connection, text: string): Promise<void> {
  try {
    await connection.run(migratorTransaction(text))
  } catch (error) {
    await rollback(connection)
    const isTaken = error instanceof ServerError && error.sqlState === sqlState.unique_violation
    throw isTaken ? lockLost() : error
  }
}

/** That it took effect is known: when the connection is lost now, it is recorded over another. */
async function recordDone(context: RunContext, text: string): Promise<void> {
  const record = async (): Promise<void> => {
    const results = await context.connection.run(migratorTransaction(text))
    const isOurs = results.some(({ command, rowCount }) => command === "UPDATE" && rowCount === 1)
    if (!isOurs) throw lockLost()
  }
  try {
    await record()
  } catch (error) {
    if (!(error instanceof ConnectionLost)) throw error
    await reconnect(context, error)
    await record()
  }
}

function rowOf({ compatible }: Work, step: Step): Pick<StepRow, "sql" | "parameters" | "compatible"> {
  return { sql: step.sql, parameters: parametersOf(step), compatible }
}

/** Only a program looks at answers. */
function answerOf({ steps }: Work, rows: Rows): StepRow["answer"] {
  return steps === undefined ? rows : undefined
}
