import type { Catalog, CatalogObject } from "../catalog/catalog.ts"
import { type CatalogIndex, indexCatalog } from "../catalog/catalog-index.ts"
import { keepAs } from "../catalog/keep.ts"
import { leaveOut } from "../catalog/leave-out.ts"
import { nullable } from "../catalog/loosen.ts"
import { type Connection, ServerError } from "../db/connection.ts"
import { ToolError } from "../diagnostic.ts"
import { diff } from "../diff/diff.ts"
import { type SequenceOptions, sequenceOptions } from "../kinds/sequence-options.ts"
import { beside, castBetween, custom, keepInStep, letGo, type Successor } from "../plan/in-step.ts"
import type { PlannedStep } from "../plan/plan.ts"
import type { Rename } from "../plan/renames.ts"
import { quoteLiteral } from "../sql/identifier.ts"
import { renamedIn } from "../sql/renamed-in.ts"
import { canBeTied } from "./succession-ties.ts"

/** A column that another one takes the place of, over several deploys. */
export interface Succession {
  readonly successor: Successor
  /** The new column takes the name of the old one at the switch. */
  readonly isSameName: boolean
  /** Adds the new column, without a value that anybody would have given. */
  addColumn(at: Catalog): Catalog
  /** Indexes that the new column has before anybody reads it. */
  readonly indexes: readonly PlannedStep[]
  /** A catalog while both are there: what uses the old one stays as it is. */
  meanwhile(catalog: Catalog, at: Catalog): Catalog
  /**
   * The switch, once no code of before serves: the old column is nobody's any more. Constraints are let go behind `end`,
   * and taken over in front of `settle`.
   */
  readonly end: readonly PlannedStep[]
  readonly swap: readonly PlannedStep[]
  readonly settle: readonly PlannedStep[]
  /** The way back, with the constraints in between. */
  readonly unsettle: readonly PlannedStep[]
  readonly swapBack: readonly PlannedStep[]
}

export interface Asked {
  /** Columns that get their new name beside the old one. */
  readonly renames: readonly Rename[]
  /** Columns whose type changes in place. */
  readonly inPlace: readonly string[]
}

/**
 * Finds the columns that change over several deploys: those that are renamed so, and those whose new type would have
 * every row of their table written again while nobody can read it.
 *
 * A type changes in place nevertheless where more than indexes and a default hangs on the column.
 *
 * @throws ToolError `invalid-rename` where a column cannot be renamed like that
 */
export async function findSuccessions(
  connection: Connection,
  at: Catalog,
  wanted: Catalog,
  { renames, inPlace }: Asked,
): Promise<readonly Succession[]> {
  const [source, target] = [indexCatalog(at), indexCatalog(wanted)]
  const found = renames.map((rename) => renamed(rename, source, target))
  for (const change of diff(at, wanted)) {
    if (change.type !== "alter" || change.after.kind !== "column") continue
    const { before, after } = change
    if (!change.properties.includes("dataType") || inPlace.includes(before.identity)) continue
    if (!isSimple(before, source) || !isSimple(after, target)) continue
    if (!staysTied(before, after, source, target)) continue
    if (await needsRewrite(connection, before, after)) found.push(retyped(before, after, source, target))
  }
  return found
}

function renamed(rename: Rename, source: CatalogIndex, target: CatalogIndex): Succession {
  const old = source.get(rename.from)
  const fresh = target.catalog.objects.find(
    ({ kind, name, parent }) =>
      kind === "column" && name === rename.newName && parent?.identity === rename.table,
  )
  if (old === undefined || fresh === undefined || !isPlain(old, source) || !isPlain(fresh, target)) {
    throw new ToolError(
      "invalid-rename",
      `${rename.table}.${rename.oldName} cannot be renamed beside the old name`,
      {
        hint: "it is a key, counts up, is computed, or its table is partitioned or has heirs: rename it now (without --rename-as)",
        subject: rename.from,
      },
    )
  }
  return succession(old, fresh, rename.newName, source, target)
}

