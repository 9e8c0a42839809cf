import type { Node } from "libpg-query"
import { ServerError } from "../db/connection.ts"
import type { Session } from "../db/session.ts"
import type { Scratch, ScratchDatabase } from "../scratch/scratch.ts"
import { loadParser } from "../sql/parser.ts"
import type { Statement } from "../sql/statements.ts"
import { type After, type Baseline, type Break, compareQuery } from "./compare.ts"
import { rowsAsInsert } from "./copy.ts"
import { actAs, examine, execute } from "./examine.ts"
import { type Facts, readFacts } from "./facts.ts"
import { failingIn } from "./failing.ts"
import { lookupsOf } from "./implied.ts"
import { movesRows } from "./moves-rows.ts"
import { type PolicySettings, readPolicySettings } from "./policy-settings.ts"
import type { Query } from "./query.ts"
import { seed } from "./seed.ts"
import { catchUp } from "./sequences.ts"
import { type Uses, usesOf } from "./uses.ts"
import { readSamples, valueSets } from "./values.ts"

export interface ProveOptions {
  /** A database with the schema of before, which nobody is connected to. */
  readonly template: ScratchDatabase
  readonly statements: readonly Statement[]
  readonly queries: readonly Query[]
  /** The role that the application connects as. Default: a superuser. */
  readonly role?: string
  /** The facts of the template, where they are known. */
  readonly facts?: Facts
}

/** A query that worked before and does not, or not as well, after. */
export interface Breakage extends Break {
  /** Index of the statement after which it broke. */
  readonly statement: number
}

/** A query that did not work before: one that does not work at all, or one of code that needs the change. */
export interface UnprovenQuery {
  readonly query: Query
  /** What it failed with before. */
  readonly because: string
  /** What it fails with after; absent where it works then. */
  readonly afterwards?: string
}

export interface Proof {
  readonly breakages: readonly Breakage[]
  /** Queries that did not work before, so that nothing can be said about them. */
  readonly unproven: readonly UnprovenQuery[]
  /** How many queries were proven. */
  readonly proven: number
}

/**
 * What queries did in the database of before, taken before any statement of the change runs on the server: roles belong
 * to all of its databases.
 */
export interface Before {
  /** The template, or a copy of it with a row in every table that had none. */
  readonly database: ScratchDatabase
  readonly seeded: boolean
  readonly facts: Facts
  /** By which policies the application sees a row that is there. */
  readonly settings: PolicySettings
  readonly baselines: readonly Baseline[]
  readonly unproven: Proof["unproven"]
}

/** Takes the baseline. What it executes is undone; the template stays as it is, up to the values of sequences. */
export async function observeBefore(scratch: Scratch, options: ProveOptions): Promise<Before> {
  const { template, queries } = options
  const { facts, empty } = await look(options)
  const database = empty ? await scratch.database(template) : template
  await using admin = closing(await database.connect("prove"))
  if (empty) await seed(admin.session, facts)
  if (queries.some(({ node }) => inserts(usesOf(node, facts)))) await catchUp(admin.session)
  await using application = closing(await database.connect("prove as application"))
  const settings = await readPolicySettings(admin.session)
  await actAs(application.session, options.role, settings)
  const baselines: Baseline[] = []
  const unproven: { query: Query; because: string }[] = []
  const implied = new Set(await lookupsOf(queries, facts))
  for (const issued of [...queries, ...implied]) {
    const query = await rowsAsInsert(issued, facts)
    const examination = await examine(application.session, query, facts)
    if (implied.has(issued)) {
      // The server looks it up with the rights of the owner, and whatever the values.
      if (examination.failure === undefined)
        baselines.push({ query, examination, uses: usesOf(query.node, facts), worked: [], implied: true })
      continue
    }
    if (examination.failure !== undefined) {
      unproven.push({ query, because: `${examination.failure.sqlState} ${examination.failure.message}` })
      continue
    }
    const uses = usesOf(query.node, facts)
    const samples = await readSamples(admin.session, uses.relations, facts)
    const worked: { values: readonly string[]; rows: number }[] = []
    for (const values of valueSets(examination.parameters, uses, facts, samples)) {
      const { failure, rows } = await execute(application.session, query, values)
      if (failure === undefined) worked.push({ values, rows })
    }
    baselines.push({ query, examination, uses, worked, implied: false })
  }
  return { database, seeded: empty, facts, settings, baselines, unproven }
}

/** Reads the catalog, and whether a table that the queries name has no row that they could find. */
async function look({
  template,
  queries,
  facts: known,
}: ProveOptions): Promise<{ readonly facts: Facts; readonly empty: boolean }> {
  await using admin = closing(await template.connect("prove"))
  const facts = known ?? (await readFacts(admin.session, { sequenceValues: false }))
  const used = new Set(queries.flatMap(({ node }) => [...usesOf(node, facts).relations]))
  const tables = [...used].filter((name) => "rp".includes(facts.relations[name]?.kind ?? "-"))
  if (tables.length === 0) return { facts, empty: false }
  const rows = await admin.session.query<{ empty: boolean }>(
    `select ${tables.map((name) => `not exists (select from ${name})`).join(" or ")} as empty`,
  )
  return { facts, empty: rows[0]?.empty === true }
}

