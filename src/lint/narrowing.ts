import type { ColumnFacts, Facts, RelationFacts } from "../prove/facts.ts"
import type { Verdict } from "./finding.ts"

/** A verdict on what all statements together have made of the catalog. */
export interface CatalogVerdict extends Verdict {
  /** Names by which the statement can be found that did it, the most telling first. */
  readonly names: readonly string[]
}

export interface NarrowingOptions {
  readonly before: Facts
  readonly after: Facts
  /** Queries were proven: what they do not use may go. */
  readonly proven: boolean
  /** They were proven as a role that row security applies to. */
  readonly asRole: boolean
}

/** Finds what queries of before can no longer do, by the names that they use. */
export function judgeCatalogs({
  before,
  after,
  proven,
  asRole,
}: NarrowingOptions): readonly CatalogVerdict[] {
  const verdicts: CatalogVerdict[] = []
  for (const [name, was] of Object.entries(before.relations)) {
    const now = after.relations[name]
    if (now === undefined) {
      if (!proven) verdicts.push(gone(name, kindNames[was.kind] ?? "relation", [bare(name)]))
      continue
    }
    verdicts.push(...always(name, was, now, proven && asRole))
    if (!proven) verdicts.push(...unproven(name, was, now))
  }
  verdicts.push(...restarted(before, after))
  if (!proven) verdicts.push(...names(before, after))
  // A superuser's queries prove nothing of what others may do.
  if (!proven || !asRole) verdicts.push(...privileges(before, after))
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
      names: [bare(name)],
      message: `${name} is published and nothing identifies its rows any more: UPDATE and DELETE fail with 55000`,
    })
  }
  const hides = (facts: RelationFacts) => facts.rowSecurity && facts.policies === 0
  if (hides(now) && !hides(was) && !securityProven) {
    verdicts.push({
      rule: "row-security-without-policy",
      relation: name,
      names: [bare(name)],
      message: `row security is on for ${name} and no policy lets anybody but its owner see a row`,
    })
  }
  return verdicts
}

function unproven(name: string, was: RelationFacts, now: RelationFacts): CatalogVerdict[] {
  const verdicts: CatalogVerdict[] = []
  for (const [column, old] of Object.entries(was.columns)) {
    const current = now.columns[column]
    if (current === undefined) verdicts.push(gone(`${name}.${column}`, "column", [column, bare(name)]))
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
  return verdicts
}

function changed(name: string, column: string, was: ColumnFacts, now: ColumnFacts): CatalogVerdict[] {
  if (mustBeGiven(now) && was.notNull && was.default !== null && was.identity === "")
    return [mustGive(name, column)]
  const generated = was.generated === "" && now.generated !== ""
  if (!generated && !(was.identity !== "a" && now.identity === "a")) return []
  return [
    {
      rule: "writes-narrowed",
      relation: name,
      names: [column, bare(name)],
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
    names: [column, bare(name)],
    message: `${name}.${column} is NOT NULL and has no default: INSERTs of code that does not know it fail with 23502`,
  }
}

function names(before: Facts, after: Facts): CatalogVerdict[] {
  const functions = Object.keys(before.functions)
    .filter((signature) => after.functions[signature] !== before.functions[signature])
    .map((signature) => gone(signature, "function", [bare(signature.replace(/\(.*$/s, ""))]))
  const labels = Object.entries(before.enums).flatMap(([type, was]) => {
    const now = after.enums[type]
    const missing = was.filter((label) => now !== undefined && !now.includes(label))
    return missing.map((label) => gone(`${type} '${label}'`, "enum label", [label, bare(type)]))
  })
  return [...functions, ...labels]
}

function privileges(before: Facts, after: Facts): CatalogVerdict[] {
  return Object.entries(before.privileges).flatMap(([key, was]): CatalogVerdict[] => {
    const [role = "", relation = ""] = splitOnce(key)
    const now = after.privileges[key]
    if (after.relations[relation] === undefined || now === undefined || was === "") return []
    const kept = new Set(now.split(","))
    const lost = was.split(",").filter((privilege) => !kept.has(privilege))
    if (lost.length === 0) return []
    return [
      {
        rule: "privilege-lost",
        relation,
        names: [role, bare(relation)],
        message: `${role} may no longer ${lost.join(", ")} ${relation}: its queries fail with 42501`,
      },
    ]
  })
}

function splitOnce(key: string): readonly [string, string] {
  // The relation is the last word; a quoted role may hold blanks.
  const at = key.search(/ (?:[^" ]|"[^"]*")+$/)
  return [key.slice(0, at), key.slice(at + 1)]
}

/** `setval` and the like, by what the sequence would give next. */
function restarted(before: Facts, after: Facts): CatalogVerdict[] {
  return Object.entries(after.sequences).flatMap(([name, now]): CatalogVerdict[] => {
    const was = before.sequences[name]
    if (was === undefined || now.next >= was.next) return []
    if (now.largest !== null && now.next > now.largest) return []
    return [
      {
        rule: "sequence-restarted",
        ...(now.table === null ? {} : { relation: now.table }),
        names: [bare(name)],
        message: `${name} gives ${now.next} next, and gave ${was.next} before`,
      },
    ]
  })
}

/** `public."Orders"` as a parse tree has it: `Orders`. */
function bare(name: string): string {
  return (/("(?:[^"]|"")*"|[^."]+)$/.exec(name)?.[1] ?? name).replace(/^"(.*)"$/s, "$1").replaceAll('""', '"')
}
