import type { Node } from "libpg-query"
import type { Severity } from "../diagnostic.ts"
import type { Examination, Execution, Failure } from "./examine.ts"
import type { ColumnFacts, ConstraintFacts, Facts, RelationFacts } from "./facts.ts"
import { refusal } from "./narrower-type.ts"
import type { Query } from "./query.ts"
import { isConstant, isNull, type Uses, type Write } from "./uses.ts"
import type { ValueSet } from "./values.ts"

/** A way in which a query does not do after what it did before. */
export type BreakKind =
  | "fails"
  | "result-shape"
  | "parameter-type"
  | "loses-index"
  | "sees-no-rows"
  | "other-default"
  | "may-be-refused"
  | "values-gone"

export interface Break {
  readonly query: Query
  readonly kind: BreakKind
  readonly severity: Severity
  /** What happens to the query, as the end of a sentence that begins with its name. */
  readonly message: string
  readonly relation?: string
  readonly sqlState?: string
}

/** How a query did before: only what worked then can break. */
export interface Baseline {
  readonly query: Query
  readonly examination: Examination
  readonly uses: Uses
  /** Sets of values with which it worked, and how many rows it found or changed. */
  readonly worked: readonly { readonly values: ValueSet; readonly rows: number }[]
  /** Nobody issues it: the server asks it for another. Only how it finds its rows counts. */
  readonly implied: boolean
}

/** How the same query does after. */
export interface After {
  readonly examination: Examination
  readonly executions: readonly Execution[]
}

/** Compares one query before and after; what is worse comes first. */
export function compareQuery(
  baseline: Baseline,
  after: After,
  facts: { readonly before: Facts; readonly after: Facts },
): readonly Break[] {
  const { query } = baseline
  if (baseline.implied) return after.examination.failure === undefined ? index(baseline, after) : []
  const failed = after.executions.flatMap(({ failure }) => (failure === undefined ? [] : [failure]))
  const collides =
    failed.every(({ sqlState }) => dependsOnValue.has(sqlState)) && failed.length < after.executions.length
  const failure = after.examination.failure ?? (collides ? undefined : failed[0])
  if (failure !== undefined) return [fails(query, failure)]
  return [
    ...missingColumns(baseline, facts),
    ...shape(baseline, after),
    ...rows(baseline, after, facts),
    ...values(baseline, facts),
    ...index(baseline, after),
    ...defaults(baseline, facts),
    ...narrowed(baseline, facts),
  ]
}

/**
 * A key that is there already, or is not there: that a query meets it with one value and not with another tells of the
 * values that were tried, not of those that the application has.
 */
const dependsOnValue: ReadonlySet<string> = new Set(["23505", "23503"])

function fails(query: Query, { sqlState, message }: Failure): Break {
  return { query, kind: "fails", severity: "error", message: `fails with ${sqlState}: ${message}`, sqlState }
}

/** INSERTs that leave out a column which must have a value now, or say NULL for it. */
function missingColumns({ query, uses }: Baseline, { before, after }: BothFacts): readonly Break[] {
  return uses.writes.flatMap((write) => {
    const now = after.relations[write.relation]
    if (now === undefined || now.insertTriggers > 0) return []
    return Object.entries(now.columns).flatMap(([name, column]): Break[] => {
      const was = before.relations[write.relation]?.columns[name]
      if (!mustBeGiven(column) || (was !== undefined && mustBeGiven(was))) return []
      const omitted = write.operation === "insert" && !write.values.has(name)
      if (!omitted && !isNull(write.values.get(name))) return []
      if (column.default !== null && omitted) return []
      const what = omitted ? "leaves out" : "sets to NULL"
      return [
        {
          query,
          kind: "fails",
          severity: "error",
          relation: write.relation,
          sqlState: "23502",
          message: `fails with 23502: it ${what} ${name}, which is NOT NULL${omitted ? " and has no default" : ""} now`,
        },
      ]
    })
  })
}

type BothFacts = { readonly before: Facts; readonly after: Facts }

function mustBeGiven({ notNull, default: value, identity, generated }: ColumnFacts): boolean {
  return notNull && value === null && identity === "" && generated === ""
}

