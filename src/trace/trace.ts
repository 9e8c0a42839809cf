import type { Node } from "libpg-query"
import { type Connection, ConnectionLost, type Notice, ServerError } from "../db/connection.ts"
import { sqlState } from "../db/sqlstate.ts"
import { missingRole } from "../scratch/roles.ts"
import type { ScratchDatabase } from "../scratch/scratch.ts"
import { forbidden } from "../sql/forbidden.ts"
import { mentionedRoles, roleBecome } from "../sql/mentioned-roles.ts"
import { loadParser, open } from "../sql/parser.ts"
import type { Statement } from "../sql/statements.ts"
import { runAlone } from "./alone.ts"
import { readNotes } from "./notes.ts"
import type {
  KnownRelation,
  Lock,
  Observation,
  Removal,
  SessionSettings,
  Trace,
  Work,
} from "./observation.ts"
import { type Columns, readColumns, removedBetween } from "./removals.ts"
import { readKnown, readLocks, readState, type State } from "./state.ts"
import type { Watch } from "./watch.ts"
import { workBetween, workOfPlans, workOfScans } from "./work.ts"

export interface TraceOptions {
  /** Makes a role that a statement misses. */
  readonly makeRole: (name: string) => Promise<void>
  /** Makes a role that the script becomes where there is none, and tells whether it was made up. */
  readonly makeActor?: (name: string) => Promise<boolean>
  /** Runs before the first statement, in the same session: the settings that a runner makes. */
  readonly prepare?: string
  /** Looks, after each statement, which tables and columns are gone. Default: false. */
  readonly removals?: boolean
}

/**
 * Runs a script statement by statement, as psql would, and watches what each one does: BEGIN and COMMIT mean what they
 * say, a statement outside of them is a transaction of its own, and a failure does not end the script.
 *
 * Locks are read from a second connection before the transaction ends; files and scans from inside.
 *
 * @param watch on a scratch database that is left as the script leaves it
 */
export async function trace(
  watch: Watch,
  statements: readonly Statement[],
  options: TraceOptions,
): Promise<Trace> {
  const { observer, connect } = watch
  const known = await readKnown(observer)
  const session = await watch.session()
  if (options.prepare !== undefined) await session.run(options.prepare)
  const parse = await loadParser()
  const tracer = new Tracer({ session, observer, known, connect }, options)
  await tracer.begin()
  const nodes = statements.map(({ sql }) => parse(sql))
  const mentioned = mentionedRoles(nodes)
  const madeUp = new Set<string>()
  for (const role of new Set(nodes.map(roleBecome)))
    if (role !== undefined && mentioned.has(role) && (await options.makeActor?.(role))) madeUp.add(role)
  for (const role of mentioned) await options.makeRole(role)
  for (const [index, statement] of statements.entries()) await tracer.run(statement, nodes, index)
  const leftOpen = await tracer.end()
  return { observations: tracer.observations, known, leftOpen, madeUp }
}

interface Sessions {
  readonly session: Connection
  readonly observer: Connection
  readonly connect: ScratchDatabase["connect"]
  readonly known: ReadonlyMap<number, KnownRelation>
}

/** What is known of a statement once it has run. */
type Seen = Pick<Observation, "locks" | "work" | "waited" | "alone" | "notices"> & {
  readonly error?: ServerError
}

const nothing: Seen = { locks: [], work: [], waited: false, alone: false, notices: [] }

class Tracer {
  readonly observations: Observation[] = []
  readonly #to: Sessions
  readonly #options: TraceOptions
  #transaction = 0
  #block: "none" | "open" | "failed" = "none"
  #opened: Observation | undefined
  #lost = false
  #held: readonly Lock[] = []
  #columns: Columns | undefined
  /** The last look at the database in this transaction: the counters of scans may begin anew with the next. */
  #state: State | undefined
  #settings: SessionSettings = { lockTimeoutMs: 0, statementTimeoutMs: 0, lockTimeoutSet: false }

  constructor(to: Sessions, options: TraceOptions) {
    this.#to = to
    this.#options = options
  }

