import { isOtherDefault, replacedColumns } from "../prove/compare.ts"
import type { ColumnFacts, Facts, FunctionFacts, RelationFacts } from "../prove/facts.ts"
import { bareName } from "../sql/written-name.ts"
import type { CatalogVerdict } from "./finding.ts"
import { rightsLost } from "./rights.ts"

export interface NarrowingOptions {
  readonly before: Facts
  readonly after: Facts
  /** Queries were proven: what they do not use may go. */
  readonly proven: boolean
  /** The role that the application connects as, where it is known; row security applies to it. */
  readonly role: string | undefined
  /** The same, or the role that most privileges are of. */
  readonly application: string | undefined
  /** A statement of the script may have put rows into a new table. */
  readonly movesRows: boolean
  /** Partitions that the script detaches; what is left of one is not asked by its name. */
  readonly detached: ReadonlySet<string>
}

/** Finds what queries of before can no longer do, by the names that they use. */
export function judgeCatalogs({
  before,
  after,
  proven,
  role,
  application,
  movesRows,
  detached,
}: NarrowingOptions): readonly CatalogVerdict[] {
  const verdicts: CatalogVerdict[] = []
  for (const [name, was] of Object.entries(before.relations)) {
    const now = after.relations[name]
    if (now === undefined) {
      const verdict = gone(name, kindNames[was.kind] ?? "relation", [bareName(name)])
      if (!proven) verdicts.push(detached.has(name) ? { ...verdict, severity: "warning" } : verdict)
      continue
    }
    verdicts.push(...always(name, was, now, proven && role !== undefined))
    if (!proven) verdicts.push(...unproven(name, was, now))
    const kept = movesRows || Object.values(after.relations).some(({ oid }) => oid === was.oid)
    if (!proven && !kept && isTable(was) && isTable(now)) verdicts.push(madeAgain(name))
  }
  verdicts.push(...restarted(before, after))
  if (!proven) verdicts.push(...names(before, after))
  // A superuser's queries prove nothing of what others may do.
  if (!proven || role === undefined) verdicts.push(...rightsLost(before, after, application))
  return verdicts
}

const kindNames: Readonly<Record<string, string>> = {
  r: "table",
  p: "table",
  v: "view",
  m: "materialized view",
  f: "foreign table",
}

function gone(name: string, kind: string, names: readonly string[]): CatalogVerdict {
  return {
    rule: "name-removed",
    relation: name,
    names,
    message: `the ${kind} ${name} is gone, and no queries were given that prove that nothing uses it`,
  }
}

function isTable({ kind }: RelationFacts): boolean {
  return kind === "r" || kind === "p"
}

function madeAgain(name: string): CatalogVerdict {
  return {
    rule: "values-removed",
    relation: name,
    names: [bareName(name)],
    message: `${name} is dropped and made again: its rows are gone`,
  }
}

function always(
  name: string,
  was: RelationFacts,
  now: RelationFacts,
  securityProven: boolean,
): CatalogVerdict[] {
  const verdicts: CatalogVerdict[] = []
  if (now.unidentified && !was.unidentified) {
    verdicts.push({
      rule: "replica-identity-lost",
      relation: name,
      names: [bareName(name)],
      message: `${name} is published and nothing identifies its rows any more: UPDATE and DELETE fail with 55000`,
    })
  }
  const hides = (facts: RelationFacts) => facts.rowSecurity && facts.policies === 0
  if (hides(now) && !hides(was) && !securityProven) {
    verdicts.push({
      rule: "row-security-without-policy",
      relation: name,
      names: [bareName(name)],
      message: `row security is on for ${name} and no policy lets anybody but its owner see a row`,
    })
  }
  return verdicts
}

function unproven(name: string, was: RelationFacts, now: RelationFacts): CatalogVerdict[] {
  const verdicts: CatalogVerdict[] = replacedColumns(was, now).map((column) => ({
    rule: "values-removed",
    relation: name,
    names: [column, bareName(name)],
    message: `${name}.${column} is dropped and made again: what it held is gone`,
  }))
  for (const [column, old] of Object.entries(was.columns)) {
    const current = now.columns[column]
    if (current === undefined) verdicts.push(gone(`${name}.${column}`, "column", [column, bareName(name)]))
    else verdicts.push(...changed(name, column, old, current))
  }
  for (const [column, current] of Object.entries(now.columns)) {
    if (
      was.columns[column] === undefined &&
      mustBeGiven(current) &&
      now.insertTriggers === 0 &&
      now.kind !== "v"
    )
      verdicts.push(mustGive(name, column))
  }
  // A view in a table's place infers the keys of the table behind it.
  for (const columns of now.kind === "v" ? [] : was.unique) {
    const names = columns.split(",")
    if (now.unique.includes(columns) || names.some((column) => now.columns[column] === undefined)) continue
    verdicts.push({
      rule: "writes-narrowed",
      relation: name,
      names: [bareName(name), ...names],
      message: `nothing keeps (${names.join(", ")}) of ${name} unique any more: ON CONFLICT (${names.join(", ")}) fails with 42P10`,
    })
  }
  return verdicts
}

