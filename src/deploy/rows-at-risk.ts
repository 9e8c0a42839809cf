import type { Node } from "libpg-query"
import { type Connection, ServerError } from "../db/connection.ts"
import type { Sizes } from "../lint/size.ts"
import { quoteIdentifier } from "../sql/identifier.ts"
import { Lexer } from "../sql/lexer.ts"
import type { Observation } from "../trace/observation.ts"

/** Data that a statement removes or replaces, in rows of the live database. */
export interface RowsAtRisk {
  readonly what: "table removed" | "column removed" | "rows removed" | "rows changed" | "values converted"
  readonly relation: string
  readonly column: string | null
  /** Of a column: those that have a value. Null where nobody could count. */
  readonly rows: number | null
  /** False: the planner's estimate, because counting took too long. */
  readonly exact: boolean
}

/** Data at risk before it is counted. */
interface Threat extends Pick<RowsAtRisk, "what" | "relation" | "column"> {
  /** Counts it. */
  readonly count: string
}

/** What cannot be counted in this time is estimated: a plan must not keep a database busy. */
const countMs = 2_000

/** Counts, on the live database, what a statement removed or replaced on scratch. The database is only read. */
export async function countAtRisk(
  connection: Connection,
  observation: Observation,
  sizes: Sizes,
): Promise<readonly RowsAtRisk[]> {
  const counted: RowsAtRisk[] = []
  for (const { count, ...threat } of threatsOf(observation)) {
    counted.push({ ...threat, ...(await countRows(connection, count, sizes.rowsOf(threat.relation))) })
  }
  return counted
}

async function countRows(
  connection: Connection,
  count: string,
  estimate: number | undefined,
): Promise<Pick<RowsAtRisk, "rows" | "exact">> {
  try {
    await connection.run(
      `begin isolation level read committed read only;
set local statement_timeout = ${countMs}; set local lock_timeout = 500; set local row_security = off`,
    )
    const [row] = (await connection.run(count)).at(-1)?.rows ?? []
    return { rows: Number(row?.rows), exact: true }
  } catch (error) {
    if (!(error instanceof ServerError)) throw error
    return { rows: estimate ?? null, exact: false }
  } finally {
    await connection.run("rollback")
  }
}

function threatsOf({ removed, work, node, statement }: Observation): readonly Threat[] {
  const threats = removed.map(
    ({ relation: { name }, column }): Threat =>
      column === undefined
        ? { what: "table removed", relation: name, column: null, count: countIn(name) }
        : { what: "column removed", relation: name, column, count: countIn(name, column) },
  )
  if (node === undefined) return threats
  if ("TruncateStmt" in node) {
    const emptied = new Set(
      work.filter(({ kind }) => kind === "rewrite").map(({ relation }) => relation.name),
    )
    threats.push(
      ...[...emptied].map(
        (relation): Threat => ({ what: "rows removed", relation, column: null, count: countIn(relation) }),
      ),
    )
  }
  const changed = work.find(({ kind }) => kind === "modification")?.relation.name
  if (changed !== undefined) threats.push(...modified(node, statement.sql, changed))
  threats.push(...converted(node, work))
  return threats
}

function modified(node: Node, sql: string, relation: string): readonly Threat[] {
  if ("DeleteStmt" in node) {
    const { usingClause, withClause, returningClause } = node.DeleteStmt
    const plain = [usingClause, withClause, returningClause].every((clause) => clause === undefined)
    const count = plain ? countOfDelete(sql) : cannotTell
    return [{ what: "rows removed", relation, column: null, count }]
  }
  if ("UpdateStmt" in node) {
    const { fromClause, withClause, returningClause } = node.UpdateStmt
    const plain = [fromClause, withClause, returningClause].every((clause) => clause === undefined)
    const count = plain ? countOfUpdate(sql) : cannotTell
    return [{ what: "rows changed", relation, column: null, count }]
  }
  return []
}

/** A USING clause makes new values of the old ones, which are gone then. */
function converted(node: Node, work: Observation["work"]): readonly Threat[] {
  if (!("AlterTableStmt" in node)) return []
  const table = work.find(({ kind }) => kind === "rewrite")?.relation.name
  if (table === undefined) return []
  return (node.AlterTableStmt.cmds ?? []).flatMap((each): Threat[] => {
    if (!("AlterTableCmd" in each) || each.AlterTableCmd.subtype !== "AT_AlterColumnType") return []
    const { name = "", def } = each.AlterTableCmd
    const uses = def !== undefined && "ColumnDef" in def && def.ColumnDef.raw_default !== undefined
    if (!uses) return []
    return [{ what: "values converted", relation: table, column: name, count: countIn(table, name) }]
  })
}

function countIn(table: string, column?: string): string {
  return `select pg_catalog.count(${column === undefined ? "*" : quoteIdentifier(column)})::text as rows from ${table}`
}

/** Refused by the server, so that the estimate is taken. */
const cannotTell = "select 1 / 0"

/** `delete from users where ...` without its first words. */
function countOfDelete(sql: string): string {
  const from = wordAt(sql, "from")
  return from === undefined ? cannotTell : `select pg_catalog.count(*)::text as rows ${sql.slice(from.start)}`
}

/** `update users u set ... where ...` without its assignments. */
function countOfUpdate(sql: string): string {
  const update = wordAt(sql, "update")
  const set = wordAt(sql, "set")
  if (update === undefined || set === undefined) return cannotTell
  const where = wordAt(sql, "where", set.end)
  const condition = where === undefined ? "" : sql.slice(where.start)
  return `select pg_catalog.count(*)::text as rows from ${sql.slice(update.end, set.start)} ${condition}`
}

/** The first such word outside of parentheses. */
function wordAt(
  sql: string,
  word: string,
  from = 0,
): { readonly start: number; readonly end: number } | undefined {
  const lexer = new Lexer(sql, from)
  let depth = 0
  for (let kind = lexer.next(); kind !== "end"; kind = lexer.next()) {
    const token = kind === "punctuation" ? sql.slice(lexer.start, lexer.end) : ""
    if (token === "(") depth++
    if (token === ")") depth--
    if (depth === 0 && lexer.is(word)) return { start: lexer.start, end: lexer.end }
  }
  return undefined
}
