import type { Catalog, CatalogObject } from "../catalog/catalog.ts"
import { type CatalogIndex, indexCatalog } from "../catalog/catalog-index.ts"
import { kindOf } from "../kinds/all.ts"
import type { Kind } from "../kinds/kind.ts"
import { withSuffix, writtenName } from "../sql/written-name.ts"
import { changesType, setsNotNull } from "./alter-column.ts"
import type { PlannedStep } from "./plan.ts"

/** Steps that run together: in one transaction, or, where they cannot, one by one. */
export interface Stage {
  readonly transaction: "allowed" | "forbidden"
  readonly steps: readonly PlannedStep[]
}

/**
 * Rewrites the steps that would hold up readers or writers of a table that exists already while they work through
 * its rows, and parts the plan into stages. The catalog that it leads to stays the same.
 *
 * - an index is built, and dropped, CONCURRENTLY, in a stage of its own;
 * - an index that is replaced stays until the new one is built, so that queries always have one;
 * - a unique constraint or primary key takes over an index that was built CONCURRENTLY;
 * - a table that becomes a partition gets a check of the same meaning before, so that ATTACH need not look at its rows;
 * - a foreign key or check is added NOT VALID and validated in a later transaction;
 * - SET NOT NULL comes after a check of the same meaning was validated, so that it needs no look at the rows.
 *
 * Tables that the plan itself makes are empty and nobody's yet, and get none of this. Indexes of partitioned tables
 * cannot be built concurrently, and are left as they are.
 */
export function stagesOf(steps: readonly PlannedStep[], from: Catalog, to: Catalog): readonly Stage[] {
  if (steps.length === 0) return []
  const source = indexCatalog(from)
  const target = indexCatalog(to)
  const made = new Set(steps.filter(({ verb }) => verb === "create").map(({ object }) => object))
  const stages = new Stages(
    steps.filter(({ verb }) => verb === "set"),
    ({ object }) => (kindOfId(target, object)?.settings ?? []).length > 0,
  )
  const validations: PlannedStep[] = []
  const last: PlannedStep[] = []
  const replaced = replacedIndexes(steps, source, target, made)
  const nullable = columnsToBeFilled(steps)
  for (const step of steps) {
    if (step.verb === "set" || (step.verb === "drop" && replaced.has(step.object))) continue
    const busy = busyTable(step, source, target, made)
    const rewritten =
      busy === undefined
        ? undefined
        : replaced.has(step.object)
          ? replaceIndex(step, busy)
          : rewrite(step, busy, target, nullable)
    if (rewritten === undefined) {
      stages.add(step)
      continue
    }
    for (const before of rewritten.now) stages.add(before)
    for (const group of rewritten.apart ?? []) {
      stages.close()
      for (const each of group) stages.add(each)
    }
    validations.push(...(rewritten.validate ?? []))
    last.push(...(rewritten.last ?? []))
  }
  stages.close()
  for (const validation of validations) stages.add(validation)
  stages.close()
  for (const step of last) stages.add(step)
  return stages.finish()
}

/** Collects steps into stages: consecutive ones that may share a transaction do. */
class Stages {
  readonly #stages: Stage[] = []
  #open: PlannedStep[] = []
  /** Settings of the session, which every transaction needs anew. */
  readonly #settings: readonly PlannedStep[]

  readonly #needsSettings: (step: PlannedStep) => boolean

  constructor(settings: readonly PlannedStep[], needsSettings: (step: PlannedStep) => boolean) {
    this.#settings = settings
    this.#needsSettings = needsSettings
  }

  add(step: PlannedStep): void {
    if (step.transaction === "allowed") {
      this.#open.push(step)
      return
    }
    this.close()
    const previous = this.#stages.at(-1)
    if (previous?.transaction === "forbidden") {
      this.#stages[this.#stages.length - 1] = { ...previous, steps: [...previous.steps, step] }
    } else this.#stages.push({ transaction: "forbidden", steps: [step] })
  }

