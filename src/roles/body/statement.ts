import type { WriteEvent } from "../access.ts"
import { hasMarks } from "./marks.ts"
import { constantOf, isTree, listOf, nodeOf, type Tree, walk, wordsOf } from "./tree.ts"

export interface WrittenName {
  readonly schema?: string
  readonly name: string
}

/** What matters of one SQL statement inside a function. */
export interface StatementFacts {
  /** `CREATE`, `ALTER`, `GRANT`: it changes the schema or rights; absent for queries and data. */
  readonly ddl?: string
  /** What it makes or drops, where that is a relation. */
  readonly made: readonly WrittenName[]
  /** It makes something temporary. */
  readonly temporary: boolean
  readonly relations: readonly WrittenName[]
  readonly types: readonly WrittenName[]
  readonly writes: readonly { readonly target: WrittenName; readonly event: WriteEvent }[]
  readonly calls: readonly Call[]
  /** Operators that it uses, the server's own included. */
  readonly operators: readonly WrittenName[]
  /** Of PREPARE and EXECUTE. */
  readonly prepares?: string
  readonly executes?: string
  /** The cursor that FETCH reads. */
  readonly fetches?: string
  /** COPY ... TO PROGRAM: what it is piped into. */
  readonly program?: string
}

export interface Call extends WrittenName {
  readonly arguments: readonly unknown[]
}

/** Statements that change neither schema nor rights. What is not here is taken for DDL. */
const harmless = new Set([
  "SelectStmt",
  "InsertStmt",
  "UpdateStmt",
  "DeleteStmt",
  "MergeStmt",
  "CallStmt",
  "NotifyStmt",
  "ListenStmt",
  "UnlistenStmt",
  "LockStmt",
  "TruncateStmt",
  "RefreshMatViewStmt",
  "VacuumStmt",
  "VariableSetStmt",
  "VariableShowStmt",
  "ExplainStmt",
  "CopyStmt",
  "TransactionStmt",
  "DeclareCursorStmt",
  "FetchStmt",
  "ClosePortalStmt",
  "CheckPointStmt",
  "DiscardStmt",
  "PrepareStmt",
  "ExecuteStmt",
  "DeallocateStmt",
  "ConstraintsSetStmt",
  "PLAssignStmt",
  "ReturnStmt",
  "ReindexStmt",
])

const events: Readonly<Record<string, WriteEvent>> = {
  InsertStmt: "INSERT",
  UpdateStmt: "UPDATE",
  DeleteStmt: "DELETE",
}

const known = new WeakMap<Tree, StatementFacts>()

/** Reads what a parsed statement names, makes, writes and calls. */
export function readStatement(statement: Tree): StatementFacts {
  const facts = known.get(statement) ?? factsOf(statement)
  known.set(statement, facts)
  return facts
}

