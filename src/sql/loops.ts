import type { Node } from "libpg-query"

/** A change of rows inside a loop. */
export interface LoopedChange {
  /** As written, with its schema where it has one; absent where the statement is put together at run time. */
  readonly relation?: string
}

/** Reads a PL/pgSQL routine: the changes that it makes in loops without ever committing. */
export type ReadLoops = (createStatement: string) => readonly LoopedChange[]

type Tree = Readonly<Record<string, unknown>>

/** Loads the parser of PL/pgSQL, which is PostgreSQL's own. What it does not understand has no loops. */
export async function loadLoopReader(): Promise<ReadLoops> {
  const { loadModule, parsePlPgSQLSync, parseSync } = await import("libpg-query")
  await loadModule()
  const parse = (sql: string): Node | undefined => {
    try {
      return parseSync(sql).stmts?.[0]?.stmt
    } catch {
      return undefined
    }
  }
  return (createStatement) => {
    try {
      const tree: unknown = parsePlPgSQLSync(createStatement)
      if (contains(tree, "PLpgSQL_stmt_commit")) return []
      return loopsIn(tree, parse).flatMap((loop) => changesIn(loop, parse))
    } catch {
      return []
    }
  }
}

/** Loops whose number of rounds grows with a table: not `FOR i IN 1..10`, not over a query with a LIMIT. */
function loopsIn(tree: unknown, parse: (sql: string) => Node | undefined): unknown[] {
  const loops: unknown[] = []
  walk(tree, (kind, fields) => {
    if (kind === "PLpgSQL_stmt_loop" || kind === "PLpgSQL_stmt_while" || kind === "PLpgSQL_stmt_forc")
      loops.push(fields)
    if (kind === "PLpgSQL_stmt_fori" && !isNumber(fields.upper)) loops.push(fields)
    if (kind === "PLpgSQL_stmt_fors" && readsWithoutLimit(queryOf(fields.query), parse)) loops.push(fields)
  })
  return loops
}

function isNumber(bound: unknown): boolean {
  return /^\s*\d+\s*$/.test(queryOf(bound))
}

function readsWithoutLimit(sql: string, parse: (sql: string) => Node | undefined): boolean {
  const node = parse(sql)
  return (
    node !== undefined &&
    "SelectStmt" in node &&
    node.SelectStmt.limitCount === undefined &&
    contains(node, "RangeVar")
  )
}

function changesIn(loop: unknown, parse: (sql: string) => Node | undefined): LoopedChange[] {
  const changes: LoopedChange[] = []
  walk(loop, (kind, fields) => {
    if (kind === "PLpgSQL_stmt_execsql") {
      const relation = changedBy(parse(queryOf(fields.sqlstmt)))
      if (relation !== undefined) changes.push({ relation })
    }
    if (kind === "PLpgSQL_stmt_dynexecute" && /\b(?:update|delete\s+from)\b/i.test(queryOf(fields.query)))
      changes.push({})
  })
  return changes
}

function changedBy(node: Node | undefined): string | undefined {
  if (node === undefined) return undefined
  let relation: { schemaname?: string; relname?: string } | undefined
  walk(node, (kind, fields) => {
    if (kind === "UpdateStmt" || kind === "DeleteStmt") {
      relation ??= fields.relation as { schemaname?: string; relname?: string }
    }
  })
  if (relation?.relname === undefined) return undefined
  return relation.schemaname === undefined ? relation.relname : `${relation.schemaname}.${relation.relname}`
}

function queryOf(expression: unknown): string {
  let query = ""
  walk(expression, (kind, fields) => {
    if (kind === "PLpgSQL_expr") query ||= String(fields.query ?? "")
  })
  return query
}

function contains(tree: unknown, kind: string): boolean {
  let found = false
  walk(tree, (each) => {
    found ||= each === kind
  })
  return found
}

function walk(value: unknown, visitor: (kind: string, fields: Tree) => void): void {
  if (Array.isArray(value)) for (const inner of value) walk(inner, visitor)
  else if (typeof value === "object" && value !== null) {
    for (const [kind, fields] of Object.entries(value)) {
      if (typeof fields === "object" && fields !== null && !Array.isArray(fields))
        visitor(kind, fields as Tree)
      walk(fields, visitor)
    }
  }
}
