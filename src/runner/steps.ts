import { ToolError } from "../diagnostic.ts"
import type { StepRecord } from "../history/read.ts"
import { type StepKey, updateStep, upsertStep } from "../history/record.ts"
import { meaning } from "../sql/meaning.ts"
import type { Step } from "../sql/step.ts"
import { checkStop, lockLost, type RunContext } from "./context.ts"
import { checkEffect, factsBefore, lookUpEffect } from "./effects.ts"
import { execute, type Rows, StepError } from "./execute.ts"
import { limitsFor, sessionText } from "./limits.ts"
import { pause } from "./pause.ts"
import { begin, bodyIo, commit, rollback, runVerify } from "./transaction.ts"
import type { Work } from "./work.ts"

/** How to take up a step whose outcome nobody can look up. */
export type UnknownOutcome = "ask" | "done" | "again"

/**
 * Runs a revision that cannot be one transaction, step by step. A step that may run in a transaction runs in one,
 * together with the row that says it is done; any other has a row written before and after it, and when a crash
 * fell between the two, what the statement leaves behind in the catalog tells whether it took effect.
 *
 * @param records what an earlier, interrupted run has left
 * @throws StepError, ToolError or ConnectionLost; what is done stays recorded and the next run goes on from there
 */
export async function runSteps(
  context: RunContext,
  work: Work,
  records: readonly StepRecord[],
  unknownOutcome: UnknownOutcome,
): Promise<void> {
  const known = new Map(records.map((record) => [record.position, record]))
  if (!context.pooled) await context.connection.run(`reset all; ${sessionText(work.revision, context.limits)}`)
  const body = work.body(bodyIo(context, work))
  let position = 0
  let answer: Rows = []
  for (;;) {
    const next = await body.next(answer)
    if (next.done) break
    checkStop(context)
    position += 1
    answer = await runStep(context, work, next.value, position, known.get(position), unknownOutcome)
  }
  const limits = limitsFor(work.revision, context.limits)
  const open = await begin(context, limits)
  try {
    await runVerify(context, work, open, limits)
  } catch (error) {
    await rollback(context.connection)
    throw error
  }
  await commit(context, open, work.record(context.runId))
}

async function runStep(
  context: RunContext,
  work: Work,
  step: Step,
  position: number,
  record: StepRecord | undefined,
  unknownOutcome: UnknownOutcome,
): Promise<Rows> {
  const key: StepKey = { revision: work.revision.id, direction: work.direction, position }
  const steps = work.count ?? position
  if (step.session) return execute(context, step, 0, 0)
  if (record?.state === "done") {
    refuseChanged(work, step, record)
    context.emit({ type: "step-resumed", revision: key.revision, step: position, found: "done by an earlier run" })
    return []
  }
  if (record !== undefined && (await takeUp(context, key, record, unknownOutcome)) === "done") {
    refuseChanged(work, step, record)
    return []
  }
  const { sql, file, line } = step
  context.emit({ type: "step-started", revision: key.revision, step: position, steps, sql, file, line })
  const started = performance.now()
  const rows =
    step.transaction === "forbidden"
      ? await runAlone(context, step, key)
      : await runRecorded(context, work, step, key)
  context.emit({
    type: "step-finished",
    revision: key.revision,
    step: position,
    steps,
    durationMs: performance.now() - started,
  })
  return rows
}

/** A finished step that reads differently now means that another revision would be continued than was begun. */
function refuseChanged(work: Work, step: Step, record: StepRecord): void {
  if (meaning(step.sql) === meaning(record.sql)) return
  throw new ToolError(
    "revision-changed-in-flight",
    `revision ${work.revision.id} was interrupted, and its step ${record.position}, which has run, was edited since`,
    {
      subject: work.revision.id,
      location: { file: step.file, line: step.line },
      details: [`it ran as: ${record.sql.replace(/\s+/g, " ").slice(0, 200)}`],
      hint: "restore that statement; steps that did not run yet may be edited",
    },
  )
}