function changed(name: string, column: string, was: ColumnFacts, now: ColumnFacts): CatalogVerdict[] {
  if (mustBeGiven(now) && was.notNull && was.default !== null && was.identity === "")
    return [mustGive(name, column)]
  if (isOtherDefault(was, now)) {
    return [
      {
        rule: "writes-narrowed",
        relation: name,
        names: [column, bareName(name)],
        message: `INSERTs that leave out ${name}.${column} get ${now.default} for it, no longer ${was.default}`,
      },
    ]
  }
  const generated = was.generated === "" && now.generated !== ""
  if (!generated && !(was.identity !== "a" && now.identity === "a")) return []
  return [
    {
      rule: "writes-narrowed",
      relation: name,
      names: [column, bareName(name)],
      message: `${name}.${column} takes no values any more: INSERTs that give one fail with 428C9`,
    },
  ]
}

function mustBeGiven({ notNull, default: value, identity, generated }: ColumnFacts): boolean {
  return notNull && value === null && identity === "" && generated === ""
}

function mustGive(name: string, column: string): CatalogVerdict {
  return {
    rule: "column-must-be-given",
    relation: name,
    names: [column, bareName(name)],
    message: `${name}.${column} is NOT NULL and has no default: INSERTs of code that does not know it fail with 23502`,
  }
}

function names(before: Facts, after: Facts): CatalogVerdict[] {
  const functions = Object.entries(before.functions)
    .filter(([, was]) => !Object.values(after.functions).some((now) => answers(now, was)))
    .map(([signature]) => signature)
    .map((signature) => gone(signature, "function", [bareName(signature.replace(/\(.*$/s, ""))]))
  const labels = Object.entries(before.enums).flatMap(([type, was]) => {
    const now = after.enums[type]
    const missing = was.filter((label) => now !== undefined && !now.includes(label))
    return missing.map((label) => gone(`${type} '${label}'`, "enum label", [label, bareName(type)]))
  })
  const types = before.types
    .filter((type) => !after.types.includes(type))
    .map((type) => gone(type, "type", [bareName(type)]))
  const attributes = Object.entries(before.attributes).flatMap(([type, was]) => {
    const now = after.attributes[type]
    const missing = was.filter((attribute) => now !== undefined && !now.includes(attribute))
    return missing.map((attribute) => gone(`${type}.${attribute}`, "attribute", [attribute, bareName(type)]))
  })
  // A sequence that belongs to a column goes with it, and is named by its default alone.
  const alone = Object.entries(before.sequences)
    .filter(([sequence, { table }]) => table === null && after.sequences[sequence] === undefined)
    .map(([sequence]) => gone(sequence, "sequence", [bareName(sequence)]))
  return [...functions, ...labels, ...types, ...attributes, ...alone]
}

/** Whether calls of one function are calls of another: it has its name and more parameters at most, with defaults. */
function answers(now: FunctionFacts, was: FunctionFacts): boolean {
  return (
    now.name === was.name &&
    now.result === was.result &&
    was.parameters.every((type, index) => now.parameters[index] === type) &&
    now.required <= was.parameters.length
  )
}

/** `setval` and the like, by what the sequence would give next. */
function restarted(before: Facts, after: Facts): CatalogVerdict[] {
  return Object.entries(after.sequences).flatMap(([name, now]): CatalogVerdict[] => {
    const was = before.sequences[name]
    if (was === undefined || was.next === null || now.next === null || now.next >= was.next) return []
    if (now.largest !== null && now.next > now.largest) return []
    return [
      {
        rule: "sequence-restarted",
        ...(now.table === null ? {} : { relation: now.table }),
        names: [bareName(name)],
        message: `${name} gives ${now.next} next, and gave ${was.next} before`,
      },
    ]
  })
}
