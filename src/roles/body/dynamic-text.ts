import { escapedMark, fixedMark, literalMark, nameMark, wordMark } from "./marks.ts"
import { findsOthers } from "./patterns.ts"
import { isMisquoted } from "./quotes.ts"
import { type WrittenName, writtenName } from "./statement.ts"
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
  /** Returns what a function of the database gives back; undefined where that is not known. */
  readonly resultOf?: (routine: WrittenName, args: readonly DynamicText[]) => DynamicText | undefined
}

/** What a column of that name holds. */
export type ColumnText = (name: string) => DynamicText | undefined

const anyIdentifier: DynamicText = { safe: true, forms: [`"${nameMark}"`] }
const anyLiteral: DynamicText = { safe: true, forms: [`'${literalMark}'`] }
/** A word of letters, digits and underscores, or the printed name of something that exists. */
export const anyWord: DynamicText = { safe: true, forms: [wordMark] }
const anyNumber: DynamicText = { safe: true, forms: ["0"] }
export const fixedName: DynamicText = { safe: true, forms: [fixedMark] }
export const anything: DynamicText = { safe: false, forms: [""] }

const mostForms = 12

/**
 * Types whose printed values cannot end a statement, a string or a name. `bytea` is none of them: whoever sets
 * `bytea_output` to `escape` sees its bytes as they are.
 */
const plainTypes =
  /^(int[248]?|integer|bigint|smallint|numeric|decimal|real|double precision|float[48]?|float|bool|boolean|oid|uuid|date|time|timetz|timestamp|timestamptz|interval|inet|cidr|macaddr8?|bit|varbit|bit varying|xid8?|tid|cid|pg_lsn|point|line|lseg|box|path|polygon|circle|(int4|int8|num|date|ts|tstz)(multi)?range|(small|big)?serial)$/
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
  if (identifierTypes.test(bare)) return anyWord
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
  "array_upper", "array_lower", "to_hex", "ascii", "bit_length", "sign", "to_date", "to_timestamp", "to_number",
  "num_nulls", "num_nonnulls", "pg_column_size", "pg_database_size", "date_bin", "justify_days", "width_bucket", "generate_series", "pg_relation_size", "pg_total_relation_size", "row_number",
]) // biome-ignore format: one word after another

/** Finds out what an expression that is run as SQL can be; what stands between the wrong quotes can be anything. */
export function sqlOf(expression: unknown, names: Names): DynamicText {
  const text = textOf(expression, names)
  return text.safe && text.forms.some(isMisquoted) ? anything : text
}

/** Finds out what an expression can be. */
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
      return anyWord
    case "quote_literal":
    case "quote_nullable":
      return anyLiteral
    case "to_char":
      return isPlainFormat(constantOf(values[1])) ? anyNumber : anything
    case "obj_description":
    case "col_description":
      // Only its owner comments on an object that is written down.
      return constantOf(values[0]) === undefined ? anything : fixedName
    case "encode":
      return /^(hex|base64)$/.test(constantOf(values[1]) ?? "") ? anyNumber : anything
    case "concat_ws":
      return join(values.slice(1).map((each) => textOf(each, names)))
    case "replace":
      return replaced(values, names)
    case "regexp_replace":
      return onlyWordsLeft(values) ? anyWord : anything
    case "left":
    case "right":
    case "substr":
    case "substring":
      return partOf(textOf(values[0], names))
  }
  if (passing.has(name)) return join(values.map((each) => textOf(each, names)))
  if (harmlessResults.has(name)) return anyNumber
  const called = writtenName(wordsOf(funcname))
  return (
    names.resultOf?.(
      called,
      values.map((each) => textOf(each, names)),
    ) ?? anything
  )
}

/** The name of a time zone is whatever the caller says that it is called: `SET timezone = '<...>3'`. */
function isPlainFormat(template: string | undefined): boolean {
  return template !== undefined && !/tz/i.test(template)
}

/** A part of a word is one; of anything else it may begin or end within quotes. */
function partOf(whole: DynamicText): DynamicText {
  const isWord = whole.safe && whole.forms.every((form) => /^[\w\uE002\uE003]*$/.test(form))
  return isWord ? whole : anything
}

function replaced([text, from, to]: readonly unknown[], names: Names): DynamicText {
  if (constantOf(from) === '"' && constantOf(to) === '""') return { safe: true, forms: [escapedMark] }
  const [whole, value, found] = [textOf(text, names), textOf(to, names), constantOf(from)]
  if (!whole.safe || !value.safe || found === undefined || found === "") return anything
  const forms = whole.forms.flatMap((form) => value.forms.map((each) => form.replaceAll(found, each)))
  return { safe: true, forms: forms.slice(0, mostForms), ...sourcesOf([whole, value]) }
}

/** `regexp_replace(text, '[^a-z]', '', 'g')` */
function onlyWordsLeft([, pattern, to, flags]: readonly unknown[]): boolean {
  return (
    findsOthers(constantOf(pattern) ?? "") &&
    /^\w*$/.test(constantOf(to) ?? "?") &&
    /^(g|gi|ig)$/.test(constantOf(flags) ?? "")
  )
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
  if (!safe || forms.some((form) => /[\uE000\uE001\uE004]/.test(form))) return anyIdentifier
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