  /** What follows runs in another transaction. */
  close(): void {
    const settings = this.#open.some(this.#needsSettings) ? this.#settings : []
    if (this.#open.length > 0)
      this.#stages.push({ transaction: "allowed", steps: [...settings, ...this.#open] })
    this.#open = []
  }

  finish(): readonly Stage[] {
    this.close()
    return this.#stages
  }
}

function kindOfId(catalog: CatalogIndex, id: string): Kind | undefined {
  const object = catalog.get(id)
  return object === undefined ? undefined : kindOf(object)
}

/** The object of a step, and the table with rows in it that it works on. */
interface Busy {
  readonly object: CatalogObject
  readonly table: string
}

function busyTable(
  { verb, object: id }: PlannedStep,
  source: CatalogIndex,
  target: CatalogIndex,
  made: ReadonlySet<string>,
): Busy | undefined {
  const object = verb === "drop" ? source.get(id) : target.get(id)
  const parent = object?.parent
  const table = parent === undefined ? undefined : source.get(parent.id)
  if (object === undefined || parent === undefined || table === undefined || made.has(parent.id))
    return undefined
  const isPlain = table.kind === "table" && (table.properties.partitionKey ?? null) === null
  return isPlain || table.kind === "materialized view" ? { object, table: parent.identity } : undefined
}

interface Rewritten {
  readonly now: readonly PlannedStep[]
  /** For a transaction after all that is built. */
  readonly validate?: readonly PlannedStep[]
  /** For a transaction after the validations. */
  readonly last?: readonly PlannedStep[]
  /** Each in a transaction of its own, behind `now` and before all that follows in the plan. */
  readonly apart?: readonly (readonly PlannedStep[])[]
}

function rewrite(
  step: PlannedStep,
  { object, table }: Busy,
  target: CatalogIndex,
  nullable: ReadonlySet<string>,
): Rewritten | undefined {
  const { verb, sql } = step
  if (object.kind === "index") return rewriteIndex(step)
  if (object.kind === "constraint" && verb === "create" && sql.includes(" add constraint ")) {
    const early = target.needs(object.id).every(({ to }) => !nullable.has(to))
    return rewriteConstraint(step, object, table, early)
  }
  if (object.kind === "partition attachment" && verb === "create")
    return rewriteAttachment(step, object, table)
  if (object.kind === "column" && verb === "alter" && setsNotNull(sql)) {
    return rewriteNotNull(step, object, table)
  }
  return undefined
}

function rewriteIndex(step: PlannedStep): Rewritten | undefined {
  const sql = step.sql
    .replace(/^CREATE (UNIQUE )?INDEX /, "CREATE $1INDEX CONCURRENTLY ")
    .replace(/^drop index /, "drop index concurrently ")
  return sql === step.sql ? undefined : { now: [concurrent(step, sql)] }
}

/**
 * Returns the ids of the indexes that are dropped and made again, and that may stay in between: nothing happens to the
 * columns of their table.
 */
function replacedIndexes(
  steps: readonly PlannedStep[],
  source: CatalogIndex,
  target: CatalogIndex,
  made: ReadonlySet<string>,
): ReadonlySet<string> {
  const disturbed = new Set(
    steps.flatMap(({ verb, object, sql }) => {
      const column = verb === "drop" ? source.get(object) : target.get(object)
      const disturbs = verb === "drop" || verb === "move over" || changesType(sql)
      return column?.kind === "column" && disturbs ? (column.parent?.id ?? []) : []
    }),
  )
  const dropped = new Set(steps.filter(({ verb }) => verb === "drop").map(({ object }) => object))
  return new Set(
    steps
      .filter(({ object, sql }) => dropped.has(object) && /^CREATE (UNIQUE )?INDEX /.test(sql))
      .filter((step) => busyTable({ ...step, verb: "drop" }, source, target, new Set()) !== undefined)
      .map(({ object }) => object)
      .filter((id) => {
        const table = target.get(id)?.parent?.id ?? ""
        // What it uses, a function or a collation, cannot go while it is there.
        const isUsing = source.needs(id).some(({ to }) => dropped.has(to))
        return source.get(id)?.kind === "index" && !isUsing && !disturbed.has(table) && !made.has(table)
      }),
  )
}

const createIndex = new RegExp(`^(CREATE (?:UNIQUE )?INDEX) (${writtenName}) (ON .*)$`, "s")

/** Builds it under another name, swaps the names, and drops the old one. */
function replaceIndex(step: PlannedStep, { object }: Busy): Rewritten | undefined {
  const create = createIndex.exec(step.sql)
  if (create === null) return undefined
  const [fresh, old] = [withSuffix(object.name, "__new"), withSuffix(object.name, "__old")]
  const schema = object.identity.slice(0, object.identity.length - object.name.length)
  return {
    now: [
      concurrent(step, `${create[1]} CONCURRENTLY ${fresh} ${create[3]}`),
      { ...step, sql: `alter index ${object.identity} rename to ${old}` },
      { ...step, sql: `alter index ${schema}${fresh} rename to ${object.name}` },
      concurrent({ ...step, verb: "drop" }, `drop index concurrently ${schema}${old}`),
    ],
  }
}

/** Ids of the columns that SET NOT NULL is still to come for when everything else is done. */
function columnsToBeFilled(steps: readonly PlannedStep[]): ReadonlySet<string> {
  return new Set(steps.filter(({ sql }) => setsNotNull(sql)).map(({ object }) => object))
}

function concurrent(step: PlannedStep, sql: string): PlannedStep {
  return { ...step, sql, transaction: "forbidden" }
}

/** `early`: the columns of a primary key are NOT NULL already. */
function rewriteConstraint(
  step: PlannedStep,
  object: CatalogObject,
  table: string,
  early: boolean,
): Rewritten | undefined {
  const { contype, definition } = object.properties as {
    readonly contype: string
    readonly definition: string
  }
  const validate = { ...step, sql: `alter table ${table} validate constraint ${object.name}` }
  if (contype === "foreign key" || contype === "check") {
    if (/ NOT VALID$| NOT ENFORCED$/.test(definition)) return undefined
    return { now: [{ ...step, sql: `${step.sql} not valid` }], validate: [validate] }
  }
  const [, key = "", nulls = "", columns] =
    /^(PRIMARY KEY|UNIQUE)( NULLS NOT DISTINCT)? (\([^()]*\))$/.exec(definition) ?? []
  // A primary key would look through all rows for nulls; it waits until the columns are known to hold none.
  if (columns === undefined || (key === "PRIMARY KEY" && !early)) return undefined
  const build = `create unique index concurrently ${object.name} on ${table} ${columns}${nulls.toLowerCase()}`
  const take = `add constraint ${object.name} ${key.toLowerCase()} using index ${object.name}`
  return { now: [concurrent(step, build), { ...step, sql: `alter table ${table} ${take}` }] }
}

/** What a hash partition holds is said with the number of a table, which is another one in every database. */
function rewriteAttachment(step: PlannedStep, object: CatalogObject, table: string): Rewritten | undefined {
  const { rows } = object.properties as { readonly rows: string | null }
  if (rows === null || /satisfies_hash_partition/.test(rows) || !step.sql.includes(" attach partition ")) {
    return undefined
  }
  const check = `"lockstep partition"`
  const alter = (rest: string): PlannedStep => ({ ...step, sql: `alter table ${table} ${rest}` })
  return {
    now: [alter(`add constraint ${check} check (${rows}) not valid`)],
    apart: [[alter(`validate constraint ${check}`)], [step, alter(`drop constraint ${check}`)]],
  }
}

function rewriteNotNull(step: PlannedStep, object: CatalogObject, table: string): Rewritten {
  const check = `"lockstep not null ${object.name.replaceAll('"', "")}"`
  const alter = (rest: string): PlannedStep => ({ ...step, sql: `alter table ${table} ${rest}` })
  return {
    now: [alter(`add constraint ${check} check (${object.name} is not null) not valid`)],
    validate: [alter(`validate constraint ${check}`)],
    last: [step, alter(`drop constraint ${check}`)],
  }
}