  async run(statement: Statement, nodes: readonly (Node | undefined)[], index: number): Promise<void> {
    const node = nodes[index]
    if (this.#block === "none") this.#transaction++
    const inBlock = this.#block !== "none"
    const heldBefore = this.#held
    let skipped = this.#reasonToSkip(node)
    let seen = nothing
    if (skipped === undefined) {
      try {
        seen = await this.#observe(statement, node, nodes.slice(0, index))
      } catch (error) {
        if (!(error instanceof ConnectionLost)) throw error
        this.#lost = true
        skipped = `it ended the session: ${error.message}`
      }
    }
    const removed = skipped === undefined && seen.error === undefined ? await this.#removed() : []
    const { error, ...facts } = seen
    this.observations.push({
      statement,
      node,
      index,
      transaction: this.#transaction,
      inBlock,
      heldBefore,
      settings: this.#settings,
      removed,
      ...facts,
      ...(error === undefined ? {} : { error: { ...error.fields, message: error.message } }),
      ...(skipped === undefined ? {} : { skipped }),
    })
    this.#follow(node, error)
  }

  /** Reads what there is first, so that the next statement can be compared with it. */
  async begin(): Promise<void> {
    if (this.#options.removals === true) this.#columns = await readColumns(this.#to.session)
  }

  async #removed(): Promise<readonly Removal[]> {
    const before = this.#columns
    if (before === undefined) return []
    this.#columns = await readColumns(this.#to.session)
    return removedBetween(before, this.#columns, this.#to.known)
  }

  /** Ends a transaction that the script left open, and returns the statement that began it. */
  async end(): Promise<Observation | undefined> {
    if (this.#block === "none" || this.#lost) return undefined
    await this.#to.session.run("rollback")
    return this.#opened
  }

  #reasonToSkip(node: Node | undefined): string | undefined {
    if (this.#lost) return "an earlier statement ended the session"
    if (this.#block === "failed" && !isTransactionControl(node))
      return "an earlier statement of its transaction failed"
    return node !== undefined && reachesBeyondDatabase.has(open(node).kind)
      ? "it concerns the whole server, not this database"
      : undefined
  }

  /** Keeps track of the block that the script is in. */
  #follow(node: Node | undefined, error: ServerError | undefined): void {
    const kind = node !== undefined && "TransactionStmt" in node ? node.TransactionStmt.kind : undefined
    if (error !== undefined) {
      if (this.#block === "open") this.#block = "failed"
      if (kind !== "TRANS_STMT_COMMIT") return
    }
    switch (kind) {
      case "TRANS_STMT_BEGIN":
      case "TRANS_STMT_START":
        if (this.#block !== "none") return
        this.#block = "open"
        this.#opened = this.observations.at(-1)
        return
      case "TRANS_STMT_ROLLBACK_TO":
        if (this.#block === "failed") this.#block = "open"
        return
      case "TRANS_STMT_COMMIT":
      case "TRANS_STMT_ROLLBACK":
      case "TRANS_STMT_PREPARE":
        this.#block = "none"
        this.#held = []
    }
  }

  async #observe(
    statement: Statement,
    node: Node | undefined,
    earlier: readonly (Node | undefined)[],
  ): Promise<Seen> {
    if (isTransactionControl(node) || isSetting(node)) return this.#plainly(statement)
    if (this.#block !== "none") return this.#inTransaction(statement, node)
    if (node !== undefined && forbidden(node, () => earlier) !== undefined)
      return this.#alone(statement, node)
    await this.#to.session.run("begin")
    const seen = await this.#inTransaction(statement, node)
    await this.#to.session.run(seen.error === undefined ? "commit" : "rollback").catch((error: unknown) => {
      // A deferred constraint speaks up here.
      if (!(error instanceof ServerError)) throw error
      Object.assign(seen, { error })
    })
    this.#held = []
    this.#state = undefined
    const state = seen.error?.sqlState
    return state === sqlState.active_sql_transaction || state === sqlState.invalid_transaction_termination
      ? this.#alone(statement, node)
      : seen
  }

  async #plainly(statement: Statement): Promise<Seen> {
    const { error, notices } = await this.#listen(statement)
    this.#state = undefined
    return { ...nothing, notices: spoken(notices), ...(error === undefined ? {} : { error }) }
  }

  async #inTransaction(statement: Statement, node: Node | undefined): Promise<Seen> {
    const { session, observer, known } = this.#to
    const before = this.#state ?? (await readState(session))
    this.#state = undefined
    this.#settings = before.settings
    const targetIsNew = await this.#changesNewTable(node)
    const { error, notices } = await this.#listen(statement, true)
    if (error !== undefined) return { ...nothing, notices: spoken(notices), error }
    const after = await readState(session)
    this.#state = after
    const locks = await readLocks(observer, session.announcedPid, known)
    this.#held = locks
    const { plans, events } = readNotes(notices, known)
    const work: Work[] = [
      ...workBetween(before, after, known),
      ...(await workOfPlans(plans, session, known)),
      ...(targetIsNew ? [] : isContainer(node) ? workOfScans(events) : scansBetween(before, after, known)),
    ]
    return { ...nothing, locks, work, notices: spoken(notices) }
  }

  async #alone(statement: Statement, node: Node | undefined): Promise<Seen> {
    const { session, known } = this.#to
    const before = this.#state ?? (await readState(session))
    this.#state = undefined
    this.#settings = before.settings
    let heard: Heard = { notices: [] }
    const application = await this.#to.connect("trace application")
    const { locks, waited } = await runAlone(
      async () => {
        heard = await this.#listen(statement)
      },
      { observer: this.#to.observer, known, application, pid: session.announcedPid },
    )
    await application.close()
    const { error, notices } = heard
    const after = await readState(session)
    const { plans, events, locks: noted } = readNotes(notices, known)
    const work = [
      ...workBetween(before, after, known),
      ...(await workOfPlans(plans, session, known)),
      ...(isContainer(node) ? workOfScans(events) : []),
    ]
    return {
      locks: [...locks, ...noted],
      work,
      waited,
      alone: true,
      notices: spoken(notices),
      ...(error === undefined ? {} : { error }),
    }
  }

  /** A constraint on a table of this run costs as much as the table is large, and it is nobody's yet. */
  async #changesNewTable(node: Node | undefined): Promise<boolean> {
    if (node === undefined || !("AlterTableStmt" in node)) return false
    const { schemaname, relname } = node.AlterTableStmt.relation ?? {}
    const rows = await this.#to.session.query<{ oid: number | null }>(
      "select pg_catalog.to_regclass(pg_catalog.concat_ws('.', pg_catalog.quote_ident($1), pg_catalog.quote_ident($2)))::pg_catalog.oid as oid",
      [schemaname ?? null, relname ?? null],
    )
    const oid = rows[0]?.oid
    return typeof oid === "number" && !this.#to.known.has(oid)
  }

