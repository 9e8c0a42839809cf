import type { Connection } from "../db/connection.ts"
import { quoteIdentifier, quoteLiteral } from "../sql/identifier.ts"
import type { Facts } from "./facts.ts"
import type { ParameterUse, Uses } from "./uses.ts"

/** Values for $1, $2, ... as SQL. */
export type ValueSet = readonly string[]

type Texts = Readonly<Record<string, Readonly<Record<string, string | null>>>>

export interface Samples {
  /** A row of each relation, as texts, by which queries find something. */
  readonly rows: Texts
  /** Of each relation's foreign keys, what a new row may refer to: a row that no other refers to, where there is one. */
  readonly referable: Texts
}

/** Reads one row of each relation, and of those that it refers to. */
export async function readSamples(
  connection: Connection,
  relations: Iterable<string>,
  facts: Facts,
): Promise<Samples> {
  const samples: Record<string, Readonly<Record<string, string | null>>> = {}
  const referable: Record<string, Readonly<Record<string, string | null>>> = {}
  for (const relation of relations) {
    referable[relation] = await readReferable(connection, relation, facts)
    const rows = await connection
      .query<{ row: Record<string, unknown> }>(
        `select pg_catalog.to_jsonb(t) as row from ${relation} t limit 1`,
      )
      .catch(() => [])
    const texts = Object.entries(rows[0]?.row ?? {}).map(([column, value]) => [column, textOf(value)])
    if (texts.length > 0) samples[relation] = Object.fromEntries(texts)
  }
  return { rows: samples, referable }
}

async function readReferable(
  connection: Connection,
  relation: string,
  facts: Facts,
): Promise<Readonly<Record<string, string | null>>> {
  const found: Record<string, string | null> = {}
  for (const { type, columns, references, definition } of Object.values(
    facts.relations[relation]?.constraints ?? {},
  )) {
    const [column] = columns
    const key = /REFERENCES [^(]+\(([^,)]+)\)/.exec(definition)?.[1]
    if (
      type !== "f" ||
      columns.length !== 1 ||
      column === undefined ||
      references === null ||
      key === undefined
    )
      continue
    const [row] = await connection
      .query<{ value: string }>(
        `select parent.${key}::text as value from ${references} parent
         order by exists (select from ${relation} child where child.${quoteIdentifier(column)} = parent.${key}), parent.${key} desc limit 1`,
      )
      .catch(() => [])
    if (row !== undefined) found[column] = row.value
  }
  return found
}

function textOf(value: unknown): string | null {
  if (value === null || value === undefined) return null
  return typeof value === "object" ? JSON.stringify(value) : String(value)
}

/**
 * Returns sets of values to try a query with. They come from the catalog of before: labels that an enum had, the
 * longest text that a column took, keys of rows that exist. Which of them count is decided by whether the query works
 * with them before.
 */
export function valueSets(
  declared: readonly string[],
  uses: Uses,
  facts: Facts,
  samples: Samples,
): readonly ValueSet[] {
  const types = declared.map((type) => facts.domains[type] ?? type)
  const dummies = types.map((type, index) => dummy(type, index + 1, uses, facts))
  const existing = types.map((type, index) => {
    const use = uses.parameters.get(index + 1)
    if (use === undefined) return dummies[index] ?? "null"
    const isKey = use.use === "compared" || isForeignKey(use.relation, use.column, facts)
    return isKey
      ? (sampled(type, index + 1, uses, samples) ?? dummies[index] ?? "null")
      : (dummies[index] ?? "null")
  })
  const copied = types.map(
    (type, index) => sampled(type, index + 1, uses, samples) ?? dummies[index] ?? "null",
  )
  /** A new row: keys that are not there yet, of parents that are. */
  const renewed = (others: ValueSet) =>
    types.map((type, index) => {
      const use = uses.parameters.get(index + 1)
      if (use?.use !== "assigned") return others[index] ?? "null"
      const parent = samples.referable[use.relation]?.[use.column]
      if (parent !== undefined && parent !== null) return quoteLiteral(parent)
      return isKey(use.relation, use.column, facts) ? seedOf(type, facts, 2) : (others[index] ?? "null")
    })
  const fresh = renewed(copied)
  const labelled = types.flatMap((type, index) => {
    const use = uses.parameters.get(index + 1)
    const labels = [...labelsOf(type, facts), ...(use === undefined ? [] : checkedValues(type, use, facts))]
    return labels.map((label) => fresh.with(index, quoteLiteral(label)))
  })
  const varied = types.map((type, index) => {
    const use = uses.parameters.get(index + 1)
    const other = use?.use === "assigned" ? otherThan(type, use, facts, samples) : undefined
    return other ?? fresh[index] ?? "null"
  })
  const sets = [existing, renewed(existing), fresh, dummies, copied, varied, ...labelled.slice(0, 24)]
  return [...new Map(sets.map((set) => [set.join("\0"), set])).values()]
}