/** Decides about a step that was begun: looks up what it left behind, removes what is half done. */
async function takeUp(
  context: RunContext,
  key: StepKey,
  record: StepRecord,
  unknownOutcome: UnknownOutcome,
): Promise<"done" | "again"> {
  await waitForBackend(context, key, record)
  const { outcome, found } =
    record.effect === undefined
      ? ({ outcome: "again", found: "it had not taken effect" } as const)
      : await lookUpEffect(context, record.effect, record.before ?? {}, record.state === "failed" ? "failed" : "started")
  const decided = outcome === "unknown" ? unknownOutcome : outcome
  if (decided === "ask") throw outcomeUnknown(key, record)
  if (decided === "done") await context.connection.run(updateStep(context.schema, key, "done"))
  context.emit({ type: "step-resumed", revision: key.revision, step: key.position, found })
  return decided
}

/** Names a server process for good: process ids are used again. */
const backendText =
  "select pid || ' ' || backend_start from pg_catalog.pg_stat_activity where pid = pg_catalog.pg_backend_pid()"

/** A runner that was killed may leave its statement running; its outcome is known only once it has ended. */
async function waitForBackend(context: RunContext, key: StepKey, record: StepRecord): Promise<void> {
  const backend = record.before?.backend
  if (record.state !== "started" || typeof backend !== "string") return
  for (let told = false; ; told = true) {
    const rows = await context.connection.query(
      "select from pg_catalog.pg_stat_activity where pid || ' ' || backend_start = $1 and state = 'active' and pid <> pg_catalog.pg_backend_pid()",
      [backend],
    )
    if (rows.length === 0) return
    checkStop(context)
    const message = `the statement of the interrupted run still runs on the server (pid ${backend.split(" ")[0]}); waiting for its end`
    if (!told) context.emit({ type: "notice", severity: "NOTICE", message, revision: key.revision })
    await pause(250, context.signal).catch(() => checkStop(context))
  }
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
async function runRecorded(context: RunContext, work: Work, step: Step, key: StepKey): Promise<Rows> {
  const limits = limitsFor(work.revision, context.limits)
  const open = await begin(context, limits)
  try {
    const rows = await execute(context, step, open.pid, limits.lockTimeoutMs)
    const record = upsertStep(context.schema, context.runId, key, { sql: step.sql, state: "done" })
    await commit(context, open, record, "keep-session")
    return rows
  } catch (error) {
    await rollback(context.connection)
    if (error instanceof StepError && commitsByItself.has(error.server.sqlState)) {
      return runAlone(context, { ...step, effect: { kind: "unknown" } }, key)
    }
    throw error
  }
}

/**
 * active_sql_transaction: a statement that turned out to forbid a transaction; invalid_transaction_termination: a
 * procedure or DO block that commits. Both were rolled back whole, so they can be run again without one.
 */
const commitsByItself = new Set(["25001", "2D000"])

/** Runs a step outside any transaction, with a row before it and one after it. */
async function runAlone(context: RunContext, step: Step, key: StepKey): Promise<Rows> {
  const { connection, schema, runId } = context
  const effect = step.effect ?? { kind: "unknown" as const }
  const [row] = await connection.query<{ held: boolean; backend: string | null }>(
    `select ${context.lock.heldText} as held, (${backendText}) as backend`,
  )
  if (row?.held !== true) throw lockLost()
  const before = { ...(await factsBefore(connection, effect)), backend: row.backend }
  const intent = upsertStep(schema, runId, key, { sql: step.sql, effect, before, state: "started" })
  await connection.run(asMigrator(intent))
  try {
    const rows = await execute(context, step, 0, 0)
    await checkEffect(connection, effect, step)
    await connection.run(asMigrator(updateStep(schema, key, "done")))
    return rows
  } catch (error) {
    if (error instanceof StepError || error instanceof ToolError) {
      await connection.run(asMigrator(updateStep(schema, key, "failed"))).catch(() => undefined)
    }
    throw error
  }
}

/** A transaction that writes the history whatever role an earlier step has set for the session. */
function asMigrator(text: string): string {
  return `begin;\nset local session authorization default;\nset local role to default;\n${text};\ncommit`
}