function shape({ query, examination }: Baseline, { examination: now }: After): readonly Break[] {
  const before = examination.columns.map(columnText)
  const after = now.columns.map(columnText)
  if (before.join() !== after.join()) {
    const at = before.findIndex((text, index) => text !== after[index])
    const difference =
      before.length === after.length || (at !== -1 && at < after.length)
        ? `column ${at + 1} was ${before[at] ?? "absent"} and is ${after[at] ?? "absent"}`
        : `it returned ${before.length} columns and returns ${after.length}`
    return [
      {
        query,
        kind: "result-shape",
        severity: "error",
        sqlState: "0A000",
        message: `returns something else: ${difference}; a prepared statement fails with 0A000, cached plan must not change result type`,
      },
    ]
  }
  const parameter = examination.parameters.findIndex((type, index) => type !== now.parameters[index])
  if (parameter === -1) return []
  return [
    {
      query,
      kind: "parameter-type",
      severity: "warning",
      message: `takes $${parameter + 1} as ${now.parameters[parameter]}, no longer as ${examination.parameters[parameter]}`,
    },
  ]
}

function columnText({ name, type }: { readonly name: string; readonly type: string }): string {
  return `${name} ${type}`
}

/** Rows that row security hides do not fail, they are missing. */
function rows(
  { query, worked, uses }: Baseline,
  { executions }: After,
  { before, after }: BothFacts,
): readonly Break[] {
  // An INSERT that says what to do with a key that is there may well do nothing.
  if (uses.writes.some(({ onConflict }) => onConflict)) return []
  const gone = worked.findIndex(
    ({ rows }, index) => rows > 0 && executions[index]?.rows === 0 && executions[index].failure === undefined,
  )
  if (gone === -1) return []
  const secured = [...uses.relations].find((name) => {
    const now = after.relations[name]
    const was = before.relations[name]
    return (
      now !== undefined &&
      was !== undefined &&
      now.rowSecurity &&
      (!was.rowSecurity || was.policies !== now.policies)
    )
  })
  const redefined = [...uses.relations].find(
    (name) =>
      before.relations[name]?.definition !== undefined &&
      after.relations[name]?.definition !== before.relations[name]?.definition,
  )
  const cause = secured ?? redefined
  const why =
    secured !== undefined
      ? `: row security hides those of ${secured}`
      : redefined !== undefined
        ? `: the view ${redefined} is another one`
        : ""
  return [
    {
      query,
      kind: "sees-no-rows",
      severity: cause === undefined ? "warning" : "error",
      ...(cause === undefined ? {} : { relation: cause }),
      message: `found ${worked[gone]?.rows} rows and finds none${why}`,
    },
  ]
}

/** A column that was dropped and made again under its name. */
function values({ query, uses }: Baseline, { before, after }: BothFacts): readonly Break[] {
  return [...uses.relations].flatMap((relation) =>
    replacedColumns(before.relations[relation], after.relations[relation])
      .filter((column) => new RegExp(`(?<!\\w)${escaped(column)}(?!\\w)|\\*`).test(query.sql))
      .map(
        (column): Break => ({
          query,
          kind: "values-gone",
          severity: "error",
          relation,
          message: `names ${column}, whose values are gone: it was dropped and made again`,
        }),
      ),
  )
}

/** Columns of a relation that have the names of others which it had before. */
export function replacedColumns(
  was: RelationFacts | undefined,
  now: RelationFacts | undefined,
): readonly string[] {
  if (was === undefined || now === undefined || was.oid !== now.oid || !isTable(was)) return []
  return Object.keys(was.columns).filter((column) => {
    const current = now.columns[column]
    return current !== undefined && current.number !== was.columns[column]?.number && current.generated === ""
  })
}

function isTable({ kind }: RelationFacts): boolean {
  return kind === "r" || kind === "p"
}

function escaped(text: string): string {
  return text.replaceAll(/[$()*+.?[\\\]^{|}]/g, "\\$&")
}

function index({ query, examination }: Baseline, { examination: now }: After): readonly Break[] {
  const lost = [...examination.access].filter(
    ([relation, how]) => how === "index" && now.access.get(relation) === "scan",
  )
  const sorted =
    !examination.sorts && now.sorts
      ? [...now.access].filter(([, how]) => how === "scan").map(([relation]) => relation)
      : []
  const relations = [...new Set([...lost.map(([relation]) => relation), ...sorted])]
  return relations.map((relation) => ({
    query,
    kind: "loses-index",
    severity: "error",
    relation,
    message: `read ${relation} through an index and reads all of it now`,
  }))
}

/** A default that differs is a different value, and no error tells. */
function defaults({ query, uses }: Baseline, { before, after }: BothFacts): readonly Break[] {
  return inserts(uses).flatMap((write) =>
    Object.entries(before.relations[write.relation]?.columns ?? {}).flatMap(([name, was]): Break[] => {
      const now = after.relations[write.relation]?.columns[name]
      if (now === undefined || was.default === null || was.default === now.default || write.values.has(name))
        return []
      // A view that can be written through leaves it to its table.
      if (sameValue(was, now) || after.relations[write.relation]?.kind === "v") return []
      return [
        {
          query,
          kind: "other-default",
          severity: "error",
          relation: write.relation,
          message: `leaves out ${name} and gets ${now.default ?? "NULL"} for it, no longer ${was.default}`,
        },
      ]
    }),
  )
}

