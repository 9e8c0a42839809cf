import type { WrittenName } from "./statement.ts"
import { constantOf, listOf, nodeOf, type Tree, wordsOf } from "./tree.ts"

/** Text that a function puts together and runs. */
export interface DynamicText {
  /** False where something of it could be any text: then whoever calls the function writes the statement. */
  readonly safe: boolean
  /** What it can be, with marks where values go; a few at most. */
  readonly forms: readonly string[]
  /** Tables that parts of it are read from: it is safe as long as the caller cannot write there. */
  readonly sources?: readonly WrittenName[]
}

/** What is known of the names in an expression. */
export interface Names {
  /** Returns what a variable, parameter or column holds; undefined where the name is not known. */
  readonly valueOf: (words: readonly string[]) => DynamicText | undefined
  /** Returns what the columns of a query hold. */
  readonly columnsOf?: (select: Tree) => ColumnText | undefined
}

/** What a column of that name holds. */
export type ColumnText = (name: string) => DynamicText | undefined

/** Stands for an identifier that is chosen when the function runs. No name can contain it by chance. */
export const nameMark = "\uE000"
const literalMark = "\uE001"
/** Stands for a name that exists when the function is called, and that the caller does not choose. */
export const fixedMark = "\uE002"

const anyIdentifier: DynamicText = { safe: true, forms: [`"${nameMark}"`] }
const anyLiteral: DynamicText = { safe: true, forms: [`'${literalMark}'`] }
const anyNumber: DynamicText = { safe: true, forms: ["0"] }
export const fixedName: DynamicText = { safe: true, forms: [fixedMark] }
export const anything: DynamicText = { safe: false, forms: [""] }

const mostForms = 12

/** Types whose printed values cannot end a statement, a string or a name. */
const plainTypes =
  /^(int[248]?|integer|bigint|smallint|numeric|decimal|real|double precision|float[48]?|float|bool|boolean|oid|uuid|date|time|timetz|timestamp|timestamptz|interval|inet|cidr|macaddr8?|bytea|bit|varbit|xid8?|pg_lsn|(small|big)?serial)$/
const identifierTypes =
  /^(regclass|regtype|regproc|regprocedure|regoper|regoperator|regrole|regnamespace|regcollation)$/

/** Returns what every value of a type prints as, where that is harmless. */
export function textOfType(type: string): DynamicText | undefined {
  const bare = type
    .toLowerCase()
    .replace(/^pg_catalog\./, "")
    .replace(/\([^)]*\)/g, "")
    .replace(/(\[\d*\])+$/, "")
    .replace(/ with(out)? time zone$/, "")
    .trim()
  if (identifierTypes.test(bare)) return anyIdentifier
  return plainTypes.test(bare) ? anyNumber : undefined
}

/** Functions that give back what they were given, or parts of it that need no quotes. */
const passing = new Set([
  "lower", "upper", "trim", "btrim", "ltrim", "rtrim", "concat", "concat_ws", "string_agg", "array_agg",
  "array_to_string", "coalesce", "max", "min", "array_append", "array_prepend", "array_cat", "unnest",
]) // biome-ignore format: one word after another

/** Functions whose results are numbers, dates, digests or names of PostgreSQL's own making. */
const harmlessResults = new Set([
  "md5", "length", "char_length", "octet_length", "count", "sum", "avg", "nextval", "currval", "lastval", "now",
  "clock_timestamp", "statement_timestamp", "transaction_timestamp", "date_trunc", "date_part", "extract", "age",
  "make_date", "make_interval", "make_timestamp", "abs", "floor", "ceil", "ceiling", "round", "trunc", "mod", "random",
  "gen_random_uuid", "uuid_generate_v4", "uuidv7", "greatest", "least", "hashtext", "pg_backend_pid", "txid_current",
  "pg_current_xact_id", "array_length", "cardinality", "position", "strpos", "sha256",
  "array_upper", "array_lower", "generate_series", "pg_relation_size", "pg_total_relation_size", "row_number",
]) // biome-ignore format: one word after another

/** Finds out what an expression that is run as SQL can be. */
export function textOf(expression: unknown, names: Names): DynamicText {
  const constant = constantOf(expression)
  if (constant !== undefined) return { safe: true, forms: [constant] }
  const node = nodeOf(expression)
  if (node === undefined) return anything
  const { kind, fields } = node
  switch (kind) {
    case "ColumnRef":
      return names.valueOf(wordsOf(fields.fields)) ?? anything
    case "ParamRef":
      return names.valueOf([`$${String(fields.number ?? 0)}`]) ?? anything
    case "A_Indirection":
      return textOf(fields.arg, names)
    case "TypeCast":
      return castText(fields, names)
    case "A_Expr":
      return operatorText(fields, names)
    case "FuncCall":
      return callText(fields, names)
    case "CoalesceExpr":
    case "MinMaxExpr":
      return oneOf(listOf(fields.args).map((each) => textOf(each, names)))
    case "A_ArrayExpr":
      return oneOf(listOf(fields.elements).map((each) => textOf(each, names)))
    case "CaseExpr":
      return caseText(fields, names)
    case "SubLink":
      return subselectText(fields, names)
    case "SQLValueFunction":
    case "BoolExpr":
    case "NullTest":
    case "BooleanTest":
      return anyNumber
    default:
      return anything
  }
}

