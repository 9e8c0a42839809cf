import { ServerError } from "../db/connection.ts"
import type { Session } from "../db/session.ts"
import { qualified, quoteIdentifier } from "../sql/identifier.ts"
import { Lexer } from "../sql/lexer.ts"
import { open } from "../sql/parser.ts"
import type { Facts } from "./facts.ts"
import type { PolicySettings } from "./policy-settings.ts"
import type { Query } from "./query.ts"
import type { ValueSet } from "./values.ts"

/** What went wrong, in the server's words. */
export interface Failure {
  readonly sqlState: string
  readonly message: string
}

/** How a query does in one database, without its rows. */
export interface Examination {
  readonly failure?: Failure
  /** Names of types, in order. */
  readonly parameters: readonly string[]
  readonly columns: readonly { readonly name: string; readonly type: string }[]
  /** The relations that its plan reads, and whether an index finds the rows. */
  readonly access: ReadonlyMap<string, "index" | "scan">
  /** It reads an index in order rather than sorting. */
  readonly sorts: boolean
}

/** What became of one execution, which was undone. */
export interface Execution {
  readonly failure?: Failure
  readonly rows: number
}

const unprepared: Omit<Examination, "failure"> = {
  parameters: [],
  columns: [],
  access: new Map(),
  sorts: false,
}

/** Begins to act as the application: the role, its settings, and plans as on large tables. */
export async function actAs(
  session: Session,
  role: string | undefined,
  settings: PolicySettings = new Map(),
): Promise<void> {
  await session.run(`
    set enable_seqscan = off; set enable_hashjoin = off; set enable_mergejoin = off; set jit = off;
    set plan_cache_mode = force_generic_plan; set max_parallel_workers_per_gather = 0; set statement_timeout = '10s';
    set lock_timeout = '2s'; set auto_explain.log_min_duration = -1`)
  for (const [name, value] of settings)
    await session.query("select pg_catalog.set_config($1, $2, false)", [name, value])
  if (role === undefined) return
  await session.query(
    `select pg_catalog.set_config(pg_catalog.split_part(setting, '=', 1), pg_catalog.substr(setting, pg_catalog.strpos(setting, '=') + 1), false)
     from (select pg_catalog.unnest(s.setconfig) as setting from pg_catalog.pg_db_role_setting s
           join pg_catalog.pg_roles r on r.oid = s.setrole where r.rolname = $1 and s.setdatabase = 0) settings
     where pg_catalog.split_part(setting, '=', 1) in ('search_path', 'timezone', 'TimeZone', 'datestyle', 'DateStyle')`,
    [role],
  )
  await session.run(`set role "${role.replaceAll('"', '""')}"`)
}

/** Prepares, describes and plans a query. Nothing of it is executed. */
export async function examine(session: Session, query: Query, facts: Facts): Promise<Examination> {
  try {
    const { parameterTypes, columns } = await session.describe(query.sql)
    const names = await typeNames(session, [...parameterTypes, ...columns.map(({ type }) => type)])
    const shape = {
      parameters: names.slice(0, parameterTypes.length),
      columns: columns.map(({ name }, index) => ({ name, type: names[parameterTypes.length + index] ?? "" })),
    }
    if (!isPlanned(query)) return { ...unprepared, ...shape }
    return { ...unprepared, ...shape, ...(await planned(session, query, parameterTypes.length, facts)) }
  } catch (error) {
    return { ...unprepared, failure: failureOf(error) }
  }
}

/** Executes a query with some values and undoes it. */
export async function execute(session: Session, query: Query, values: ValueSet): Promise<Execution> {
  try {
    const prepared = isPlanned(query)
      ? `prepare lockstep_query as ${query.sql};\n${call(values)}`
      : withValues(query.sql, values)
    // Deferred constraints speak up now, not when nobody commits. All in one message: there are many executions.
    const results = await session.run(
      `begin; ${prepared};\nset constraints all immediate; rollback; deallocate all`,
    )
    return { rows: results[isPlanned(query) ? 2 : 1]?.rowCount ?? 0 }
  } catch (error) {
    const failure = failureOf(error)
    await session.run("rollback; deallocate all")
    return { failure, rows: 0 }
  }
}

/** Statements that PREPARE takes; others, such as REFRESH and CALL, are executed as they are. */
function isPlanned({ node }: Query): boolean {
  return (
    node === undefined ||
    ["SelectStmt", "InsertStmt", "UpdateStmt", "DeleteStmt", "MergeStmt"].includes(open(node).kind)
  )
}