function retyped(
  before: CatalogObject,
  after: CatalogObject,
  source: CatalogIndex,
  target: CatalogIndex,
): Succession {
  return succession(before, after, beside(before.name, "new"), source, target)
}

/** @param freshName what the new column is called until the switch */
function succession(
  old: CatalogObject,
  fresh: CatalogObject,
  freshName: string,
  source: CatalogIndex,
  target: CatalogIndex,
): Succession {
  const table = old.parent?.identity ?? ""
  const isSameName = old.name === fresh.name
  const typeOf = ({ properties }: CatalogObject) => String(properties.dataType)
  const successor: Successor = {
    table,
    old: { name: old.name, type: typeOf(old) },
    fresh: { name: freshName, type: typeOf(fresh) },
  }
  const users = source.dependents(old.id).map(({ from }) => from)
  const alter = (rest: string) => custom(`alter table ${table} ${rest}`)
  const oldName = isSameName ? beside(old.name, "old") : old.name
  const defaultOf = (column: CatalogObject, index: CatalogIndex) =>
    index.dependents(column.id).flatMap(({ from }) => {
      const value = index.get(from)
      return value?.kind === "default" ? [String(value.properties.expression)] : []
    })
  const [oldValue] = defaultOf(old, source)
  const [freshValue] = defaultOf(fresh, target)
  const counted = isSameName ? countedOf(old, fresh, source) : nothing
  const indexes = isSameName
    ? users.flatMap((id) => indexBeside(id, old.name, freshName, source, target))
    : []
  return {
    successor,
    isSameName,
    addColumn: (at) => withColumn(at, old, fresh, freshName, table),
    indexes: indexes.map(({ build }) => build),
    meanwhile(catalog, at) {
      const kept = new Set(isSameName ? [old.id, ...users] : users)
      const both = keepAs(at, catalog, new Set([...kept].filter((id) => indexCatalog(at).has(id))))
      return isSameName
        ? both
        : leaveOut(both, ({ kind, parent }) => kind === "default" && parent?.id === fresh.id)
    },
    end: letGo(successor),
    swap: [
      ...counted.release,
      ...(oldValue === undefined ? [] : [alter(`alter column ${old.name} drop default`)]),
      ...(old.properties.notNull === true ? [alter(`alter column ${old.name} drop not null`)] : []),
      ...(isSameName
        ? [
            alter(`rename column ${old.name} to ${oldName}`),
            alter(`rename column ${freshName} to ${fresh.name}`),
          ]
        : []),
      ...(freshValue === undefined ? [] : [alter(`alter column ${fresh.name} set default ${freshValue}`)]),
      ...indexes.flatMap(({ swap }) => swap),
    ],
    settle: counted.take,
    unsettle: counted.releaseBack,
    swapBack: [
      ...indexes.flatMap(({ swapBack }) => swapBack),
      ...(freshValue === undefined ? [] : [alter(`alter column ${fresh.name} drop default`)]),
      ...(isSameName
        ? [
            alter(`rename column ${fresh.name} to ${freshName}`),
            alter(`rename column ${oldName} to ${old.name}`),
          ]
        : []),
      custom(
        `update ${table} set ${old.name} = ${freshName}${castBetween(typeOf(fresh), typeOf(old))} where ${old.name} is null and ${freshName} is not null`,
      ),
      ...(oldValue === undefined ? [] : [alter(`alter column ${old.name} set default ${oldValue}`)]),
      ...(old.properties.notNull === true ? [alter(`alter column ${old.name} set not null`)] : []),
      ...counted.takeBack,
      ...keepInStep(successor),
    ],
  }
}

/** The catalog with the new column, which may be null and has no default: rows of before have to be told apart. */
function withColumn(
  at: Catalog,
  old: CatalogObject,
  fresh: CatalogObject,
  name: string,
  table: string,
): Catalog {
  const { comment: _, grants: __, ...bare } = fresh
  const column: CatalogObject = {
    ...bare,
    id: `table column ${table}.${name}`,
    identity: `${table}.${name}`,
    name,
    properties: { ...fresh.properties, ...nullable, ...notCounted },
  }
  const parent = old.parent?.id ?? ""
  return {
    ...at,
    objects: [...at.objects, column].sort((a, b) => (a.id < b.id ? -1 : 1)),
    dependencies: [...at.dependencies, { from: column.id, to: parent, type: "owned" }],
  }
}