function factsOf(statement: Tree): StatementFacts {
  const node = nodeOf(statement)
  const kind = node?.kind ?? ""
  const relations: WrittenName[] = []
  const types: WrittenName[] = []
  const writes: { target: WrittenName; event: WriteEvent }[] = []
  const calls: Call[] = []
  const operators: WrittenName[] = []
  const common = new Set<string>()
  let temporary = false
  let copiesAnywhere = false
  let into: WrittenName | undefined
  walk(statement, (key, fields) => {
    if (typeof fields.ctename === "string") common.add(fields.ctename)
    if (typeof fields.relname === "string") {
      relations.push(relationOf(fields))
      if (fields.relpersistence === "t" || fields.schemaname === "pg_temp") temporary = true
    }
    if (/^typeName$/i.test(key) && fields.names !== undefined) types.push(...typeOf(fields))
    if (key === "A_Expr") operators.push(writtenName(wordsOf(fields.name)))
    if (key === "FuncCall" || key === "funccall")
      calls.push({ ...writtenName(wordsOf(fields.funcname)), arguments: listOf(fields.args) })
    if (key === "intoClause" && isTree(fields.rel)) into = relationOf(fields.rel)
    const event = events[key]
    if (isTree(fields.relation) && event !== undefined) {
      const target = relationOf(fields.relation)
      writes.push({ target, event })
      if (fields.onConflictClause !== undefined) writes.push({ target, event: "UPDATE" })
    }
    if (key === "MergeStmt" && isTree(fields.relation)) {
      const target = relationOf(fields.relation)
      for (const each of Object.values(events)) writes.push({ target, event: each })
    }
    if (key === "CopyStmt" && hasMarks(String(fields.filename ?? ""))) copiesAnywhere = true
    if (key === "TruncateStmt")
      for (const item of listOf(fields.relations)) {
        const relation = nodeOf(item)
        if (relation !== undefined) writes.push({ target: relationOf(relation.fields), event: "TRUNCATE" })
      }
  })
  const isDdl = !harmless.has(kind) || into !== undefined || copiesAnywhere
  return {
    ...(isDdl ? { ddl: verbOf(kind) } : {}),
    made: isDdl ? [...(into === undefined ? [] : [into]), ...madeBy(kind, node?.fields)] : [],
    ...namedBy(kind, node?.fields ?? {}),
    temporary,
    relations: relations.filter(({ schema, name }) => schema !== undefined || !common.has(name)),
    types,
    writes,
    calls,
    operators,
  }
}

function namedBy(
  kind: string,
  { name, portalname, is_program, is_from, filename }: Tree,
): Pick<StatementFacts, "prepares" | "executes" | "fetches" | "program"> {
  if (kind === "PrepareStmt") return { prepares: String(name) }
  if (kind === "ExecuteStmt") return { executes: String(name) }
  if (kind === "FetchStmt") return { fetches: String(portalname) }
  return kind === "CopyStmt" && is_program === true && is_from !== true ? { program: String(filename) } : {}
}

function relationOf({ schemaname, relname }: Tree): WrittenName {
  const name = String(relname)
  return typeof schemaname === "string" ? { schema: schemaname, name } : { name }
}

/** The last two words of a name. */
export function writtenName(words: readonly string[]): WrittenName {
  const [schema, name] = words.slice(-2)
  return name === undefined ? { name: schema ?? "" } : { schema: schema ?? "", name }
}

/** `users.name%type` names a relation; so may a row type. Types that are keywords come with `pg_catalog`. */
function typeOf(fields: Tree): WrittenName[] {
  const words = wordsOf(fields.names)
  if (words.length === 0) return []
  return [writtenName(fields.pct_type === true ? words.slice(0, -1) : words)]
}

function madeBy(kind: string, fields: Tree | undefined): WrittenName[] {
  if (kind === "DropStmt")
    return listOf(fields?.objects).map((item) => {
      const list = nodeOf(item)
      return writtenName(list?.kind === "List" ? wordsOf(list.fields.items) : [])
    })
  // What may be there already may be somebody else's.
  if (fields?.if_not_exists === true) return []
  const relation = fields?.relation ?? fields?.view
  return isTree(relation) && typeof relation.relname === "string" ? [relationOf(relation)] : []
}

function verbOf(kind: string): string {
  const found =
    /^(Create|Alter|Drop|Grant|Comment|Rename|Reindex|Cluster|Reassign|SecLabel|Rule|Index|View|Define|Do)/.exec(
      kind,
    )
  switch (found?.[1]) {
    case undefined:
      return kind.replace(/Stmt$/, "").toUpperCase()
    case "Rule":
    case "Index":
    case "View":
    case "Define":
      return "CREATE"
    case "Rename":
      return "ALTER"
    case "SecLabel":
      return "SECURITY LABEL"
    default:
      return (found?.[1] ?? "").toUpperCase()
  }
}

/** Tells whether no argument of a call comes from outside. */
export function hasOnlyConstants(call: Call): boolean {
  return call.arguments.every((argument) => {
    const constant = constantOf(argument)
    return constant !== undefined && !hasMarks(constant)
  })
}
