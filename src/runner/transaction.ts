import { type Connection, ConnectionLost, ServerError } from "../db/connection.ts"
import { ToolError } from "../diagnostic.ts"
import { quoteLiteral } from "../sql/identifier.ts"
import type { Step } from "../sql/step.ts"
import { checkStop, lockLost, type RunContext } from "./context.ts"
import { execute, type Rows, StepError } from "./execute.ts"
import { beginText, type Limits, limitsFor, limitsText } from "./limits.ts"
import { reconnect } from "./reconnect.ts"
import type { BodyIo, Work } from "./work.ts"

/** An open transaction on the run's connection. */
export interface OpenTransaction {
  /** Server process that runs it; behind a pooler only valid while it is open. */
  readonly pid: number
  /** Its transaction id, by which its outcome can be asked for afterwards. */
  readonly xid: string
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
  const open = await begin(context, limitsFor(first.revision, context.limits))
  try {
    for (const work of works) {
      const limits = limitsFor(work.revision, context.limits)
      if (work !== first) await context.connection.run(limitsText(limits))
      await runBody(context, work, open, limits)
      await runVerify(context, work, open, limits)
    }
  } catch (error) {
    await rollback(context.connection)
    throw error
  }
  checkStopBeforeCommit(context)
  await commit(context, open, works.map((work) => work.record(context.runId)).join(";\n"))
}

/** Opens a transaction with the limits set, and makes sure in the same round trip that the runner's lock is held. */
export async function begin(context: RunContext, limits: Limits): Promise<OpenTransaction> {
  const results = await context.connection.run(
    `${beginText(limits)};
select pg_catalog.pg_backend_pid() as pid, pg_catalog.pg_current_xact_id()::text as xid, ${context.lock.heldText} as held`,
  )
  const row = results.at(-1)?.rows[0]
  if (row?.held !== true) {
    await rollback(context.connection)
    throw lockLost()
  }
  return { pid: Number(row.pid), xid: String(row.xid) }
}

async function runBody(context: RunContext, work: Work, open: OpenTransaction, limits: Limits): Promise<void> {
  const { id } = work.revision
  const body = work.body(bodyIo(context, work))
  let step = 0
  let answer: Rows = []
  for (;;) {
    const next = await body.next(answer)
    if (next.done) return
    checkStop(context)
    step += 1
    const steps = work.count ?? step
    const { sql, file, line } = next.value
    context.emit({ type: "step-started", revision: id, step, steps, sql, file, line })
    const started = performance.now()
    answer = await execute(context, next.value, open.pid, limits.lockTimeoutMs)
    context.emit({ type: "step-finished", revision: id, step, steps, durationMs: performance.now() - started })
  }
}

/** What a TypeScript revision is given; its reads go over the run's connection. */
export function bodyIo(context: RunContext, work: Work): BodyIo {
  return {
    query: (sql, values) => context.connection.query(sql, values),
    log: (message) => context.emit({ type: "notice", severity: "LOG", message, revision: work.revision.id }),
  }
}

/**
 * Runs the queries of the `-- verify` section.
 *
 * @throws ToolError `verify-failed` for a query that returns false in its first column
 */
export async function runVerify(
  context: RunContext,
  work: Work,
  open: OpenTransaction,
  limits: Limits,
): Promise<void> {
  for (const step of work.verify) {
    checkStop(context)
    const rows = await verifyRows(context, work, step, open, limits)
    const isFalse = rows.some((row) => Object.values(row)[0] === false)
    if (isFalse) throw verifyFailed(work, step, "the query returned false")
  }
}

async function verifyRows(
  context: RunContext,
  work: Work,
  step: Step,
  open: OpenTransaction,
  limits: Limits,
): Promise<Rows> {
  try {
    return await execute(context, step, open.pid, limits.lockTimeoutMs)
  } catch (error) {
    if (!(error instanceof StepError) || error.isLock || error.server.sqlState === "57014") throw error
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

/** Up to here a stop rolls everything back; from COMMIT on the work counts. */
function checkStopBeforeCommit(context: RunContext): void {
  if (context.lock.lost) throw lockLost()
}

/**
 * Records and commits in one round trip. A revision may have changed the session (`SET ROLE`, `search_path`): that
 * is undone first, so that the history is written as the migrator and the next revision starts clean.
 *
 * @throws ConnectionLost only when it is certain that the transaction did not commit
 */
export async function commit(
  context: RunContext,
  open: OpenTransaction,
  record: string,
  session: "reset-session" | "keep-session" = "reset-session",
): Promise<void> {
  const text = `${asMigrator[session]}${record};\ncommit`
  try {
    await context.connection.run(text)
  } catch (error) {
    if (error instanceof ConnectionLost) return lookUpOutcome(context, open, error)
    await rollback(context.connection)
    throw error instanceof ServerError ? commitRefused(context, error) : error
  }
}

const asMigrator = {
  "reset-session": "reset session authorization;\nreset role;\nreset all;\n",
  "keep-session": "set local session authorization default;\nset local role to default;\n",
}

function commitRefused(context: RunContext, server: ServerError): Error {
  const { schema, table: relation } = server.fields
  if (server.sqlState === "23505" && schema === context.schema && relation === "revision") {
    return new ToolError("runner-lock-lost", "another runner has applied the same revision meanwhile", {
      details: [server.fields.detail ?? server.message],
      hint: "run the same command again",
      cause: server,
    })
  }
  return new StepError(commitStep, server, [])
}

/** Stands for COMMIT itself where it is what the server refused, for example over a deferred constraint. */
const commitStep: Step = { sql: "commit", file: "(at COMMIT)", line: 1, transaction: "allowed" }

/** The connection ended while COMMIT was on its way: the server is asked whether the transaction committed. */
async function lookUpOutcome(context: RunContext, open: OpenTransaction, lost: ConnectionLost): Promise<void> {
  context.connection = await reconnect(context, lost)
  for (;;) {
    const [row] = await context.connection.query<{ status: string | null }>(
      `select pg_catalog.pg_xact_status(${quoteLiteral(open.xid)}::pg_catalog.xid8) as status`,
    )
    if (row?.status === "committed") return
    if (row?.status !== "in progress") throw lost
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
}

export async function rollback(connection: Connection): Promise<void> {
  if (connection.open) await connection.run("rollback").catch(() => undefined)
}
