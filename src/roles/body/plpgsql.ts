import type { Routine } from "../access.ts"
import { parsePath } from "../path.ts"
import {
  anything,
  type ColumnText,
  type DynamicText,
  fixedName,
  type Names,
  oneOf,
  sqlOf,
  textOf,
  textOfType,
} from "./dynamic-text.ts"
import { followFlow } from "./flow.ts"
import { type Facts, factsOf, nothing } from "./guards.ts"
import { isUsed, polymorphic } from "./polymorphic.ts"
import { type BodyContext, type Placed, type RoutineBody, textOfArgument } from "./routine-body.ts"
import { readStatement, type StatementFacts, type WrittenName } from "./statement.ts"
import { constantOf, isTree, listOf, nodeOf, type Parser, type Tree, walk, wordsOf } from "./tree.ts"

interface Variable {
  readonly type: string
  readonly isParameter: boolean
  /** Everything that it is ever given, with what holds where it is asked for. */
  readonly values: ((here: Facts) => DynamicText)[]
}

/** Reads a function in PL/pgSQL. */
export class PlpgsqlReader {
  readonly #parser: Parser
  readonly #context: BodyContext
  readonly #tree: Tree
  readonly #variables = new Map<string, Variable>()
  readonly #parameters: string[] = []
  /** Fields of records, by the queries that fill them. */
  readonly #records = new Map<string, Tree[]>()
  readonly #recordNames = new Set<string>()
  readonly #open = new Set<string>()
  /** Names by the numbers that the parser gives them. */
  readonly #datums: string[] = []
  /** What holds where a statement or an expression runs. */
  #known = new WeakMap<Tree, Facts>()
  readonly #statements: { readonly facts: StatementFacts; readonly at: Tree }[] = []
  readonly #expressions: { readonly text: unknown; readonly at: Tree }[] = []
  readonly #results: { readonly text: unknown; readonly at: Tree }[] = []
  readonly #opened = new Set<string>()
  readonly #cursors: string[] = []
  #usesAnyType = false
  #setsCallersPath = false
  readonly #types: WrittenName[] = []
  #readable = true

  readonly #routine: Routine

  constructor(parser: Parser, context: BodyContext, tree: Tree, routine: Routine) {
    this.#routine = routine
    this.#parser = parser
    this.#context = context
    this.#tree = tree
  }

