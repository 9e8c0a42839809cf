import type { AlterTableCmd, ColumnDef, Node, RangeVar } from "libpg-query"
import { Lexer } from "./lexer.ts"
import { type NodeKind, type NodeOf, open, type ParsedStatement } from "./parser.ts"
import type { Statement } from "./statements.ts"

/**
 * Whether the code that runs against the schema of before is certain to run against the schema that these statements
 * leave: they only add what nobody uses yet. False means that it is not certain.
 */
export function isAdditive(statements: readonly ParsedStatement[]): boolean {
  const created = new Set<string>()
  for (const { statement, node } of statements) {
    const adds = node === undefined ? isPlainData(statement) : nodeAdds(node, created)
    if (!adds) return false
    if (node !== undefined) remember(node, created)
  }
  return true
}

/** Whether it adds; `created` holds the relations that the statements before it have made. */
type Adds<Kind extends NodeKind> = (node: NodeOf<Kind>, created: ReadonlySet<string>) => boolean

const always = (): boolean => true
const onCreated = ({ relation }: { relation?: RangeVar }, created: ReadonlySet<string>): boolean =>
  created.has(key(relation))

/** What is not listed here is not certain. */
const additions: { readonly [Kind in NodeKind]?: Adds<Kind> } = {
  CreateStmt: always,
  CreateTableAsStmt: always,
  CompositeTypeStmt: always,
  CreateEnumStmt: always,
  CreateRangeStmt: always,
  CreateDomainStmt: always,
  CreateSeqStmt: always,
  CreateExtensionStmt: always,
  CreateStatsStmt: always,
  CreateRoleStmt: always,
  CreateSchemaStmt: ({ schemaElts = [] }, created) => schemaElts.every((node) => nodeAdds(node, created)),
  ViewStmt: ({ replace }) => !replace,
  CreateFunctionStmt: ({ replace }) => !replace,
  IndexStmt: (index, created) => !index.unique || onCreated(index, created),
  AlterTableStmt: (table, created) =>
    onCreated(table, created) || (table.objtype === "OBJECT_TABLE" && (table.cmds ?? []).every(addsColumn)),
  CreateTrigStmt: onCreated,
  RuleStmt: onCreated,
  CreatePolicyStmt: ({ table }, created) => created.has(key(table)),
  AlterEnumStmt: ({ oldVal }) => oldVal === undefined,
  CommentStmt: always,
  GrantStmt: ({ is_grant }) => is_grant === true,
  GrantRoleStmt: ({ is_grant }) => is_grant === true,
  InsertStmt: ({ onConflictClause, withClause }) =>
    onConflictClause?.action !== "ONCONFLICT_UPDATE" && withClause === undefined,
  CopyStmt: ({ is_from }) => is_from === true,
  VariableSetStmt: always,
  VariableShowStmt: always,
  SelectStmt: (select) => isSetConfig(select),
  VacuumStmt: always,
  ReindexStmt: always,
  RefreshMatViewStmt: always,
  TransactionStmt: always,
}

function nodeAdds(node: Node, created: ReadonlySet<string>): boolean {
  const { kind, fields } = open(node)
  return additions[kind]?.(fields, created) ?? false
}

/** A column that code which does not know it can leave out of its INSERTs. */
function addsColumn(node: Node): boolean {
  if (!("AlterTableCmd" in node)) return false
  const { subtype, def }: AlterTableCmd = node.AlterTableCmd
  return subtype === "AT_AddColumn" && def !== undefined && "ColumnDef" in def && canBeLeftOut(def.ColumnDef)
}

function canBeLeftOut({ constraints = [] }: ColumnDef): boolean {
  const kinds = constraints.map((node) => ("Constraint" in node ? node.Constraint.contype : undefined))
  if (kinds.some((kind) => kind !== "CONSTR_DEFAULT" && kind !== "CONSTR_NULL" && kind !== "CONSTR_NOTNULL"))
    return false
  return !kinds.includes("CONSTR_NOTNULL") || constraints.some(isRealDefault)
}

function isRealDefault(node: Node): boolean {
  if (!("Constraint" in node) || node.Constraint.contype !== "CONSTR_DEFAULT") return false
  const value = node.Constraint.raw_expr
  return value !== undefined && !("A_Const" in value && value.A_Const.isnull === true)
}

/** `SELECT set_config(...)`, as pg_dump writes it for SET. */
export function isSetConfig({ targetList = [], fromClause }: NodeOf<"SelectStmt">): boolean {
  const [target] = targetList
  if (fromClause !== undefined || targetList.length !== 1 || target === undefined || !("ResTarget" in target))
    return false
  const { val } = target.ResTarget
  if (val === undefined || !("FuncCall" in val)) return false
  const name = val.FuncCall.funcname?.at(-1)
  return name !== undefined && "String" in name && name.String.sval === "set_config"
}

function remember(node: Node, created: Set<string>): void {
  if ("CreateStmt" in node && !node.CreateStmt.if_not_exists) created.add(key(node.CreateStmt.relation))
  if ("CreateTableAsStmt" in node && !node.CreateTableAsStmt.if_not_exists) {
    created.add(key(node.CreateTableAsStmt.into?.rel))
  }
  if ("ViewStmt" in node) created.add(key(node.ViewStmt.view))
  // With another search path an unqualified name is another relation.
  if (setsSearchPath(node)) {
    for (const name of created) if (!name.includes("\0")) created.delete(name)
  }
}

function setsSearchPath(node: Node): boolean {
  if (!("VariableSetStmt" in node)) return "SelectStmt" in node
  const { kind, name } = node.VariableSetStmt
  return kind === "VAR_RESET_ALL" || name === "search_path"
}

function key(relation: RangeVar | undefined): string {
  const { schemaname, relname = "" } = relation ?? {}
  return schemaname === undefined ? relname : `${schemaname}\0${relname}`
}

/** Rows of seed data that are too long to parse: INSERT without ON CONFLICT. */
function isPlainData({ sql }: Statement): boolean {
  const lexer = new Lexer(sql)
  lexer.next()
  if (!lexer.is("insert")) return false
  for (let kind = lexer.next(); kind !== "end"; kind = lexer.next()) if (lexer.is("conflict")) return false
  return true
}
