import type { Routine } from "../access.ts"
import {
  anything,
  type ColumnText,
  type DynamicText,
  fixedName,
  type Names,
  oneOf,
  textOf,
  textOfType,
} from "./dynamic-text.ts"
import { readStatement, type StatementFacts, type WrittenName } from "./statement.ts"
import { constantOf, isTree, listOf, nodeOf, type Parser, type Tree, walk, wordsOf } from "./tree.ts"

/** What matters of a function's body. */
export interface RoutineBody {
  readonly statements: readonly StatementFacts[]
  /** Statements that are put together as text. */
  readonly dynamic: readonly DynamicText[]
  /** Types of its variables, where they are looked up when it runs. */
  readonly types: readonly WrittenName[]
  /** What the names in its expressions can hold. */
  readonly names: Names
  /** False where no parser understands it. */
  readonly readable: boolean
}

/** What its surroundings tell of a function's variables. */
export interface BodyContext {
  /** The caller chooses the table that the trigger function is on. */
  readonly choosesTable: boolean
  /** Types of the columns of NEW and OLD; undefined where tables differ. */
  readonly rowTypes: ReadonlyMap<string, string>
  readonly enums: ReadonlySet<string>
  /** Names in the catalogs may be of the caller's making. */
  readonly makesObjects: boolean
}

const unreadable: RoutineBody = {
  statements: [],
  dynamic: [],
  types: [],
  names: { valueOf: () => undefined },
  readable: false,
}

/** Reads a routine in SQL or PL/pgSQL; of other languages nothing is known. */
export function readBody(routine: Routine, parser: Parser, context: BodyContext): RoutineBody {
  if (routine.language === "sql") return readSql(routine.definition, parser)
  if (routine.language !== "plpgsql") return unreadable
  const tree = parser.plpgsql(routine.definition)
  return tree === undefined
    ? unreadable
    : new PlpgsqlReader(parser, context, tree, routine.argumentTypes).read()
}

function readSql(definition: string, parser: Parser): RoutineBody {
  // A body that was read when the function was made is printed as BEGIN ATOMIC ... END.
  const text = definition
    .replace(/^\s*BEGIN ATOMIC\b/i, "")
    .replace(/\bEND\s*$/i, (end) => (/^\s*BEGIN ATOMIC\b/i.test(definition) ? "" : end))
  const statements = parser.sql(text)
  if (statements === undefined) return unreadable
  const { names } = unreadable
  return { statements: statements.map(readStatement), dynamic: [], types: [], names, readable: true }
}

interface Variable {
  readonly type: string
  readonly isParameter: boolean
  /** Everything that it is ever given. */
  readonly values: (() => DynamicText)[]
}

class PlpgsqlReader {
  readonly #parser: Parser
  readonly #context: BodyContext
  readonly #tree: Tree
  readonly #variables = new Map<string, Variable>()
  readonly #parameters: string[] = []
  /** Fields of records, by the queries that fill them. */
  readonly #records = new Map<string, Tree[]>()
  readonly #recordNames = new Set<string>()
  readonly #open = new Set<string>()
  /** Parameters that the body refuses unless they are one of a few texts, or plain words. */
  readonly #checked = new Set<string>()
  readonly #statements: StatementFacts[] = []
  readonly #expressions: unknown[] = []
  readonly #types: WrittenName[] = []
  #readable = true

  /** As the catalog has them: of a type of a schema, the parser makes a record. */
  readonly #argumentTypes: readonly string[]

  constructor(parser: Parser, context: BodyContext, tree: Tree, argumentTypes: readonly string[]) {
    this.#argumentTypes = argumentTypes
    this.#parser = parser
    this.#context = context
    this.#tree = tree
  }

