import { type Connection, ConnectionLost, ServerError, type StatementResult } from "../db/connection.ts"
import { sqlState } from "../db/sqlstate.ts"
import { ToolError } from "../diagnostic.ts"
import { historyDamaged } from "../history/damaged.ts"
import { mayRewriteText } from "../history/rewrites.ts"
import type { Step } from "../sql/step.ts"
import { cancellable } from "./cancel.ts"
import { checkStop, lockLost, type RunContext } from "./context.ts"
import { execute, type Rows, StepError } from "./execute.ts"
import { beginText, type Limits, limitsFor, limitsText } from "./limits.ts"
import { saysLost } from "./lock.ts"
import { lookUpOutcome } from "./outcome.ts"
import { becomeOwner, checkNew, notAsDeclared } from "./owner.ts"
import { leaveNothing } from "./pooled.ts"
import { connectionLost } from "./reconnect.ts"
import { explainRefusal } from "./refusal.ts"
import { beforeRecord, cleanSession } from "./session.ts"
import type { BodyIo, Work } from "./work.ts"

/** An open transaction on the run's connection. Process and number are known once the server has answered. */
export interface OpenTransaction {
  /** Server process that runs it; behind a pooler only valid while it is open. */
  readonly pid: number
  /** Its transaction id, by which its outcome can be asked for afterwards. */
  readonly xid: string
  readonly limits: Limits
  /** Settles with the answer to BEGIN; throws why there is no transaction. */
  readonly begun: Promise<void>
  /** Whether BEGIN has been answered; what is sent before says for itself that it runs in a transaction only. */
  readonly isAnswered: boolean
}

/**
 * Runs several pieces of work as one transaction together with their history rows; usually one, all of them with
 * `--single-transaction`. Either everything is committed and recorded, or nothing is.
 *
 * @throws StepError, ToolError or ConnectionLost; the transaction is rolled back then
 */
export async function runTransaction(context: RunContext, works: readonly Work[]): Promise<void> {
  const first = works[0]
  if (first === undefined) return
  const open = await beginFor(context, first)
  let last = open
  let committed: Promise<void> | undefined
  const sendCommit = (): Promise<void> => {
    committed ??= commit(context, last, works.map((work) => work.record(context.runId)).join(";\n"))
    return committed
  }
  try {
    for (const work of works) {
      last = work === first ? open : await nextLimits(context, last, work)
      const nothingFollows = work === works.at(-1) && work.verify.length === 0
      await runBody(context, work, last, nothingFollows ? sendCommit : undefined)
      await runVerify(context, work, last)
    }
    await open.begun
    // Whatever else may end the run now, its work is done and only has to be kept.
    if (committed === undefined && context.lock.lost) throw lockLost()
  } catch (error) {
    return afterFailure(context, error, open, committed)
  }
  await sendCommit()
}

/**
 * Rolls back, and throws why. A statement behind a BEGIN that failed is refused for that reason only, and a COMMIT behind
 * a statement that failed is refused too; where the connection ended, it may have got through.
 */
async function afterFailure(
  context: RunContext,
  error: unknown,
  open: OpenTransaction,
  committed: Promise<void> | undefined,
): Promise<void> {
  if (error instanceof ConnectionLost && committed !== undefined) return committed
  await committed?.catch(() => undefined)
  const cause = await open.begun.then(() => error, identity)
  await rollback(context.connection)
  throw cause
}

function identity(error: unknown): unknown {
  return error
}

async function nextLimits(context: RunContext, open: OpenTransaction, work: Work): Promise<OpenTransaction> {
  const limits = limitsFor(work.revision, context.limits)
  await open.begun
  const before = open.limits.mayRewrite.length > 0 ? `${mayRewriteText([])};\n` : ""
  await context.connection.run(`${before}${limitsText(limits)}`)
  const { begun, pid, xid } = open
  return { limits, begun, pid, xid, isAnswered: true }
}

/**
 * Where nothing has to be known before the first step, BEGIN and the step are one round trip. A program decides for
 * itself what it does, a lock that has to be asked for may be gone, and behind a pooler the role's own limits apply to
 * BEGIN.
 */
async function beginFor(context: RunContext, work: Work): Promise<OpenTransaction> {
  const limits = limitsFor(work.revision, context.limits)
  const [first] = work.steps ?? []
  const isPlain = first !== undefined && first.copy === undefined && first.values === undefined
  const waits = !isPlain || !context.lock.wasConfirmed || context.pooled
  return waits ? begin(context, limits) : sendBegin(context, limits)
}