/**
 * Asks the same of the queries again, after the change.
 *
 * @param changed a copy of the template on which the change has run. Where the baseline needed rows of its own, the
 *   change runs once more on a copy that has them.
 * @param after the facts of `changed`, where they are known
 */
export async function proveAfter(
  scratch: Scratch,
  before: Before,
  changed: ScratchDatabase,
  options: ProveOptions,
  after?: Facts,
): Promise<Proof> {
  const found = before.seeded
    ? await afterAll(scratch, before, options)
    : await check(changed, before, before.baselines, options.role, after)
  const attributed = found.length === 0 ? [] : await attribute(scratch, before, options, found)
  const parse = await loadParser()
  const breakages = attributed.map((each): Breakage => {
    const hidden =
      each.kind === "sees-no-rows" && !movesRows(parse(options.statements[each.statement]?.sql ?? ""))
    return hidden ? { ...each, severity: "error" } : each
  })
  const unproven = await lookAgain(changed, before, options)
  const proven = before.baselines.filter(({ implied }) => !implied).length
  return { breakages, unproven, proven }
}

async function lookAgain(
  changed: ScratchDatabase,
  { unproven }: Before,
  { role }: ProveOptions,
): Promise<readonly UnprovenQuery[]> {
  if (unproven.length === 0) return unproven
  const failing = await failingIn(
    changed,
    unproven.map(({ query }) => query),
    role,
  )
  const failures = new Map(failing.map(({ query, failure }) => [query, failure]))
  return unproven.map((each) => {
    const failure = failures.get(each.query)
    return failure === undefined ? each : { ...each, afterwards: `${failure.sqlState} ${failure.message}` }
  })
}

async function afterAll(scratch: Scratch, before: Before, options: ProveOptions): Promise<readonly Break[]> {
  await using database = await scratch.database(before.database)
  await using admin = closing(await database.connect("prove"))
  const parse = await loadParser()
  for (const { sql, copy } of options.statements) await attempt(admin.session, sql, copy, parse(sql))
  await admin.session.run("rollback")
  return await check(database, before, before.baselines, options.role)
}

/**
 * Finds the statement after which each query broke: runs the change once more, statement by statement, with nothing
 * held open in between, and looks after each.
 */
async function attribute(
  scratch: Scratch,
  before: Before,
  options: ProveOptions,
  found: readonly Break[],
): Promise<readonly Breakage[]> {
  const parse = await loadParser()
  const statements = [...options.statements.entries()].filter(
    ([, { sql }]) => !isTransactionControl(parse(sql)),
  )
  const [only] = statements
  if (only !== undefined && statements.length === 1)
    return found.map((each) => ({ ...each, statement: only[0] }))
  await using database = await scratch.database(before.database)
  await using admin = closing(await database.connect("prove"))
  const places = new Map<Break, number>()
  const waiting = new Set(found)
  for (const [index, { sql, copy }] of statements) {
    await attempt(admin.session, sql, copy, parse(sql))
    const queries = new Set([...waiting].map(({ query }) => query))
    const baselines = before.baselines.filter(({ query }) => queries.has(query))
    const now = await check(database, before, baselines, options.role)
    for (const each of waiting) {
      if (!now.some(({ query, kind }) => query === each.query && kind === each.kind)) continue
      places.set(each, index)
      waiting.delete(each)
    }
    if (waiting.size === 0) break
  }
  const last = options.statements.length - 1
  return found.map((each) => ({ ...each, statement: places.get(each) ?? last }))
}

async function check(
  database: ScratchDatabase,
  before: Before,
  baselines: readonly Baseline[],
  role: string | undefined,
  known?: Facts,
): Promise<readonly Break[]> {
  // The session of the change may have another role and other settings by now.
  await using admin = closing(await database.connect("prove"))
  const facts = {
    before: before.facts,
    after: known ?? (await readFacts(admin.session, { sequenceValues: false })),
  }
  if (baselines.some(({ uses }) => inserts(uses))) await catchUp(admin.session)
  await using application = closing(await database.connect("prove as application"))
  await actAs(application.session, role, before.settings)
  const breaks: Break[] = []
  for (const baseline of baselines) {
    const examination = await examine(application.session, baseline.query, facts.after)
    const executions: After["executions"][number][] = []
    if (examination.failure === undefined) {
      for (const { values } of baseline.worked) {
        executions.push(await execute(application.session, baseline.query, values))
      }
    }
    breaks.push(...compareQuery(baseline, { examination, executions }, facts))
  }
  return breaks
}

function inserts({ writes }: Uses): boolean {
  return writes.some(({ operation }) => operation === "insert")
}

/**
 * Runs one statement as psql would: a failure does not end the script. Roles belong to the whole server, where the same
 * script has run before.
 */
async function attempt(
  session: Session,
  sql: string,
  copy: string | undefined,
  node: Node | undefined,
): Promise<void> {
  if (node !== undefined && ("CreateRoleStmt" in node || "DropRoleStmt" in node)) return
  try {
    if (copy === undefined) await session.run(sql)
    else await session.copyIn(sql, copy)
  } catch (error) {
    if (!(error instanceof ServerError)) throw error
  }
}

function isTransactionControl(node: Node | undefined): boolean {
  return node !== undefined && "TransactionStmt" in node
}

function closing(session: Session): AsyncDisposable & { readonly session: Session } {
  return { session, [Symbol.asyncDispose]: () => session.close() }
}
