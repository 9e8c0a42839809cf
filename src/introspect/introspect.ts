import type { Catalog, CatalogObject, Grant, Reference } from "../catalog/catalog.ts"
import { compareText } from "../compare-text.ts"
import type { Connection } from "../db/connection.ts"
import { recordShape } from "../db/record-shape.ts"
import { allKinds } from "../kinds/all.ts"
import { type Kind, type ObjectRow, objectRowColumns } from "../kinds/kind.ts"
import { addressOf } from "./address.ts"
import { refuseUnmodelled, type UnmodelledRow, unmodelledQuery } from "./coverage.ts"
import { dependenciesOf, dependencyQuery, type EdgesRow, edgesOf, standInOf } from "./dependencies.ts"
import { type CommentRow, facetQueries, facetsOf, type LabelRow } from "./facets.ts"
import {
  type DefaultPrivilegesRow,
  defaultGrantsQuery,
  defaultPrivilegesQuery,
  type GrantDefaultsRow,
  readDefaultPrivileges,
  readGrantDefaults,
  readGrants,
} from "./grants.ts"
import { objectQuery, opening } from "./reading.ts"
import { type ScopeOptions, scopeOf } from "./scope.ts"

export interface IntrospectOptions extends ScopeOptions {
  /**
   * What to do about objects that Lockstep has no kind for: `fail` throws `unmodelled-object`, `ignore` leaves them
   * out. Default: `fail`.
   */
  readonly unmodelled?: "fail" | "ignore"
}

/**
 * Reads the whole structure of a database, in one read-only snapshot and one round trip.
 *
 * Leaves out what belongs to extensions and to the server, and the schemas that are excluded. The connection must not
 * be in a transaction.
 *
 * @throws ToolError `unmodelled-object`
 */
export async function introspect(connection: Connection, options: IntrospectOptions = {}): Promise<Catalog> {
  const scope = scopeOf(connection.serverVersion, options)
  const parts = [
    ...allKinds.map((kind) => objectQuery(kind, scope)),
    dependencyQuery(allKinds, scope),
    facetQueries.comments,
    facetQueries.labels,
    defaultGrantsQuery(scope),
    defaultPrivilegesQuery,
    unmodelledQuery(scope),
    "select current_user::regrole::text as role",
  ]
  const results = await connection.run([...opening, ...parts, "commit"].join(";\n"))
  const answers = results.slice(opening.length, opening.length + parts.length).map(({ rows }) => rows)
  const [[edgeRow], comments, labels, grantDefaults, privileges, [unmodelled], roles] = answers.slice(
    allKinds.length,
  ) as [
    [EdgesRow],
    CommentRow[],
    LabelRow[],
    GrantDefaultsRow[],
    DefaultPrivilegesRow[],
    [UnmodelledRow],
    { role: string }[],
  ]
  const rows = allKinds.map((kind, place) => ({ kind, rows: answers[place] as unknown as ObjectRow[] }))
  const references = new Map<number, Reference>()
  for (const each of rows) {
    for (const row of each.rows) {
      const { type, identity } = row
      references.set(addressOf(row), { id: `${type} ${identity}`, identity })
    }
  }
  const defaultGrants = readGrantDefaults(grantDefaults)
  const facets = facetsOf(comments, labels)
  const objects = rows.flatMap((each) =>
    objectsOf(each.kind, each.rows, { references, defaultGrants, facets }),
  )
  const edges = edgesOf(edgeRow)
  if (options.unmodelled !== "ignore")
    await refuseUnmodelled(connection, unmodelled, references, standInOf(edges, references))
  let dependencies: Catalog["dependencies"] | undefined
  return {
    serverVersion: connection.serverVersion,
    role: roles[0]?.role ?? "",
    objects: objects.sort((a, b) => compareText(a.id, b.id)),
    // Two databases that are equal are compared without them.
    get dependencies() {
      dependencies ??= dependenciesOf(edges, references, objects)
      return dependencies
    },
    defaultGrants,
    defaultPrivileges: readDefaultPrivileges(privileges),
  }
}

const reserved: ReadonlySet<string> = new Set([...objectRowColumns, "identified"])

interface Context {
  readonly references: ReadonlyMap<number, Reference>
  readonly defaultGrants: Catalog["defaultGrants"]
  readonly facets: ReturnType<typeof facetsOf>
}

function objectsOf(kind: Kind, rows: readonly ObjectRow[], context: Context): CatalogObject[] {
  // All rows of a query have the same columns.
  const names = Object.keys(rows[0] ?? {}).filter((name) => !reserved.has(name))
  const shape = recordShape(names)
  return rows.map((row) => {
    const address = addressOf(row)
    const self = context.references.get(address) ?? { id: "", identity: row.identity }
    const properties: Record<string, unknown> = { ...shape }
    for (const name of names) properties[name] = (row as unknown as Readonly<Record<string, unknown>>)[name]
    const parent = parentOf(row, context.references)
    const grants = grantsOf(kind, row, context.defaultGrants)
    const object: Mutable<CatalogObject> = {
      id: self.id,
      kind: kind.name,
      identity: self.identity,
      name: row.name,
      ...(parent === undefined ? {} : { parent }),
      properties,
    }
    if (row.owner) object.owner = row.owner
    if (grants !== undefined) object.grants = grants
    return Object.assign(object, context.facets.get(address))
  })
}

type Mutable<T> = { -readonly [Name in keyof T]: T[Name] }

function parentOf(row: ObjectRow, references: ReadonlyMap<number, Reference>): Reference | undefined {
  if (!row.parentclass || !row.parentid) return undefined
  const parent = { classid: row.parentclass, objid: row.parentid, objsubid: row.parentsubid ?? 0 }
  return references.get(addressOf(parent))
}

function grantsOf(
  kind: Kind,
  row: ObjectRow,
  defaults: Catalog["defaultGrants"],
): readonly Grant[] | undefined {
  const type = kind.facets?.grants?.type
  if (type === undefined || !row.acl) return undefined
  return readGrants(row.acl, row.owner ?? "", defaults[type] ?? [])
}