interface IndexBeside {
  readonly build: PlannedStep
  readonly swap: readonly PlannedStep[]
  readonly swapBack: readonly PlannedStep[]
}

/** The same index over the new column, where the index stays. */
function indexBeside(
  id: string,
  column: string,
  freshColumn: string,
  source: CatalogIndex,
  target: CatalogIndex,
): readonly IndexBeside[] {
  const index = source.get(id)
  if (index?.kind !== "index" || !target.has(id)) return []
  const [fresh, old] = [beside(index.name, "new"), beside(index.name, "old")]
  const schema = index.identity.slice(0, index.identity.length - index.name.length)
  const [, create = "", rest = ""] =
    /^(CREATE (?:UNIQUE )?INDEX) .*? (ON .*)$/s.exec(String(index.properties.definition)) ?? []
  const rename = (from: string, to: string) => custom(`alter index ${schema}${from} rename to ${to}`)
  return [
    {
      build: custom(`${create} CONCURRENTLY ${fresh} ${renamedIn(rest, column, freshColumn)}`, "forbidden"),
      swap: [rename(index.name, old), rename(fresh, index.name)],
      swapBack: [rename(index.name, fresh), rename(old, index.name)],
    },
  ]
}

/** What makes a column count up moves to its successor with its last value. */
interface Counted {
  readonly release: readonly PlannedStep[]
  readonly take: readonly PlannedStep[]
  readonly releaseBack: readonly PlannedStep[]
  readonly takeBack: readonly PlannedStep[]
}

const nothing: Counted = { release: [], take: [], releaseBack: [], takeBack: [] }

const notCounted = { identityKind: null, sequence: null, sequenceOptions: null, sequencePersistence: null }

function countedOf(old: CatalogObject, fresh: CatalogObject, source: CatalogIndex): Counted {
  const owner = usersOf(old, source).find(({ kind }) => kind === "sequence owner")
  if (owner !== undefined) {
    const own = [custom(`alter sequence ${owner.properties.sequence} owned by ${old.identity}`)]
    return { release: [], take: own, releaseBack: [], takeBack: own }
  }
  if (old.properties.identityKind === null) return nothing
  const [before, after] = [old, fresh].map((column) => identityOf(column))
  if (before === undefined || after === undefined) return nothing
  return {
    release: before.drop,
    take: [after.add, before.resume(after.sequence)],
    releaseBack: after.drop,
    takeBack: [before.add, after.resume(before.sequence)],
  }
}

/** An identity ends with its sequence, whose value has to outlive it. */
function identityOf({ name, parent, properties }: CatalogObject) {
  const { identityKind, sequenceOptions: options } = properties
  const sequence = String(properties.sequence)
  const setting = quoteLiteral(`lockstep.${sequence.replaceAll(/\W/g, "_").toLowerCase()}`)
  const alter = (rest: string) => custom(`alter table ${parent?.identity} alter column ${name} ${rest}`)
  const part = (place: number) =>
    `pg_catalog.split_part(pg_catalog.current_setting(${setting}), ' ', ${place})`
  return {
    sequence,
    drop: [
      custom(
        `select pg_catalog.set_config(${setting}, last_value || ' ' || is_called, false) from ${sequence}`,
      ),
      alter("drop identity"),
    ],
    add: alter(
      `add generated ${identityKind} as identity (sequence name ${sequence} ${sequenceOptions(options as SequenceOptions)})`,
    ),
    resume: (other: string) =>
      custom(`select pg_catalog.setval(${quoteLiteral(other)}, ${part(1)}::bigint, ${part(2)}::boolean)`),
  }
}

