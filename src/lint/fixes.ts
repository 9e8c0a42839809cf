import type { AlterTableCmd, Node, RangeVar } from "libpg-query"
import { qualified, quoteIdentifier } from "../sql/identifier.ts"
import { Lexer } from "../sql/lexer.ts"
import { type NodeOf, open } from "../sql/parser.ts"

/**
 * Returns SQL that ends in the same catalog as a statement and keeps nobody waiting, where that can be said of the
 * statement alone. Each statement of it is meant for a transaction of its own. The tests trace every form of it.
 */
export function fixOf(sql: string, node: Node | undefined): string | undefined {
  if (node === undefined) return undefined
  const { kind, fields } = open(node)
  return fixes[kind]?.(fields, sql)
}

const fixes: { readonly [Kind in string]?: (fields: never, sql: string) => string | undefined } = {
  IndexStmt: ({ concurrent }: NodeOf<"IndexStmt">, sql) => (concurrent ? undefined : after(sql, "index")),
  DropStmt: ({ removeType, concurrent, objects = [], behavior }: NodeOf<"DropStmt">, sql) =>
    removeType === "OBJECT_INDEX" && !concurrent && objects.length === 1 && behavior !== "DROP_CASCADE"
      ? after(sql, "index")
      : undefined,
  ReindexStmt: ({ kind, params = [] }: NodeOf<"ReindexStmt">, sql) => {
    if (params.length > 0) return undefined
    if (kind === "REINDEX_OBJECT_INDEX") return after(sql, "index")
    return kind === "REINDEX_OBJECT_TABLE" ? after(sql, "table") : undefined
  },
  RefreshMatViewStmt: ({ concurrent, skipData }: NodeOf<"RefreshMatViewStmt">, sql) =>
    concurrent || skipData ? undefined : after(sql, "view"),
  AlterTableStmt: ({ relation, cmds = [], objtype }: NodeOf<"AlterTableStmt">, sql) => {
    const [only] = cmds
    if (objtype !== "OBJECT_TABLE" || relation === undefined || only === undefined || cmds.length > 1)
      return undefined
    return "AlterTableCmd" in only ? ofCommand(tableOf(relation), only.AlterTableCmd, sql) : undefined
  },
}

/** Puts CONCURRENTLY behind the first word of that name. */
function after(sql: string, word: string): string {
  const lexer = new Lexer(sql)
  for (let kind = lexer.next(); kind !== "end"; kind = lexer.next()) {
    if (!lexer.is(word)) continue
    const isUpper = sql.slice(lexer.start, lexer.end) === word.toUpperCase()
    return `${sql.slice(0, lexer.end)} ${isUpper ? "CONCURRENTLY" : "concurrently"}${sql.slice(lexer.end)};`
  }
  return sql
}

function tableOf({ schemaname, relname = "" }: RangeVar): string {
  return qualified(schemaname === undefined ? { name: relname } : { schema: schemaname, name: relname })
}

function ofCommand(table: string, { subtype, name, def }: AlterTableCmd, sql: string): string | undefined {
  if (subtype === "AT_SetNotNull" && name !== undefined) return setNotNull(table, name)
  if (subtype !== "AT_AddConstraint" || def === undefined || !("Constraint" in def)) return undefined
  const {
    contype,
    conname,
    keys = [],
    skip_validation,
    indexname,
    including = [],
    options = [],
  } = def.Constraint
  if (conname === undefined || skip_validation) return undefined
  const constraint = quoteIdentifier(conname)
  if (contype === "CONSTR_CHECK" || contype === "CONSTR_FOREIGN") {
    return `${sql} not valid;\nalter table ${table} validate constraint ${constraint};`
  }
  if (contype !== "CONSTR_UNIQUE" || indexname !== undefined || including.length > 0 || options.length > 0)
    return undefined
  const columns = keys
    .map((key) => ("String" in key ? quoteIdentifier(key.String.sval ?? "") : ""))
    .join(", ")
  return [
    `create unique index concurrently ${constraint} on ${table} (${columns});`,
    `alter table ${table} add constraint ${constraint} unique using index ${constraint};`,
  ].join("\n")
}

/** A CHECK that is validated proves it, so that SET NOT NULL reads nothing; from 12 on. */
function setNotNull(table: string, column: string): string {
  const name = quoteIdentifier(`${column}_is_not_null`)
  return [
    `alter table ${table} add constraint ${name} check (${quoteIdentifier(column)} is not null) not valid;`,
    `alter table ${table} validate constraint ${name};`,
    `alter table ${table} alter column ${quoteIdentifier(column)} set not null;`,
    `alter table ${table} drop constraint ${name};`,
  ].join("\n")
}