  read(): RoutineBody {
    this.#declare()
    walk(this.#tree, (kind, fields) => this.#visit(kind, fields))
    this.#known = followFlow(this.#action(), {
      condition: (expression, here) => {
        const { met, unmet } = factsOf(this.#expressionOf(expression), this.#namesAt(here))
        return { met: this.#normal(met), unmet: this.#normal(unmet) }
      },
      assigned: (kind, fields) => this.#assigned(kind, fields),
    })
    const path = this.#setsCallersPath ? "caller" : this.#firstPath()
    return {
      statements: this.#statements.map(({ facts, at }) => ({ facts, ...this.#place(at) })),
      dynamic: this.#expressions.map(({ text, at }) => {
        const place = this.#place(at)
        return { ...sqlOf(text, place.names), ...place }
      }),
      types: this.#types,
      ...(path === undefined ? {} : { path }),
      cursors: this.#cursors.filter((name) => !this.#opened.has(name)),
      usesAnyType: this.#usesAnyType,
      ...(this.#results.length === 0
        ? {}
        : { result: oneOf(this.#results.map(({ text, at }) => textOf(text, this.#place(at).names))) }),
      readable: this.#readable,
    }
  }

  #place(at: Tree): Pick<Placed, "names" | "callers"> {
    const here = this.#known.get(at) ?? nothing
    return { names: this.#namesAt(here), callers: here.callers }
  }

  #namesAt(here: Facts, column?: ColumnText): Names {
    return {
      valueOf: (words) => this.#valueOf(words, here, column),
      columnsOf: (select) => this.#columnsOf(select),
      resultOf: this.#context.resultOf,
    }
  }

  #action(): unknown {
    let action: unknown
    walk(this.#tree, (key, fields) => {
      if (key === "PLpgSQL_function") action = fields.action
    })
    return action
  }

  /** Facts by the names that variables have here; a field of a record stays what it is. */
  #normal(facts: Facts): Facts {
    const values = [...facts.values].map(([name, value]) => [this.#keyOf(name.split(".")), value] as const)
    return { ...facts, values: new Map(values) }
  }

  #keyOf(words: readonly string[]): string {
    const [first = ""] = words
    const isField = words.length > 1 && (this.#variables.has(first) || first === "new" || first === "old")
    return isField ? words.join(".") : this.#nameOf(words)
  }

  #assigned(kind: string, fields: Tree): readonly string[] {
    if (kind === "PLpgSQL_stmt_assign") return [assignment(queryOf(fields.expr)).target]
    if (kind === "PLpgSQL_stmt_foreach_a") return [this.#datums[Number(fields.varno ?? 0)] ?? ""]
    if (kind === "PLpgSQL_stmt_getdiag") return this.#diagnosed(fields)
    return /_(execsql|fors|forc|fori|dynexecute|dynfors|fetch|call)$/.test(kind) ? this.#targets(fields) : []
  }

  #diagnosed({ diag_items }: Tree): readonly string[] {
    return listOf(diag_items).map((each) => this.#datums[Number(nodeOf(each)?.fields.target ?? 0)] ?? "")
  }

  /** `SET LOCAL search_path = ...`, `PERFORM set_config('search_path', '...', true)` before anything else. */
  #firstPath(): readonly string[] | undefined {
    const [first] = listOf(nodeOf(this.#action())?.fields.body)
    const { kind, fields } = nodeOf(first) ?? { kind: "", fields: {} }
    const [statement] = this.#parser.sql(queryOf(fields.sqlstmt ?? fields.expr)) ?? []
    const set = nodeOf(statement)
    if (
      kind === "PLpgSQL_stmt_execsql" &&
      set?.kind === "VariableSetStmt" &&
      set.fields.name === "search_path"
    ) {
      const names = listOf(set.fields.args).map(constantOf)
      return names.every((name) => name !== undefined) ? names.filter((name) => name !== "") : undefined
    }
    if (kind !== "PLpgSQL_stmt_perform") return undefined
    const [target, ...more] = listOf(set?.fields.targetList)
    const call = nodeOf(nodeOf(target)?.fields.val)
    const path = more.length > 0 || call?.kind !== "FuncCall" ? undefined : pathGiven(call.fields)
    return path === undefined || path === "caller" ? undefined : parsePath(path)
  }

  #declare(): void {
    walk(this.#tree, (key, fields) => {
      if (key === "PLpgSQL_function")
        for (const each of listOf(fields.datums))
          this.#datums.push(String(nodeOf(each)?.fields.refname ?? ""))
      if (key !== "PLpgSQL_var" && key !== "PLpgSQL_rec") return
      const name = String(fields.refname)
      if (fields.cursor_explicit_expr !== undefined) this.#opened.add(name)
      if (key === "PLpgSQL_rec") this.#recordNames.add(name)
      const type = typeNameOf(fields.datatype)
      const isDeclared = typeof fields.lineno === "number"
      if (!this.#variables.has(name)) {
        // Of a type of a schema the parser makes a record, and a number of a type that any can stand for.
        const given = isDeclared ? undefined : this.#routine.argumentTypes[this.#parameters.length]
        this.#variables.set(name, { type: given ?? type, isParameter: !isDeclared, values: [] })
        if (!isDeclared) this.#parameters.push(name)
        // A record stays one: a loop over rows refuses to be compiled with anything else.
        else if (type.toLowerCase() !== "record") this.#declareType(type)
      } else if (key === "PLpgSQL_var" && isDeclared) this.#declareAgain(name, type)
      if (fields.default_val !== undefined) this.#give(name, this.#expressionOf(fields.default_val))
    })
  }

  /** An inner block has a variable of the same name: of the two, what is known of the worse. */
  #declareAgain(name: string, type: string): void {
    const outer = this.#variables.get(name)
    if (outer === undefined || outer.type === type) return
    this.#declareType(type)
    if (textOfType(type) === undefined) this.#variables.set(name, { ...outer, type })
  }

  #declareType(type: string): void {
    if (type === "" || type === "UNKNOWN") return
    const [base = "", suffix] = type.split("%")
    if (suffix !== undefined && this.#openParameters().includes(base)) {
      this.#usesAnyType = true
      return
    }
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
        this.#expressions.push({ text: this.#expressionOf(fields.query), at: fields })
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
        if (fields.dynquery !== undefined)
          this.#expressions.push({ text: this.#expressionOf(fields.dynquery), at: fields })
        if (kind === "PLpgSQL_stmt_open") this.#opened.add(this.#datums[Number(fields.curvar ?? 0)] ?? "")
        break
      case "PLpgSQL_stmt_return":
        if (fields.expr !== undefined)
          this.#results.push({ text: this.#expressionOf(fields.expr), at: fields })
        else if (fields.retvarno !== undefined) this.#results.push({ text: undefined, at: fields })
        break
      case "PLpgSQL_stmt_fetch":
      case "PLpgSQL_stmt_forc":
        this.#cursors.push(this.#datums[Number(fields.curvar ?? 0)] ?? "")
        this.#giveAnything(this.#targets(fields))
        break
      case "PLpgSQL_stmt_call":
      case "PLpgSQL_stmt_getdiag":
        this.#giveAnything(this.#assigned(kind, fields))
        break
      case "PLpgSQL_stmt_foreach_a":
        this.#foreach(fields)
        break
      case "PLpgSQL_expr":
        this.#readExpression(fields)
        break
    }
  }

  /** Every expression is a statement of its own for the server, and names are looked up in it. */
  #readExpression(fields: Tree): void {
    const { query, parseMode } = fields
    const text = String(query)
    const sql =
      parseMode === 0 ? text : parseMode === 2 ? `SELECT ${text}` : `SELECT ${assignment(text).value}`
    const statements = this.#parser.sql(sql)
    if (statements === undefined) this.#readable = false
    else
      for (const tree of statements) {
        const facts = readStatement(tree)
        this.#statements.push({ facts, at: fields })
        for (const call of facts.calls)
          if (call.name === "set_config" && pathGiven({ args: call.arguments }) === "caller")
            this.#setsCallersPath = true
        if (isUsed(tree, this.#openParameters())) this.#usesAnyType = true
      }
  }

  #openParameters(): readonly string[] {
    return this.#parameters.filter((_, index) => polymorphic.test(this.#routine.argumentTypes[index] ?? ""))
  }

  #assign({ expr }: Tree): void {
    const { target, value } = assignment(queryOf(expr))
    this.#give(target, this.#parse(value), expr)
  }

  #foreach({ varno, expr }: Tree): void {
    this.#give(this.#datums[Number(varno ?? 0)] ?? "", this.#expressionOf(expr), expr)
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
      this.#give(name, nodeOf(columns[index])?.fields.val, fields, this.#columnsOf(select?.fields))
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

  /**
   * Notes that a variable is given the value of an expression.
   *
   * @param at the statement that does it
   */
  #give(name: string, expression: unknown, at?: unknown, column?: ColumnText): void {
    const fields = nodeOf(at)?.fields ?? at
    this.#variables.get(name)?.values.push((here) => {
      if (expression === undefined) return anything
      const there = isTree(fields) ? this.#known.get(fields) : undefined
      return textOf(expression, this.#namesAt(this.#alsoKnown(there ?? nothing, here), column))
    })
  }

  /** A parameter that is never changed is what it was checked to be, also in what was made of it before. */
  #alsoKnown(there: Facts, here: Facts): Facts {
    const lasting = [...here.values].filter(([name]) => this.#variables.get(name)?.values.length === 0)
    return { ...there, values: new Map([...lasting, ...there.values]) }
  }

  #giveAnything(variables: readonly string[]): void {
    for (const name of variables) this.#give(name, undefined)
  }

  /** @param column what a name holds that is no variable's, in a query */
  #valueOf(words: readonly string[], here: Facts, column?: ColumnText): DynamicText | undefined {
    const [first = "", second] = words
    const checked = here.values.get(this.#keyOf(words))
    if (checked !== undefined) return checked
    const record = this.#records.get(first)
    if (second !== undefined && record !== undefined) return this.#fieldOf(record, second, here)
    if (second !== undefined && (first === "new" || first === "old")) return this.#rowValue(second)
    const name = this.#nameOf(words)
    const variable = this.#variables.get(name)
    if (variable === undefined) return column?.(words.at(-1) ?? "")
    return this.#valueOfVariable(name, variable, here)
  }

  #nameOf(words: readonly string[]): string {
    const [first = "", second] = words
    const number = /^\$(\d+)$/.exec(first)?.[1]
    if (number !== undefined && !this.#variables.has(first)) return this.#parameters[Number(number) - 1] ?? ""
    return this.#variables.has(first) || second === undefined ? first : second
  }

  #valueOfVariable(name: string, { type, isParameter, values }: Variable, here: Facts): DynamicText {
    const plain = textOfArgument(type, this.#context)
    if (plain !== undefined) return plain
    const special = this.#triggerValue(name)
    if (special !== undefined) return special
    if (isParameter) {
      const given = values.length === 0 ? this.#context.args?.[this.#parameters.indexOf(name)] : undefined
      return given ?? anything
    }
    // A text that grows by itself (`v := v || x`) is as safe as what is added to it.
    if (this.#open.has(name)) return { safe: true, forms: [""] }
    this.#open.add(name)
    const found = values.map((value) => value(here))
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

  #fieldOf(queries: readonly Tree[], field: string, here: Facts): DynamicText {
    return oneOf(
      queries.map((select) => {
        const target = listOf(select.targetList)
          .map((each) => nodeOf(each)?.fields)
          .find((each) => (each?.name ?? wordsOf(nodeOf(each?.val)?.fields.fields).at(-1)) === field)
        const column = this.#columnsOf(select)
        if (target === undefined) return column?.(field) ?? anything
        return textOf(target.val, this.#namesAt(here, column))
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

/** The path that a call of set_config() sets; `caller` where that is not written down. */
function pathGiven({ args }: Tree): string | undefined {
  const [setting, value] = listOf(args).map(constantOf)
  return setting?.toLowerCase() === "search_path" ? (value ?? "caller") : undefined
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