/** What PREPARE does not take, with its values in their places. */
function withValues(sql: string, values: ValueSet): string {
  const lexer = new Lexer(sql)
  let text = ""
  let end = 0
  for (let kind = lexer.next(); kind !== "end"; kind = lexer.next()) {
    if (kind !== "parameter") continue
    text +=
      sql.slice(end, lexer.start) + (values[Number(sql.slice(lexer.start + 1, lexer.end)) - 1] ?? "null")
    end = lexer.end
  }
  return text + sql.slice(end)
}

function call(values: ValueSet): string {
  return `execute lockstep_query${values.length === 0 ? "" : `(${values.join(", ")})`}`
}

async function planned(
  session: Session,
  query: Query,
  parameters: number,
  facts: Facts,
): Promise<Pick<Examination, "access" | "sorts"> & { readonly failure?: Failure }> {
  const access = new Map<string, "index" | "scan">()
  try {
    await session.run(`prepare lockstep_query as ${query.sql}`)
    const nulls: ValueSet = new Array<string>(parameters).fill("null")
    const [result] = await session.run(`explain (format json, verbose) ${call(nulls)}`)
    const text = Object.values(result?.rows[0] ?? {})[0]
    const plans = (typeof text === "string" ? JSON.parse(text) : text) as readonly {
      readonly Plan: PlanNode
    }[]
    let sorts = false
    for (const node of nodesOf(plans.map(({ Plan }) => Plan))) {
      sorts ||= node["Node Type"] === "Sort"
      const name = node["Relation Name"]
      if (name === undefined || !node["Node Type"].includes("Scan")) continue
      const key = `${node.Schema}.${name}`
      // One scan that nothing bounds is what makes it slow.
      if (!findsRows(node, facts)) access.set(key, "scan")
      else if (!access.has(key)) access.set(key, "index")
    }
    return { access, sorts }
  } catch (error) {
    return { access, sorts: false, failure: failureOf(error) }
  } finally {
    await session.run("deallocate all")
  }
}

/** An index whose first column nothing is asked of is read from its beginning to its end, unless it has few rows. */
function findsRows(node: PlanNode, { leadingColumns, partialIndexes }: Facts): boolean {
  if (node["TID Cond"] !== undefined) return true
  const indexes = (node["Index Name"] === undefined ? indexesBelow(node) : [node]).map((index) => ({
    name: qualified({ schema: node.Schema ?? "public", name: index["Index Name"] ?? "" }),
    condition: index["Index Cond"],
  }))
  if (indexes.length > 0 && indexes.every(({ name }) => partialIndexes.includes(name))) return true
  return (
    indexes.some(({ condition }) => condition !== undefined) &&
    indexes.every(({ name, condition = "" }) => {
      const leading = leadingColumns[name]
      return leading === undefined || mentions(condition, quoteIdentifier(leading))
    })
  )
}

/** The bitmap scans that tell a heap scan its rows. */
function indexesBelow({ Plans = [] }: PlanNode): readonly PlanNode[] {
  return Plans.flatMap((node) => (node["Index Name"] === undefined ? indexesBelow(node) : [node]))
}

/** Whether a condition as EXPLAIN prints it, `(members.person_id = $1)`, is about a column. */
function mentions(condition: string, column: string): boolean {
  for (let at = condition.indexOf(column); at !== -1; at = condition.indexOf(column, at + 1)) {
    if (/[(.]/.test(condition[at - 1] ?? "(") && !/[\w$"]/.test(condition[at + column.length] ?? ""))
      return true
  }
  return false
}

interface PlanNode {
  readonly "Node Type": string
  readonly "Index Name"?: string
  readonly Schema?: string
  readonly "Relation Name"?: string
  readonly "Index Cond"?: string
  readonly "TID Cond"?: string
  readonly Plans?: readonly PlanNode[]
}

function nodesOf(plans: readonly PlanNode[]): readonly PlanNode[] {
  return plans.flatMap((plan) => [plan, ...nodesOf(plan.Plans ?? [])])
}

async function typeNames(session: Session, types: readonly number[]): Promise<readonly string[]> {
  if (types.length === 0) return []
  const rows = await session.query<{ name: string }>(
    "select pg_catalog.format_type(type, null) as name from pg_catalog.unnest($1::pg_catalog.oid[]) with ordinality as t (type, place) order by place",
    [types],
  )
  return rows.map(({ name }) => name)
}

function failureOf(error: unknown): Failure {
  if (!(error instanceof ServerError)) throw error
  return { sqlState: error.sqlState, message: error.message }
}