function castText({ arg, typeName }: Tree, names: Names): DynamicText {
  const words = wordsOf((typeName as Tree | undefined)?.names)
  return textOfType(words.at(-1) ?? "") ?? textOf(arg, names)
}

function operatorText({ name, lexpr, rexpr }: Tree, names: Names): DynamicText {
  const operator = wordsOf(name).at(-1)
  const left = textOf(lexpr, names)
  const right = textOf(rexpr, names)
  if (operator === "||") return join([left, right])
  // Arithmetic and comparisons give numbers, dates and truth values, unless somebody made them otherwise.
  return ["+", "-", "*", "/", "%", "=", "<>", "<", ">", "<=", ">="].includes(operator ?? "")
    ? anyNumber
    : anything
}

function callText({ funcname, args }: Tree, names: Names): DynamicText {
  const name = wordsOf(funcname).at(-1) ?? ""
  const values = listOf(args)
  switch (name) {
    case "format":
      return formatText(values, names)
    case "quote_ident":
      return identifierOf(values[0], names)
    case "to_regclass":
      return anyIdentifier
    case "quote_literal":
    case "quote_nullable":
      return anyLiteral
    case "to_char":
      return constantOf(values[1]) === undefined ? anything : anyNumber
    case "concat_ws":
      return join(values.slice(1).map((each) => textOf(each, names)))
  }
  if (passing.has(name)) return join(values.map((each) => textOf(each, names)))
  return harmlessResults.has(name) ? anyNumber : anything
}

function formatText([template, ...args]: readonly unknown[], names: Names): DynamicText {
  const { safe, forms } = textOf(template, names)
  if (!safe) return anything
  return oneOf(forms.map((form) => filled(form, args, names)))
}

/** @see PostgreSQL documentation, "String Functions and Operators", format */
function filled(template: string, args: readonly unknown[], names: Names): DynamicText {
  const parts: DynamicText[] = []
  let next = 0
  let last = 0
  for (const found of template.matchAll(/%(?:(\d+)\$)?-?(?:\d+|\*(?:\d+\$)?)?([sIL%])/g)) {
    parts.push({ safe: true, forms: [template.slice(last, found.index)] })
    last = found.index + found[0].length
    if (found[2] === "%") parts.push({ safe: true, forms: ["%"] })
    else {
      if (found[1] !== undefined) next = Number(found[1]) - 1
      const arg = args[next++]
      parts.push(
        found[2] === "I" ? identifierOf(arg, names) : found[2] === "L" ? anyLiteral : textOf(arg, names),
      )
    }
  }
  parts.push({ safe: true, forms: [template.slice(last)] })
  return join(parts)
}

/** What %I makes of a value that does not come from the caller is a name that is known. */
function identifierOf(arg: unknown, names: Names): DynamicText {
  const { safe, forms } = textOf(arg, names)
  if (!safe || forms.some((form) => form.includes(nameMark) || form.includes(literalMark)))
    return anyIdentifier
  return { safe, forms: forms.map((form) => `"${form.replaceAll('"', '""')}"`) }
}

function caseText({ args, defresult }: Tree, names: Names): DynamicText {
  const results = listOf(args).map((each) => textOf(nodeOf(each)?.fields.result, names))
  return oneOf(defresult === undefined ? results : [...results, textOf(defresult, names)])
}

/** `(select string_agg(quote_ident(name), ', ') from ...)` */
function subselectText({ subselect }: Tree, names: Names): DynamicText {
  const select = nodeOf(subselect)
  const [target, ...more] = listOf(select?.fields.targetList)
  if (select === undefined || target === undefined || more.length > 0) return anything
  const column = names.columnsOf?.(select.fields)
  const inside: Names = {
    ...names,
    valueOf: (words) => names.valueOf(words) ?? column?.(words.at(-1) ?? ""),
  }
  return textOf(nodeOf(target)?.fields.val, inside)
}

/** Puts texts behind each other. */
export function join(parts: readonly DynamicText[]): DynamicText {
  if (parts.some(({ safe }) => !safe)) return anything
  let forms: readonly string[] = [""]
  for (const part of parts)
    forms = forms.flatMap((begin) => part.forms.map((end) => begin + end)).slice(0, mostForms)
  return { safe: true, forms, ...sourcesOf(parts) }
}

/** Any of several texts. */
export function oneOf(choices: readonly DynamicText[]): DynamicText {
  if (choices.length === 0 || choices.some(({ safe }) => !safe)) return anything
  const forms = [...new Set(choices.flatMap((choice) => choice.forms))].slice(0, mostForms)
  return { safe: true, forms, ...sourcesOf(choices) }
}

function sourcesOf(parts: readonly DynamicText[]): Pick<DynamicText, "sources"> {
  const sources = parts.flatMap((part) => part.sources ?? [])
  return sources.length === 0 ? {} : { sources }
}
