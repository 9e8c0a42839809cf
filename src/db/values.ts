/** Turns the text of one value, as the server printed it, into a JavaScript value. */
export type ParseValue = (text: string) => unknown

const asText: ParseValue = (text) => text

const element = { text: asText, number: Number, boolean: (text: string) => text === "t" } as const

/** Object identifiers of the built-in types, from pg_type.dat. */
const parsers = new Map<number, ParseValue>([
  [16, element.boolean], // bool
  [21, Number], // int2
  [23, Number], // int4
  [26, Number], // oid
  [700, Number], // float4
  [701, Number], // float8
  [114, JSON.parse], // json
  [3802, JSON.parse], // jsonb
  [1000, arrayOf(element.boolean)], // bool[]
  [1002, arrayOf(asText)], // "char"[]
  [1003, arrayOf(asText)], // name[]
  [1005, arrayOf(Number)], // int2[]
  [1007, arrayOf(Number)], // int4[]
  [1009, arrayOf(asText)], // text[]
  [1015, arrayOf(asText)], // varchar[]
  [1016, arrayOf(asText)], // int8[]
  [1028, arrayOf(Number)], // oid[]
])

/**
 * Returns how values of a type are read.
 *
 * boolean, smallint, integer, oid, real and double precision become booleans and numbers; json and jsonb are parsed;
 * one-dimensional arrays of those, of text, varchar, name, "char" and bigint become arrays. Everything else stays the
 * text that the server printed: bigint and numeric (which a number cannot hold), timestamps and dates, bytea (`\x...`),
 * arrays of other types, domains' and users' own types.
 */
export function parserOf(typeId: number): ParseValue {
  return parsers.get(typeId) ?? asText
}

function arrayOf(parse: ParseValue): ParseValue {
  return (text) => parseArray(text).map((each) => (each === null ? null : parse(each)))
}

/** `"a \"b\""` in quotes, or bare text up to the next comma. */
const arrayElement = /"((?:[^"\\]|\\.)*)"|([^",{}]+)/gs

/** Splits a one-dimensional array literal, `{a,"b c",NULL}`. */
function parseArray(text: string): (string | null)[] {
  if (text === "{}") return []
  // Arrays whose lower bound is not 1 begin with their bounds: [0:1]={a,b}.
  const literal = text.slice(text.indexOf("{"))
  return [...literal.matchAll(arrayElement)].map(([, quoted, bare = ""]) =>
    quoted !== undefined ? quoted.replace(/\\(.)/gs, "$1") : bare === "NULL" ? null : bare,
  )
}

/**
 * Returns a parameter's value as the server reads it: text, or bytes.
 *
 * Numbers, bigints and booleans print as in SQL, dates as ISO 8601 in UTC, arrays of those as array literals, other
 * objects as JSON.
 */
export function parameter(value: unknown): string | Buffer | null {
  if (value === null || value === undefined) return null
  if (typeof value === "string" || value instanceof Buffer) return value
  if (value instanceof Uint8Array) return Buffer.from(value)
  if (value instanceof Date) return value.toISOString()
  if (Array.isArray(value)) return arrayLiteral(value)
  return typeof value === "object" ? JSON.stringify(value) : String(value)
}

function arrayLiteral(values: readonly unknown[]): string {
  return `{${values.map(arrayItem).join(",")}}`
}

function arrayItem(value: unknown): string {
  if (Array.isArray(value)) return arrayLiteral(value)
  const item = parameter(value)
  if (item === null) return "NULL"
  const text = typeof item === "string" ? item : `\\x${item.toString("hex")}`
  return `"${text.replace(/["\\]/g, "\\$&")}"`
}
