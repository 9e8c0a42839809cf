import type { Catalog, CatalogObject } from "../catalog/catalog.ts"
import { type CatalogIndex, indexCatalog } from "../catalog/catalog-index.ts"
import { type Connection, ServerError } from "../db/connection.ts"
import { seedOf } from "./values.ts"

/** Rows in tables that had none, on scratch: what a plan does to filled tables can be seen by them. */
export interface MadeUpRows {
  /** Identities of the tables that hold some. */
  readonly tables: ReadonlySet<string>
  /** Puts rows where some have been removed, as far as the tables still take them. */
  makeAgain(): Promise<void>
  /** Removes those of one table, or all of them. */
  remove(table?: string): Promise<void>
}

/**
 * Puts rows into tables that have none: two that differ only where they must, and one with as many nulls as may be; with
 * values that are as large as their types allow, or small ones where a constraint wants that. Triggers do not fire. A
 * table whose constraints cannot be met by guessing stays empty.
 *
 * @param tables identities
 */
export async function makeUpRows(
  connection: Connection,
  catalog: Catalog,
  tables: Iterable<string>,
): Promise<MadeUpRows> {
  const index = indexCatalog(catalog)
  const shapes = new Map<string, Shape>()
  for (const identity of tables) {
    const table = index.get(`table ${identity}`)
    if (table !== undefined && !(await hasRows(connection, identity)))
      shapes.set(identity, shapeOf(table, index))
  }
  const filled = new Set<string>()
  const rows: MadeUpRows = {
    tables: filled,
    async makeAgain() {
      await connection.run("set session_replication_role = replica")
      for (const [identity, shape] of shapes) {
        if (!filled.has(identity) && (await fill(connection, shape))) filled.add(identity)
      }
      await connection.run("reset session_replication_role")
    },
    async remove(table) {
      const gone = [...filled].filter((each) => table === undefined || !filled.has(table) || each === table)
      for (const each of gone) filled.delete(each)
      await connection.run("set session_replication_role = replica")
      // A table may be gone by now, or have another name.
      for (const each of gone) await tryEach(connection, [`delete from ${each}`])
      await connection.run("reset session_replication_role")
    },
  }
  await rows.makeAgain()
  return rows
}

/** False where none of the rows is taken. */
async function fill(connection: Connection, shape: Shape): Promise<boolean> {
  const taken = [
    await tryEach(connection, [rowOf(shape, 1, "large"), rowOf(shape, 1, "small")]),
    await tryEach(connection, [rowOf(shape, 2, "large"), rowOf(shape, 2, "small")]),
    await tryEach(connection, [rowOf(shape, 3, "none")]),
  ]
  return taken.includes(true)
}

async function hasRows(connection: Connection, table: string): Promise<boolean> {
  const rows = await connection.query(`select from ${table} limit 1`)
  return rows.length > 0
}

/** Runs the first of some statements that the server does not refuse; false where it refuses all. */
async function tryEach(connection: Connection, attempts: readonly string[]): Promise<boolean> {
  for (const sql of attempts) {
    try {
      await connection.run(sql)
      return true
    } catch (error) {
      if (!(error instanceof ServerError)) throw error
    }
  }
  return false
}

interface Shape {
  readonly table: string
  readonly columns: readonly ShapedColumn[]
  readonly enums: Readonly<Record<string, readonly string[]>>
}

interface ShapedColumn {
  readonly name: string
  readonly type: string
  readonly notNull: boolean
  /** No two rows may have the same. */
  readonly unique: boolean
  /** A row of the table that it refers to, as an expression. */
  readonly referred?: string
}

function shapeOf(table: CatalogObject, index: CatalogIndex): Shape {
  const parts = index.dependents(table.id).flatMap(({ from }) => index.get(from) ?? [])
  const unique = new Set(parts.filter(isUnique).flatMap(({ id }) => index.needs(id).map(({ to }) => to)))
  const referred = new Map(
    parts.flatMap((part) => {
      const [, column, other, key] =
        /^FOREIGN KEY \(([^,)]+)\) REFERENCES (\S+)\(([^,)]+)\)/.exec(String(part.properties.definition)) ??
        []
      return column === undefined ? [] : [[column, `(select ${key} from ${other} limit 1)`] as const]
    }),
  )
  const columns = parts
    .filter(({ kind, properties }) => kind === "column" && !properties.generated && !properties.identityKind)
    .filter(({ id }) => !countsUp(id, index))
    .map(({ id, name, properties }): ShapedColumn => {
      const other = referred.get(name)
      return {
        name,
        type: String(properties.dataType),
        notNull: properties.notNull === true,
        unique: unique.has(id),
        ...(other === undefined ? {} : { referred: other }),
      }
    })
  const enums = index.catalog.objects.flatMap(({ kind, identity, properties }) =>
    kind === "enum" ? [[identity, properties.labels as readonly string[]] as const] : [],
  )
  return { table: table.identity, columns, enums: Object.fromEntries(enums) }
}

function isUnique({ kind, properties: { contype, definition } }: CatalogObject): boolean {
  if (kind === "constraint") return contype === "primary key" || contype === "unique"
  return kind === "index" && /^CREATE UNIQUE /.test(String(definition))
}

/** Its values come from a sequence. */
function countsUp(column: string, index: CatalogIndex): boolean {
  return index.dependents(column).some(({ from }) => {
    const value = index.get(from)
    return value?.kind === "default" && String(value.properties.expression).includes("nextval(")
  })
}

function rowOf({ table, columns, enums }: Shape, place: number, size: "large" | "small" | "none"): string {
  if (columns.length === 0) return `insert into ${table} default values`
  const values = columns.map(({ type, notNull, unique, referred }) => {
    if (referred !== undefined) return notNull ? referred : "null"
    if (size === "none" && !notNull) return "null"
    return valueFor(type, unique ? place : 1, size === "large", enums)
  })
  return `insert into ${table} (${columns.map(({ name }) => name).join(", ")}) values (${values.join(", ")})`
}

const largest: Readonly<Record<string, bigint>> = {
  smallint: 32_767n,
  integer: 2_147_483_647n,
  bigint: 9_223_372_036_854_775_807n,
}

function valueFor(type: string, place: number, isLarge: boolean, enums: Shape["enums"]): string {
  const most = largest[type]
  if (most !== undefined) return isLarge ? String(most - BigInt(place)) : String(place)
  const text = /^(?:text|character varying|character|citext)(?:\((\d+)\))?$/.exec(type)
  if (text !== null) {
    const longest = isLarge ? Math.min(Number(text[1] ?? 300), 2_000) : 1
    return `'${String.fromCharCode(96 + place).repeat(longest)}'`
  }
  const [, digits, scale] = /^numeric\((\d+),(\d+)\)$/.exec(type) ?? []
  if (digits !== undefined && isLarge)
    return `${"9".repeat(Number(digits) - Number(scale)) || "0"}::numeric - ${place}`
  if (/^(?:numeric|real|double precision)/.test(type)) return `${place}.5`
  return seedOf(type, { enums, domains: {} }, place)
}