/** Opens a transaction with the limits set, and makes sure in the same round trip that the runner's lock is held. */
export async function begin(context: RunContext, limits: Limits): Promise<OpenTransaction> {
  const open = sendBegin(context, limits)
  try {
    await open.begun
  } catch (error) {
    await rollback(context.connection)
    throw error
  }
  return open
}

/**
 * Does so without waiting for the answer. What is sent next runs in the transaction or is refused: whatever goes wrong
 * behind BEGIN leaves an aborted transaction, and where BEGIN itself is cancelled there is none (see `execute`).
 */
function sendBegin({ connection, lock, owner }: RunContext, limits: Limits): OpenTransaction {
  const asked = !lock.wasConfirmed
  const held = asked ? `, ${lock.heldText} as held` : ""
  const answer = connection.run(
    `${beginText(limits)};
${becomeOwner(owner, "transaction")}select pg_catalog.pg_backend_pid() as pid, pg_catalog.pg_current_xact_id()::text as xid${held}`,
  )
  return new SentTransaction(limits, answer, (row) => {
    if (!asked) return
    if (row.held !== true) throw lockLost()
    lock.confirm()
  })
}

/** A class, because V8 makes a hidden class for every single object whose literal has getters. */
class SentTransaction implements OpenTransaction {
  readonly limits: Limits
  readonly begun: Promise<void>
  #row: Readonly<Record<string, unknown>> | undefined