/** A column with values of its own, of a table that stands alone. */
function isPlain(column: CatalogObject, index: CatalogIndex): boolean {
  if (!isOwn(column, index) || column.properties.identityKind) return false
  return usersOf(column, index).every(
    ({ kind, properties }) =>
      properties.contype !== "primary key" &&
      !(kind === "default" && /\bnextval\(/.test(String(properties.expression))) &&
      !(kind === "sequence owner"),
  )
}

function isOwn(column: CatalogObject, index: CatalogIndex): boolean {
  const { generated, origin } = column.properties
  return !generated && origin === "here" && standsAlone(index.get(column.parent?.id ?? ""), index)
}

/** Neither partitioned nor a partition, and inherited by none. */
function standsAlone(table: CatalogObject | undefined, index: CatalogIndex): boolean {
  if (table?.kind !== "table" || table.properties.partitionKey) return false
  return !index.catalog.objects.some(
    ({ kind, properties, parent }) =>
      (kind === "table" &&
        (properties.inherits as readonly string[] | undefined)?.includes(table.identity)) ||
      (kind === "partition attachment" && parent?.id === table.id),
  )
}

/** One on which nothing hangs that would have to be made again with its type. */
function isSimple(column: CatalogObject, index: CatalogIndex): boolean {
  if (!isOwn(column, index)) return false
  const users = usersOf(column, index)
  // What counts up has no nulls; a primary key proves that without looking at all rows again.
  if (column.properties.identityKind && !users.some(({ properties }) => properties.contype === "primary key"))
    return false
  return users.every((user) => {
    if (user.kind === "index") return !user.properties.replicaIdentity && !user.properties.clustered
    if (user.kind === "constraint")
      return (
        canBeTied(user) && standsAlone(index.get(user.parent?.id ?? ""), index) && refersToSimple(user, index)
      )
    return ["default", "sequence owner", "sequence"].includes(user.kind)
  })
}

/** Both ends of a foreign key stand alone. */
function refersToSimple(constraint: CatalogObject, index: CatalogIndex): boolean {
  return index.needs(constraint.id).every(({ to }) => {
    const table = index.get(index.get(to)?.parent?.id ?? "")
    return table === undefined || standsAlone(table, index)
  })
}

/** Whether what hangs on a column hangs on it afterwards, too. */
function staysTied(before: CatalogObject, after: CatalogObject, source: CatalogIndex, target: CatalogIndex) {
  const isLasting = ({ kind }: CatalogObject) => ["constraint", "sequence owner"].includes(kind)
  const ids = (column: CatalogObject, index: CatalogIndex) =>
    usersOf(column, index)
      .filter(isLasting)
      .map(({ id }) => id)
      .sort()
      .join()
  return (
    ids(before, source) === ids(after, target) &&
    (before.properties.identityKind === null) === (after.properties.identityKind === null)
  )
}

function usersOf(column: CatalogObject, index: CatalogIndex): readonly CatalogObject[] {
  return index.dependents(column.id).flatMap(({ from }) => index.get(from) ?? [])
}

/**
 * Asks the server, with an empty copy of the table, whether it would write all rows again; and whether both types can
 * be cast to each other and compared, without which they cannot be kept the same.
 */
async function needsRewrite(
  connection: Connection,
  before: CatalogObject,
  after: CatalogObject,
): Promise<boolean> {
  const [old, fresh] = [before, after].map(({ properties }) => String(properties.dataType))
  const copy = "pg_temp.lockstep_copy"
  const file = `select pg_catalog.pg_relation_filenode('${copy}'::regclass)::text as file`
  try {
    await connection.run(
      `begin; create temporary table lockstep_copy (c ${old});
       select null::${fresh} is distinct from null::${old}::${fresh}, null::${fresh}::${old}`,
    )
    const [first] = await connection.query<{ file: string }>(file)
    await connection.run(`alter table ${copy} alter column c type ${fresh} using c::${fresh}`)
    const [second] = await connection.query<{ file: string }>(file)
    return first?.file !== second?.file
  } catch (error) {
    if (error instanceof ServerError) return false
    throw error
  } finally {
    await connection.run("rollback")
  }
}
