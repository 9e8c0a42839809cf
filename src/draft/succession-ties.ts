import type { CatalogObject } from "../catalog/catalog.ts"
import type { CatalogIndex } from "../catalog/catalog-index.ts"
import { beside, custom, type Successor } from "../plan/in-step.ts"
import type { PlannedStep } from "../plan/plan.ts"
import { quoteIdentifier } from "../sql/identifier.ts"
import { renamedIn } from "../sql/renamed-in.ts"

/**
 * A constraint over a column that another one takes the place of. A second one of the same meaning is built over the new
 * column while nobody waits for it, and takes the name of the first at the switch.
 */
export interface Tie {
  /** Identities of the tables that the switch locks for it. */
  readonly tables: readonly string[]
  /** Outside of a transaction. */
  readonly build: readonly PlannedStep[]
  /** In a transaction, for the rows to come; and in a later one, for those that are there. */
  readonly add: readonly PlannedStep[]
  readonly validate: readonly PlannedStep[]
  /** Before the columns change their names, and after it. */
  readonly release: readonly PlannedStep[]
  readonly take: readonly PlannedStep[]
  /** The way back: the same around the columns' way back. */
  readonly releaseBack: readonly PlannedStep[]
  readonly takeBack: readonly PlannedStep[]
}

/**
 * Whether a constraint can be tied to another column like that: a key that is checked at once, a foreign key or check of
 * a table that stands alone.
 */
export function canBeTied({ kind, properties }: CatalogObject): boolean {
  if (kind !== "constraint" || properties.clustered || properties.replicaIdentity) return false
  const definition = String(properties.definition)
  switch (properties.contype) {
    case "primary key":
    case "unique":
      return keyForm.test(definition)
    case "foreign key":
      return foreignForm.test(definition) && !/ NOT ENFORCED$/.test(definition)
    case "check":
      return !/ (NO INHERIT|NOT VALID|NOT ENFORCED)$/.test(definition)
    default:
      return false
  }
}

/** Returns what there is to do about the constraints on the columns that get successors. */
export function tiesOf(successors: readonly Successor[], source: CatalogIndex): readonly Tie[] {
  const ids = new Set(
    successors.flatMap(({ table, old }) => {
      const column = source.get(`table column ${table}.${old.name}`)
      return column === undefined ? [] : source.dependents(column.id).map(({ from }) => from)
    }),
  )
  const constraints = [...ids]
    .flatMap((id) => source.get(id) ?? [])
    .filter(({ kind }) => kind === "constraint")
  const keys = constraints.filter(({ properties }) => properties.index !== null)
  const others = constraints.filter(({ properties }) => properties.index === null)
  // A foreign key goes before the key that it refers to, and comes after it.
  return [
    ...keys.map((constraint) => keyTie(constraint, successors)),
    ...others.map((constraint) =>
      constraint.properties.contype === "check"
        ? checkTie(constraint, successors)
        : foreignTie(constraint, successors),
    ),
  ]
}

const keyForm = /^(PRIMARY KEY|UNIQUE)( NULLS NOT DISTINCT)? \(([^()]*)\)$/

function keyTie(constraint: CatalogObject, successors: readonly Successor[]): Tie {
  const { name, properties } = constraint
  const table = constraint.parent?.identity ?? ""
  const [, type = "", nulls = "", columns = ""] = keyForm.exec(String(properties.definition)) ?? []
  const fresh = beside(name, "new")
  const index = `unique index ${fresh} on ${table} (${renamedAll(columns, table, successors)})${nulls.toLowerCase()}`
  const filled =
    type === "PRIMARY KEY"
      ? successors.filter((each) => each.table === table && isIn(columns, each.old.name))
      : []
  const notNull = ({ fresh: { name: column } }: Successor) => {
    const check = quoteIdentifier(`lockstep not null ${column.replaceAll('"', "")}`.slice(0, 63))
    return {
      check,
      add: alter(table, `add constraint ${check} check (${column} is not null) not valid`),
      validate: alter(table, `validate constraint ${check}`),
    }
  }
  return {
    tables: [table],
    build: [custom(`create ${index.replace("unique index", "unique index concurrently")}`, "forbidden")],
    add: filled.map((each) => notNull(each).add),
    validate: filled.map((each) => notNull(each).validate),
    release: [alter(table, `drop constraint ${name}`)],
    take: [
      ...filled.flatMap((each) => [
        alter(table, `alter column ${each.old.name} set not null`),
        alter(table, `drop constraint ${notNull(each).check}`),
      ]),
      alter(table, `add constraint ${name} ${type.toLowerCase()} using index ${fresh}`),
    ],
    releaseBack: [
      alter(table, `drop constraint ${name}`),
      ...filled.map(({ old }) => alter(table, `alter column ${old.name} drop not null`)),
    ],
    takeBack: [
      alter(table, `add constraint ${name} ${properties.definition}`),
      custom(`create ${index}`),
      ...filled.map((each) => notNull(each).add),
    ],
  }
}

const foreignForm = /^FOREIGN KEY \(([^()]*)\) REFERENCES ([^()]+)\(([^()]*)\)(.*)$/s

function foreignTie(constraint: CatalogObject, successors: readonly Successor[]): Tie {
  const { name, properties } = constraint
  const table = constraint.parent?.identity ?? ""
  const old = String(properties.definition).replace(/ NOT VALID$/, "")
  const [, columns = "", other = "", referred = "", rest = ""] = foreignForm.exec(old) ?? []
  const fresh = beside(name, "new")
  const definition =
    `FOREIGN KEY (${renamedAll(columns, table, successors)}) REFERENCES ` +
    `${other}(${renamedAll(referred, other, successors)})${renamedAll(rest, table, successors)}`
  const add = alter(table, `add constraint ${fresh} ${definition}`)
  return {
    tables: [table, other],
    build: [],
    add: [{ ...add, sql: `${add.sql} not valid` }],
    validate: [alter(table, `validate constraint ${fresh}`)],
    release: [alter(table, `drop constraint ${name}`)],
    take: [alter(table, `rename constraint ${fresh} to ${name}`)],
    releaseBack: [alter(table, `drop constraint ${name}`)],
    takeBack: [alter(table, `add constraint ${name} ${properties.definition}`), add],
  }
}

function checkTie(constraint: CatalogObject, successors: readonly Successor[]): Tie {
  const { name, properties } = constraint
  const table = constraint.parent?.identity ?? ""
  const fresh = beside(name, "new")
  const definition = renamedAll(String(properties.definition), table, successors)
  const add = alter(table, `add constraint ${fresh} ${definition}`)
  return {
    tables: [table],
    build: [],
    add: [{ ...add, sql: `${add.sql} not valid` }],
    validate: [alter(table, `validate constraint ${fresh}`)],
    release: [alter(table, `drop constraint ${name}`)],
    take: [alter(table, `rename constraint ${fresh} to ${name}`)],
    releaseBack: [alter(table, `rename constraint ${name} to ${fresh}`)],
    takeBack: [alter(table, `add constraint ${name} ${properties.definition}`)],
  }
}

function renamedAll(text: string, table: string, successors: readonly Successor[]): string {
  return successors
    .filter((each) => each.table === table)
    .reduce((renamed, { old, fresh }) => renamedIn(renamed, old.name, fresh.name), text)
}

function isIn(columns: string, name: string): boolean {
  return columns.split(", ").includes(name)
}

function alter(table: string, rest: string): PlannedStep {
  return custom(`alter table ${table} ${rest}`)
}