  read(): RoutineBody {
    this.#declare()
    walk(this.#tree, (kind, fields) => this.#visit(kind, fields))
    const names: Names = {
      valueOf: (words) => this.#valueOf(words),
      columnsOf: (select) => this.#columnsOf(select),
    }
    return {
      statements: this.#statements,
      dynamic: this.#expressions.map((expression) => textOf(expression, names)),
      types: this.#types,
      names,
      readable: this.#readable,
    }
  }

  #declare(): void {
    walk(this.#tree, (key, fields) => {
      if (key !== "PLpgSQL_var" && key !== "PLpgSQL_rec") return
      const name = String(fields.refname)
      if (key === "PLpgSQL_rec") this.#recordNames.add(name)
      const type = typeNameOf(fields.datatype)
      const isDeclared = typeof fields.lineno === "number"
      if (!this.#variables.has(name)) {
        const given =
          type === "record" && !isDeclared ? this.#argumentTypes[this.#parameters.length] : undefined
        this.#variables.set(name, { type: given ?? type, isParameter: !isDeclared, values: [] })
        if (!isDeclared) this.#parameters.push(name)
        // A record stays one: a loop over rows refuses to be compiled with anything else.
        else if (type.toLowerCase() !== "record") this.#declareType(type)
      }
      if (fields.default_val !== undefined) this.#give(name, this.#expressionOf(fields.default_val))
    })
  }

  #declareType(type: string): void {
    if (type === "" || type === "UNKNOWN") return
    const [base = "", suffix] = type.split("%")
    const [statement] = this.#parser.sql(`select null::${base}`) ?? []
    if (statement === undefined) return
    const [found] = readStatement(statement).types
    if (found === undefined) return
    // users.name%type: the last word is a column.
    const isColumn = suffix?.toLowerCase() === "type"
    if (isColumn && found.schema === undefined) return
    this.#types.push(isColumn ? { name: found.schema ?? "" } : found)
  }

  #visit(kind: string, fields: Tree): void {
    switch (kind) {
      case "PLpgSQL_stmt_assign":
        this.#assign(fields)
        break
      case "PLpgSQL_stmt_dynexecute":
      case "PLpgSQL_stmt_dynfors":
        this.#expressions.push(this.#expressionOf(fields.query))
        this.#giveAnything(this.#targets(fields))
        break
      case "PLpgSQL_stmt_execsql":
        this.#fill(fields, queryOf(fields.sqlstmt))
        break
      case "PLpgSQL_stmt_fors":
        this.#fill(fields, queryOf(fields.query))
        break
      case "PLpgSQL_stmt_return_query":
      case "PLpgSQL_stmt_open":
        if (fields.dynquery !== undefined) this.#expressions.push(this.#expressionOf(fields.dynquery))
        break
      case "PLpgSQL_stmt_fetch":
      case "PLpgSQL_stmt_call":
      case "PLpgSQL_stmt_getdiag":
        this.#giveAnything(this.#targets(fields))
        break
      case "PLpgSQL_stmt_if":
        if (refuses(fields.then_body)) this.#noteCheck(this.#expressionOf(fields.cond))
        break
      case "PLpgSQL_stmt_foreach_a":
        this.#foreach(fields)
        break
      case "PLpgSQL_expr":
        this.#readExpression(fields)
        break
    }
  }

  /** `if kind not in ('a', 'b')`, `if not kind = any (array[...])`, `if name !~ '^[a-z]+$'`, followed by RAISE. */
  #noteCheck(condition: unknown): void {
    const isNegated = nodeOf(condition)?.fields.boolop === "NOT_EXPR"
    const [inner] = isNegated ? listOf(nodeOf(condition)?.fields.args) : [condition]
    const { kind, fields } = nodeOf(inner) ?? { kind: "", fields: {} }
    if (kind !== "A_Expr") return
    const operator = wordsOf(fields.name).at(-1) ?? ""
    const isList =
      (fields.kind === "AEXPR_IN" && (isNegated ? operator === "=" : operator === "<>")) ||
      (fields.kind === "AEXPR_OP_ANY" && isNegated && operator === "=") ||
      (fields.kind === "AEXPR_OP_ALL" && !isNegated && operator === "<>")
    const pattern = constantOf(fields.rexpr) ?? ""
    const isPattern =
      (isNegated ? operator === "~" : operator === "!~") &&
      /^\^\[[a-zA-Z0-9_-]+\](\+|\*|\{[\d,]+\})?\$$/.test(pattern)
    if (!isPattern && !(isList && isConstantList(fields.rexpr))) return
    const words = wordsOf(nodeOf(fields.lexpr)?.fields.fields)
    if (words.length > 0) this.#checked.add(this.#nameOf(words))
  }

  /** Every expression is a statement of its own for the server, and names are looked up in it. */
  #readExpression({ query, parseMode }: Tree): void {
    const text = String(query)
    const sql =
      parseMode === 0 ? text : parseMode === 2 ? `SELECT ${text}` : `SELECT ${assignment(text).value}`
    const statements = this.#parser.sql(sql)
    if (statements === undefined) this.#readable = false
    else this.#statements.push(...statements.map(readStatement))
  }

  #assign({ expr }: Tree): void {
    const { target, value } = assignment(queryOf(expr))
    this.#give(target, this.#parse(value))
  }

  #foreach({ varno, expr }: Tree): void {
    walk(this.#tree, (key, { datums }) => {
      if (key !== "PLpgSQL_function") return
      const variable = nodeOf(listOf(datums)[Number(varno)])
      this.#give(String(variable?.fields.refname ?? ""), this.#expressionOf(expr))
    })
  }

  /** SELECT ... INTO, FOR ... IN SELECT: the columns of the query go to variables, or to the fields of a record. */
  #fill(fields: Tree, query: string): void {
    const targets = this.#targets(fields)
    if (targets.length === 0) return
    const [statement] = this.#parser.sql(query) ?? []
    const select = nodeOf(statement)
    const columns = select?.kind === "SelectStmt" ? listOf(select.fields.targetList) : []
    const record = targets.length === 1 ? targets[0] : undefined
    if (record !== undefined && this.#isRecord(record)) {
      if (select !== undefined)
        this.#records.set(record, [...(this.#records.get(record) ?? []), select.fields])
      else this.#giveAnything([record])
      return
    }
    targets.forEach((name, index) => {
      this.#give(name, nodeOf(columns[index])?.fields.val, this.#columnsOf(select?.fields))
    })
  }

  #isRecord(name: string): boolean {
    return this.#recordNames.has(name)
  }

  #targets(fields: Tree): string[] {
    const target = nodeOf(fields.target ?? fields.var)
    if (target === undefined) return []
    if (target.kind === "PLpgSQL_row")
      return listOf(target.fields.fields).map((each) => (isTree(each) ? String(each.name) : ""))
    return [String(target.fields.refname ?? "")]
  }

  /** Notes that a variable is given the value of an expression. */
  #give(name: string, expression: unknown, column?: ColumnText): void {
    const names: Names = {
      valueOf: (words) => this.#valueOf(words, column),
      columnsOf: (select) => this.#columnsOf(select),
    }
    this.#variables
      .get(name)
      ?.values.push(() => (expression === undefined ? anything : textOf(expression, names)))
  }

  #giveAnything(variables: readonly string[]): void {
    for (const name of variables) this.#give(name, undefined)
  }

  /** @param column what a name holds that is no variable's, in a query */
  #valueOf(words: readonly string[], column?: ColumnText): DynamicText | undefined {
    const [first = "", second] = words
    const record = this.#records.get(first)
    if (second !== undefined && record !== undefined) return this.#fieldOf(record, second)
    if (second !== undefined && (first === "new" || first === "old")) return this.#rowValue(second)
    const name = this.#nameOf(words)
    const variable = this.#variables.get(name)
    if (variable === undefined) return column?.(words.at(-1) ?? "")
    return this.#valueOfVariable(name, variable)
  }

  #nameOf(words: readonly string[]): string {
    const [first = "", second] = words
    const number = /^\$(\d+)$/.exec(first)?.[1]
    if (number !== undefined && !this.#variables.has(first)) return this.#parameters[Number(number) - 1] ?? ""
    return this.#variables.has(first) || second === undefined ? first : second
  }

  #valueOfVariable(name: string, { type, isParameter, values }: Variable): DynamicText {
    const plain = textOfType(type)
    if (plain !== undefined) return plain
    if (this.#context.enums.has(type.replace(/^.*\./, "").replaceAll('"', ""))) return fixedName
    const special = this.#triggerValue(name)
    if (special !== undefined) return special
    if (isParameter && values.length === 0 && this.#checked.has(name)) return fixedName
    if (isParameter) return anything
    // A text that grows by itself (`v := v || x`) is as safe as what is added to it.
    if (this.#open.has(name)) return { safe: true, forms: [""] }
    this.#open.add(name)
    const found = values.map((value) => value())
    this.#open.delete(name)
    return found.length === 0 ? { safe: true, forms: [""] } : oneOf(found)
  }

  /** What PostgreSQL tells a trigger function is the caller's only where the caller chooses the table. */
  #triggerValue(name: string): DynamicText | undefined {
    if (/^tg_(op|when|level|tag|event)$/.test(name)) return fixedName
    if (/^tg_(name|relname|table_name|table_schema|argv)$/.test(name))
      return this.#context.choosesTable ? anything : fixedName
    return undefined
  }

  #rowValue(column: string): DynamicText {
    const type = this.#context.rowTypes.get(column)
    return (type === undefined || this.#context.choosesTable ? undefined : textOfType(type)) ?? anything
  }

  #fieldOf(queries: readonly Tree[], field: string): DynamicText {
    return oneOf(
      queries.map((select) => {
        const target = listOf(select.targetList)
          .map((each) => nodeOf(each)?.fields)
          .find((each) => (each?.name ?? wordsOf(nodeOf(each?.val)?.fields.fields).at(-1)) === field)
        const column = this.#columnsOf(select)
        if (target === undefined) return column?.(field) ?? anything
        return textOf(target.val, {
          valueOf: (words) => this.#valueOf(words, column),
          columnsOf: (inner) => this.#columnsOf(inner),
        })
      }),
    )
  }

  /** What the columns of a query hold: of tables, what stands there; names in the catalogs may be the caller's. */
  #columnsOf(select: Tree | undefined): ColumnText | undefined {
    if (select === undefined) return undefined
    const { relations } = readStatement({ SelectStmt: select })
    const tables = relations.filter((name) => !isCatalog(name))
    if (relations.length === 0 || (tables.length < relations.length && this.#context.makesObjects))
      return undefined
    const text = tables.length === 0 ? fixedName : { ...fixedName, sources: tables }
    return (name) => (tables.length < relations.length && ofSession.has(name) ? anything : text)
  }

  #expressionOf(expression: unknown): unknown {
    return this.#parse(queryOf(expression))
  }

  #parse(text: string): unknown {
    const [statement] = this.#parser.sql(`SELECT ${text}`) ?? []
    const [target] = listOf(nodeOf(statement)?.fields.targetList)
    return nodeOf(target)?.fields.val
  }
}