/** Whether a column that had a default has one now that gives another value. */
export function isOtherDefault(was: ColumnFacts, now: ColumnFacts): boolean {
  return was.default !== null && now.default !== null && was.default !== now.default && !sameValue(was, now)
}

/** The same default in another form: a cast to the new type, another sequence, an identity. */
function sameValue(was: ColumnFacts, now: ColumnFacts): boolean {
  if (now.identity !== "" || now.generated !== "") return true
  const plain = (text: string | null) =>
    (text ?? "").replace(/::[\w\s."[\]]+(?:\(\d+(?:,\d+)?\))?/g, "").replace(/^\((.*)\)$/, "$1")
  if (plain(was.default) === plain(now.default)) return true
  return isNextval(was.default) && isNextval(now.default)
}

function isNextval(text: string | null): boolean {
  return text?.startsWith("nextval(") === true
}

function inserts(uses: Uses): readonly Write[] {
  return uses.writes.filter(({ operation, positional }) => operation === "insert" && !positional)
}

/** New constraints whose violation no sample row shows. */
function narrowed({ query, uses }: Baseline, { before, after }: BothFacts): readonly Break[] {
  const breaks: Break[] = []
  for (const [relation, now] of Object.entries(after.relations)) {
    const was = before.relations[relation]
    if (was === undefined) continue
    for (const [name, key] of Object.entries(now.constraints)) {
      const { references } = key
      const refusedBefore = Object.values(was.constraints).some(
        (each) =>
          refusesDeletes(each) &&
          each.references === references &&
          each.columns.join() === key.columns.join(),
      )
      const deletes = uses.writes.some(
        (write) => write.operation === "delete" && write.relation === references,
      )
      if (!refusesDeletes(key) || refusedBefore || !deletes) continue
      breaks.push({
        query,
        kind: "may-be-refused",
        severity: "error",
        relation,
        sqlState: "23503",
        message: `fails with 23503 for rows of ${references} that ${relation} refers to, by the foreign key ${name} as it is now`,
      })
    }
    for (const write of uses.writes.filter((each) => each.relation === relation)) {
      for (const [column, value] of write.values) {
        const [from, to] = [was.columns[column]?.type, now.columns[column]?.type]
        const sqlState =
          from === undefined || to === undefined || isConstant(value) ? undefined : refusal(from, to)
        if (sqlState === undefined) continue
        breaks.push({
          query,
          kind: "may-be-refused",
          severity: "error",
          relation,
          sqlState,
          message: `fails with ${sqlState} for values of ${column} that ${from} took and ${to} does not`,
        })
      }
    }
    for (const columns of now.unique) {
      if (was.unique.includes(columns)) continue
      const names = columns.split(",")
      if (was.unique.some((key) => key.split(",").every((column) => names.includes(column)))) continue
      const write = inserts(uses).find((each) => each.relation === relation && !each.onConflict)
      if (write === undefined) continue
      const constant = names.every((column) => isConstantIn(write, column, was.columns[column]))
      // Of what refers to others there were many to one, or it would have been unique before.
      const refers =
        names.every((column) => isReference(was, column)) && names.some((column) => write.values.has(column))
      breaks.push({
        query,
        kind: "may-be-refused",
        severity: constant || refers ? "error" : "warning",
        relation,
        sqlState: "23505",
        message: constant
          ? `fails with 23505 the second time: (${names.join(", ")}) is unique now and the query always writes the same`
          : `fails with 23505 where it writes a (${names.join(", ")}) that is there: it is unique now`,
      })
    }
  }
  return breaks
}

function refusesDeletes({ type, onDelete }: ConstraintFacts): boolean {
  return type === "f" && (onDelete === "a" || onDelete === "r")
}

function isReference({ constraints }: RelationFacts, column: string): boolean {
  return Object.values(constraints).some(({ type, columns }) => type === "f" && columns.includes(column))
}

function isConstantIn(write: Write, column: string, was: ColumnFacts | undefined): boolean {
  if (was === undefined) return false
  if (!write.values.has(column)) return was.default !== null && /^['\d(]|^true|^false/.test(was.default)
  const value: Node | undefined = write.values.get(column)
  return value !== undefined && isConstant(value) && !isNull(value)
}
