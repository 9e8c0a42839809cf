import type { Node, RangeVar } from "libpg-query"
import { Lexer } from "./lexer.ts"
import { loadParser } from "./parser.ts"
import type { QualifiedName } from "./step.ts"

/** What of the data a statement removes or rewrites for good, as its text names it. */
export type Destroyed =
  | { readonly kind: "table"; readonly relation: QualifiedName }
  | { readonly kind: "column"; readonly relation: QualifiedName; readonly column: string }
  /** `where`: which rows, as the statement says it; absent for all of them. */
  | {
      readonly kind: "rows"
      readonly relation: QualifiedName
      readonly alias?: string
      readonly where?: string
    }
  | { readonly kind: "schema"; readonly name: string }

/** Says what a list of statements destroys. What runs inside functions and DO blocks is not seen. */
export async function destroyedIn(statements: readonly string[]): Promise<readonly Destroyed[]> {
  const suspicious = statements.filter((sql) => /\b(drop|truncate|delete|type)\b/i.test(sql))
  if (suspicious.length === 0) return []
  const parse = await loadParser()
  return suspicious.flatMap((sql) => {
    const node = parse(sql)
    return node === undefined ? [] : [...destroyedBy(node, sql)]
  })
}

function* destroyedBy(node: Node, sql: string): Generator<Destroyed> {
  if ("DropStmt" in node) yield* dropped(node.DropStmt)
  if ("TruncateStmt" in node)
    for (const each of node.TruncateStmt.relations ?? [])
      if ("RangeVar" in each) yield { kind: "rows", relation: nameOf(each.RangeVar) }
  if ("DeleteStmt" in node) {
    const { relation, usingClause, whereClause } = node.DeleteStmt
    if (relation === undefined) return
    // With further tables the rows are not told by the condition alone; then all are taken.
    const where = whereClause === undefined || usingClause !== undefined ? undefined : conditionOf(sql)
    const alias = relation.alias?.aliasname
    yield {
      kind: "rows",
      relation: nameOf(relation),
      ...(alias === undefined ? {} : { alias }),
      ...(where === undefined ? {} : { where }),
    }
  }
  if ("AlterTableStmt" in node) {
    const { relation, cmds = [], objtype } = node.AlterTableStmt
    if (relation === undefined || objtype !== "OBJECT_TABLE") return
    for (const each of cmds) {
      if (!("AlterTableCmd" in each)) continue
      const { subtype, name } = each.AlterTableCmd
      const loses = subtype === "AT_DropColumn" || subtype === "AT_AlterColumnType"
      if (loses && name !== undefined) yield { kind: "column", relation: nameOf(relation), column: name }
    }
  }
}

function* dropped({
  removeType,
  objects = [],
}: {
  readonly removeType?: string | undefined
  readonly objects?: readonly Node[] | undefined
}): Generator<Destroyed> {
  for (const object of objects) {
    const parts = "List" in object ? (object.List.items ?? []).map(text) : [text(object)]
    const name = parts.at(-1)
    const schema = parts.at(-2)
    if (name === undefined) continue
    if (removeType === "OBJECT_SCHEMA") yield { kind: "schema", name }
    if (removeType === "OBJECT_TABLE")
      yield { kind: "table", relation: schema === undefined ? { name } : { schema, name } }
  }
}

function text(node: Node): string | undefined {
  return "String" in node ? node.String.sval : undefined
}

function nameOf({ schemaname, relname = "" }: RangeVar): QualifiedName {
  return schemaname === undefined || schemaname === ""
    ? { name: relname }
    : { schema: schemaname, name: relname }
}

/** What stands between the statement's own WHERE and RETURNING. */
function conditionOf(sql: string): string | undefined {
  const lexer = new Lexer(sql)
  let depth = 0
  let from: number | undefined
  for (let kind = lexer.next(); kind !== "end"; kind = lexer.next()) {
    const token = kind === "punctuation" ? sql.slice(lexer.start, lexer.end) : ""
    if (token === "(" || token === "[") depth += 1
    if (token === ")" || token === "]") depth -= 1
    if (depth > 0 || kind !== "word") continue
    if (from === undefined && lexer.is("where")) from = lexer.end
    else if (from !== undefined && lexer.is("returning")) return sql.slice(from, lexer.start).trim()
  }
  return from === undefined ? undefined : sql.slice(from).replace(/;\s*$/, "").trim()
}