  /** Runs a statement, making roles that it misses, and hears what the server says meanwhile. */
  async #listen({ sql, copy }: Statement, wrapped = false): Promise<Heard> {
    const { session } = this.#to
    for (let made: string | undefined; ; ) {
      const notices: Notice[] = []
      const stop = session.onNotice((notice) => notices.push(notice))
      const watchdog = setTimeout(() => void session.cancel(), patienceMs)
      try {
        if (copy === undefined) await session.run(sql)
        else await session.copyIn(sql, copy)
        return { notices }
      } catch (error) {
        if (!(error instanceof ServerError)) throw error
        const role = missingRole(error)
        if (role === undefined || role === made || this.#block !== "none") return { notices, error }
        if (wrapped) await session.run("rollback; begin")
        await this.#options.makeRole(role)
        made = role
      } finally {
        clearTimeout(watchdog)
        stop()
      }
    }
  }
}

/** A loop that needs rows to end, or a wait for what only production has, must not last for ever. */
const patienceMs = 20_000

interface Heard {
  readonly notices: readonly Notice[]
  readonly error?: ServerError
}

function scansBetween(before: State, after: State, known: ReadonlyMap<number, KnownRelation>): Work[] {
  const work: Work[] = []
  for (const [oid, scans] of after.scans) {
    const relation = known.get(oid)
    if (relation !== undefined && scans > (before.scans.get(oid) ?? 0)) work.push({ kind: "scan", relation })
  }
  return work
}

/** Without what the observing parts have said. */
function spoken(notices: readonly Notice[]): readonly Notice[] {
  return notices.filter(({ severity }) => severity !== "INFO")
}

function isTransactionControl(node: Node | undefined): boolean {
  return node !== undefined && "TransactionStmt" in node
}

/** It changes nothing but the session, and locks nothing. */
function isSetting(node: Node | undefined): boolean {
  return node !== undefined && "VariableSetStmt" in node
}

const reachesBeyondDatabase: ReadonlySet<string> = new Set([
  "CreatedbStmt",
  "DropdbStmt",
  "AlterDatabaseStmt",
  "AlterSystemStmt",
  "CreateTableSpaceStmt",
  "DropTableSpaceStmt",
  "CreateSubscriptionStmt",
  "AlterSubscriptionStmt",
  "DropSubscriptionStmt",
])

/** Statements whose scans their plans tell, better than the counters of the tables. */
const containers: ReadonlySet<string> = new Set([
  "DoStmt",
  "CallStmt",
  "SelectStmt",
  "InsertStmt",
  "UpdateStmt",
  "DeleteStmt",
  "MergeStmt",
  "ExecuteStmt",
  "CopyStmt",
  "CreateTableAsStmt",
  "ExplainStmt",
  "DeclareCursorStmt",
  "FetchStmt",
])

function isContainer(node: Node | undefined): boolean {
  return node !== undefined && containers.has(open(node).kind)
}