/** The words and the borders of numbers that the CHECK constraints on a column name. */
function checkedValues(type: string, { relation, column }: ParameterUse, facts: Facts): readonly string[] {
  const definitions = Object.values(facts.relations[relation]?.constraints ?? {})
    .filter(({ type: kind, columns }) => kind === "c" && columns.includes(column))
    .map(({ definition }) => definition)
  const isNumber = numbers.test(type)
  return definitions.flatMap((definition) =>
    isNumber
      ? [...definition.matchAll(/(?<![\w'.])\d{1,9}(?![\w'.])/g)].flatMap(([text]) => {
          const border = Number(text)
          return [border - 1, border, border + 1].map(String)
        })
      : [...definition.matchAll(/'((?:[^']|'')*)'/g)].map(([, text = ""]) => text.replaceAll("''", "'")),
  )
}

/** A text in both cases, and a time or number just behind that of another column in the same row. */
function otherThan(
  type: string,
  { relation, column }: ParameterUse,
  facts: Facts,
  samples: Samples,
): string | undefined {
  const columns = facts.relations[relation]?.columns ?? {}
  if (type === "text" || type === "character varying")
    return /\(1\)$/.test(columns[column]?.type ?? "") ? undefined : "'Xx'"
  const isTime = /^(?:timestamp|date)/.test(type)
  if (!isTime && !numbers.test(type)) return undefined
  const [neighbour] = Object.entries(columns)
    .filter(([name, { type: declared }]) => name !== column && declared === columns[column]?.type)
    .flatMap(([name]) => samples.rows[relation]?.[name] ?? [])
  if (neighbour === undefined) return undefined
  return `${quoteLiteral(neighbour)}::${type} + ${isTime ? "interval '1 hour'" : "1"}`
}

const numbers = /^(?:smallint|integer|bigint|numeric|real|double precision)/

function sampled(type: string, number: number, uses: Uses, samples: Samples): string | undefined {
  const use = uses.parameters.get(number)
  const value = use === undefined ? undefined : samples.rows[use.relation]?.[use.column]
  if (value === undefined || value === null) return undefined
  return type.endsWith("[]") && !value.startsWith("[")
    ? `array[${quoteLiteral(value)}]::${type}`
    : quoteLiteral(value)
}

function isForeignKey(relation: string, column: string, facts: Facts): boolean {
  const { constraints = {} } = facts.relations[relation] ?? {}
  return Object.values(constraints).some(({ type, columns }) => type === "f" && columns.includes(column))
}

/** A value that must not be there yet. */
function isKey(relation: string, column: string, facts: Facts): boolean {
  return facts.relations[relation]?.unique.some((columns) => columns.split(",").includes(column)) === true
}

function dummy(type: string, number: number, uses: Uses, facts: Facts): string {
  const use = uses.parameters.get(number)
  const declared = use === undefined ? undefined : facts.relations[use.relation]?.columns[use.column]?.type
  const longest = /^character(?: varying)?\((\d+)\)$/.exec(declared ?? "")?.[1]
  if (use?.use === "assigned" && longest !== undefined)
    return quoteLiteral("x".repeat(Math.min(Number(longest), 10_000)))
  return dummyOf(type, facts)
}

/** A value of a type that most constraints let pass, as SQL. */
export function dummyOf(type: string, facts: Pick<Facts, "enums" | "domains">): string {
  const base = facts.domains[type]
  if (base !== undefined) return dummyOf(base, facts)
  if (type.endsWith("[]")) return `array[${dummyOf(type.slice(0, -2), facts)}]::${type}`
  const [label] = labelsOf(type, facts)
  if (label !== undefined) return quoteLiteral(label)
  return dummies.find(({ types }) => types.test(type))?.value ?? "null"
}

/** A value that differs from the one that queries are tried with, so that unique columns take both. */
export function seedOf(type: string, facts: Pick<Facts, "enums" | "domains">, variant = 1): string {
  const value = dummyOf(type, facts)
  if (numbers.test(type)) return `'${31_000 + variant}'`
  if (/^(?:text|character varying|citext)/.test(type)) return `'${variant === 1 ? "s" : "t"}'`
  if (type === "uuid") return `'9f1c0000-0000-4000-8000-00000000000${variant + 1}'`
  return value
}

function labelsOf(type: string, { enums }: Pick<Facts, "enums">): readonly string[] {
  return enums[type] ?? enums[`public.${type}`] ?? enums[`public.${quoteIdentifier(type)}`] ?? []
}

const dummies: readonly { readonly types: RegExp; readonly value: string }[] = [
  { types: /^(?:smallint|integer|bigint|numeric|real|double precision|oid|money)/, value: "'1'" },
  { types: /^(?:text|character|name|citext|"char"|unknown)/, value: "'x'" },
  { types: /^boolean/, value: "'true'" },
  { types: /^uuid/, value: "'9f1c0000-0000-4000-8000-000000000001'" },
  { types: /^(?:timestamp|date)/, value: "'2026-01-02 03:04:05'" },
  { types: /^time/, value: "'03:04:05'" },
  { types: /^interval/, value: "'1 day'" },
  { types: /^jsonb?/, value: "'{}'" },
  { types: /^bytea/, value: "'x'" },
  { types: /^(?:inet|cidr)/, value: "'10.0.0.1'" },
  { types: /^(?:int4|int8|num)range/, value: "'[1,2)'" },
  { types: /^(?:ts|tstz|date)range/, value: "'[2026-01-01,2026-01-02)'" },
]