/** Tells whether a branch ends the function: with an error, or by returning. */
function refuses(body: unknown): boolean {
  return listOf(body).some((statement) => {
    const node = nodeOf(statement)
    // 21 is the level of ERROR, which a RAISE that does not say one has.
    if (node?.kind === "PLpgSQL_stmt_raise") return Number(node.fields.elog_level ?? 0) >= 21
    return node?.kind === "PLpgSQL_stmt_return"
  })
}

function isConstantList(value: unknown): boolean {
  const node = nodeOf(value)
  const items =
    node?.kind === "A_ArrayExpr" ? listOf(node.fields.elements) : listOf(node?.fields.items ?? value)
  return items.length > 0 && items.every((item) => constantOf(item) !== undefined)
}

/**
 * Columns of the server's own views that hold what a session says of itself: its query, its settings, its prepared
 * statements, cursors and large objects.
 */
const ofSession = new Set([
  "application_name", "query", "setting", "reset_val", "statement", "setconfig", "rolconfig", "useconfig", "data",
]) // biome-ignore format: one word after another

function isCatalog({ schema, name }: WrittenName): boolean {
  return schema === undefined ? name.startsWith("pg_") : ["pg_catalog", "information_schema"].includes(schema)
}

function typeNameOf(datatype: unknown): string {
  return String(nodeOf(datatype)?.fields.typname ?? "")
}

function queryOf(expression: unknown): string {
  return String(nodeOf(expression)?.fields.query ?? "")
}

/** `total := total + 1`, also `row.field = 1` and `list[2] := 1`. */
function assignment(text: string): { readonly target: string; readonly value: string } {
  const found = /^\s*("(?:[^"]|"")*"|[^\s.[:=]+)[^=]*?:?=/.exec(text)
  const [all = "", name = ""] = found ?? []
  const target = name.startsWith('"') ? name.slice(1, -1).replaceAll('""', '"') : name.toLowerCase()
  return { target, value: text.slice(all.length) }
}