  constructor(
    limits: Limits,
    answer: Promise<readonly StatementResult[]>,
    check: (row: Readonly<Record<string, unknown>>) => void,
  ) {
    this.limits = limits
    this.begun = answer.then((results) => {
      this.#row = results.at(-1)?.rows[0] ?? {}
      check(this.#row)
    })
    this.begun.catch(() => undefined)
  }

  get isAnswered(): boolean {
    return this.#row !== undefined
  }

  get pid(): number {
    return Number(this.#row?.pid)
  }

  get xid(): string {
    return String(this.#row?.xid)
  }
}

/**
 * @param sendCommit what ends the transaction when nothing but this body is left of it. It is sent behind the last step
 * at once, so that the server need not wait for a client that has nothing to decide.
 */
async function runBody(
  context: RunContext,
  work: Work,
  open: OpenTransaction,
  sendCommit?: () => Promise<void>,
): Promise<void> {
  const { id } = work.revision
  const body = work.body(bodyIo(context, work, open))
  try {
    let answer: Rows = []
    for (let step = 1; ; step += 1) {
      const next = await body.next(answer)
      if (next.done) return
      checkStop(context)
      const steps = work.count ?? step
      const { sql, file, line } = next.value
      context.emit({ type: "step-started", revision: id, step, steps, sql, file, line })
      const started = performance.now()
      const running = execute(context, next.value, open)
      if (sendCommit !== undefined && step === work.count)
        await sendBehind(context, running, open, sendCommit)
      answer = await running
      context.emit({
        type: "step-finished",
        revision: id,
        step,
        steps,
        durationMs: performance.now() - started,
      })
    }
  } finally {
    await body.return()
  }
}

/** Waits for the answer to BEGIN first: it holds the number by which the outcome can be asked for afterwards. */
async function sendBehind(
  { lock }: RunContext,
  running: Promise<Rows>,
  { begun }: OpenTransaction,
  sendCommit: () => Promise<void>,
): Promise<void> {
  let hasFailed = false
  running.catch(() => {
    hasFailed = true
  })
  const began = await begun.then(
    () => true,
    () => false,
  )
  // Whoever has been at work for longer makes sure first that the lock is still held.
  if (began && !hasFailed && lock.wasConfirmed && !lock.lost) sendCommit().catch(() => undefined)
}

/** What a TypeScript revision is given; its reads go over the run's connection, within the open transaction. */
export function bodyIo(context: RunContext, { revision }: Work, open: OpenTransaction): BodyIo {
  return {
    query: (sql, values) => execute(context, readStep(revision, sql, values), open),
    log: (message) => context.emit({ type: "notice", severity: "LOG", message, revision: revision.id }),
  }
}

/** A read of a TypeScript revision as a step, so that it fails, waits and is cancelled like one. */
export function readStep({ file }: Work["revision"], sql: string, values: readonly unknown[] = []): Step {
  return { sql, file, line: 1, transaction: "allowed", values }
}

/**
 * Runs the queries of the `-- verify` section.
 *
 * @throws ToolError `verify-failed` for a query that returns false in its first column
 */
export async function runVerify(context: RunContext, work: Work, open: OpenTransaction): Promise<void> {
  for (const step of work.verify) {
    checkStop(context)
    const rows = await verifyRows(context, work, step, open)
    const isFalse = rows.some((row) => Object.values(row)[0] === false)
    if (isFalse) throw verifyFailed(work, step, "the query returned false")
  }
}

async function verifyRows(context: RunContext, work: Work, step: Step, open: OpenTransaction): Promise<Rows> {
  try {
    return await execute(context, step, open)
  } catch (error) {
    const isVerdict =
      error instanceof StepError && !error.isLock && error.server.sqlState !== sqlState.query_canceled
    if (!isVerdict) throw error
    throw verifyFailed(work, step, error.server.message, error.server)
  }
}

function verifyFailed(work: Work, step: Step, reason: string, server?: ServerError): ToolError {
  return new ToolError("verify-failed", `revision ${work.revision.id}: ${reason}`, {
    subject: work.revision.id,
    location: { file: step.file, line: step.line, text: step.sql.split(/\r?\n/, 1)[0] ?? "" },
    details:
      work.mode === "transaction"
        ? ["the revision was rolled back; nothing of it stays"]
        : ["its steps have run and are recorded; only the verification is missing"],
    hint: "correct the revision or the data, then run the same command again",
    ...(server === undefined ? {} : { sqlState: server.sqlState, cause: server }),
  })
}

/**
 * Records and commits in one round trip, and leaves the session clean for the next revision, or for whoever gets it next
 * from a pooler.
 *
 * @param session `keep`: what the revision has set for the session stays, for its next step
 * @throws StepError where the server refuses, ToolError `history-damaged`, `runner-lock-lost`; ConnectionLost only when
 * it is certain that the transaction did not commit
 */
export async function commit(
  context: RunContext,
  open: OpenTransaction,
  record: string,
  session: "clean" | "keep" = "clean",
): Promise<void> {
  const { connection } = context
  const before = context.pooled
    ? `${beforeRecord("clean", open.limits)};\n${leaveNothing};\n`
    : `${beforeRecord(session, open.limits)};\n`
  // A transaction that took its time may be all that is left of a run whose lock has gone without a word.
  const asked = !context.lock.wasConfirmed
  const held = asked ? context.lock.refuseLostText : ""
  const committed = cancellable(context, () =>
    connection.run(`${before}${checkNew(context.owner)}${held}${record};\ncommit`),
  )
  // Sent behind it at once, so that it costs no round trip of its own.
  const cleaned = session === "clean" && !context.pooled ? cleanSession(connection) : undefined
  context.cleaned = cleaned
  try {
    await committed
    if (asked) context.lock.confirm()
  } catch (error) {
    await cleaned
    if (error instanceof ConnectionLost) return lookUpOutcome(context, open, error)
    await rollback(connection)
    throw error instanceof ServerError ? commitRefused(context, error, before.length) : error
  }
}

/** @param offset where in the text that was sent the recording begins */
function commitRefused(context: RunContext, server: ServerError, offset: number): Error {
  const undeclared = notAsDeclared(server)
  if (undeclared !== undefined) return undeclared
  if (saysLost(server)) return lockLost()
  const { schema, table: relation, position = 0 } = server.fields
  const isRecord = schema === context.schema && (relation === "revision" || relation === "step")
  if (server.sqlState === sqlState.unique_violation && isRecord) {
    return new ToolError(
      "runner-lock-lost",
      `the ${relation} was recorded while it ran: by another runner, or by the revision itself`,
      {
        details: [server.fields.detail ?? server.message],
        hint: "run the same command again",
        cause: server,
      },
    )
  }
  const damaged = position > offset ? historyDamaged(context.schema, server) : undefined
  return damaged ?? new StepError(commitStep, withoutPosition(server), [], 0)
}

/** Stands for COMMIT itself where it is what the server refused, for example over a deferred constraint. */
const commitStep: Step = { sql: "commit", file: "(at COMMIT)", line: 1, transaction: "allowed" }

/** Positions count from the start of what was sent, and that is not the user's text. */
function withoutPosition(server: ServerError): ServerError {
  const { position: _, ...fields } = server.fields
  return new ServerError(server.message, fields)
}

/**
 * Changes the history itself in one transaction.
 *
 * @throws ToolError `history-damaged`, `server-refused`, `connection-lost`, `runner-lock-lost`, `interrupted`
 */
export async function changeHistory(context: RunContext, text: string): Promise<void> {
  try {
    await commit(context, await begin(context, context.limits), text)
  } catch (error) {
    if (error instanceof ConnectionLost) throw connectionLost(error, ["nothing was changed"])
    throw error instanceof StepError ? explainRefusal(context.schema, error.server) : error
  }
}

export async function rollback(connection: Connection): Promise<void> {
  if (connection.open) await connection.run("rollback").catch(() => undefined)
}
