import type { Catalog, CatalogObject, Grant, Reference } from "../catalog/catalog.ts"
import type { Connection } from "../db/connection.ts"
import { allKinds } from "../kinds/all.ts"
import { type Kind, type ObjectRow, objectRowColumns, type Scope } from "../kinds/kind.ts"
import { refuseUnmodelled, unmodelledQuery } from "./coverage.ts"
import { dependenciesOf, dependencyQuery, type EdgeRow } from "./dependencies.ts"
import { type Address, addressOf, type CommentRow, facetQueries, facetsOf, type LabelRow } from "./facets.ts"
import {
  type DefaultPrivilegesRow,
  defaultGrantsQuery,
  defaultPrivilegesQuery,
  type GrantDefaultsRow,
  readDefaultPrivileges,
  readGrantDefaults,
  readGrants,
} from "./grants.ts"
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
  const [edges, comments, labels, grantDefaults, privileges, unmodelled, roles] = answers.slice(
    allKinds.length,
  ) as [
    EdgeRow[],
    CommentRow[],
    LabelRow[],
    GrantDefaultsRow[],
    DefaultPrivilegesRow[],
    Address[],
    { role: string }[],
  ]
  const rows = allKinds.flatMap((kind, place) =>
    (answers[place] as unknown as ObjectRow[]).map((row) => ({ kind, row })),
  )

  const references = new Map<string, Reference>()
  for (const { row } of rows) {
    references.set(addressOf(row), { id: `${row.type} ${row.identity}`, identity: row.identity })
  }
  const defaultGrants = readGrantDefaults(grantDefaults)
  const facets = facetsOf(comments, labels)
  const objects = rows.map(({ kind, row }): CatalogObject => {
    const parent = parentOf(row, references)
    const grants = grantsOf(kind, row, defaultGrants)
    return {
      id: `${row.type} ${row.identity}`,
      kind: kind.name,
      identity: row.identity,
      name: row.name,
      ...(parent === undefined ? {} : { parent }),
      properties: propertiesOf(row),
      ...(row.owner ? { owner: row.owner } : {}),
      ...(grants === undefined ? {} : { grants }),
      ...facets.get(addressOf(row)),
    }
  })
  const { dependencies, standIn } = dependenciesOf(edges, references, objects)
  if (options.unmodelled !== "ignore") await refuseUnmodelled(connection, unmodelled, references, standIn)
  return {
    serverVersion: connection.serverVersion,
    role: roles[0]?.role ?? "",
    objects: objects.sort((a, b) => compareText(a.id, b.id)),
    dependencies,
    defaultGrants,
    defaultPrivileges: readDefaultPrivileges(privileges),
  }
}

/** What decides how the server prints: names qualified, and constants the same in every session. */
const opening = [
  "begin transaction isolation level repeatable read read only",
  "set local search_path = ''",
  "set local quote_all_identifiers = off",
  "set local datestyle = 'ISO, MDY'",
  "set local intervalstyle = postgres",
  "set local extra_float_digits = 1",
  "set local timezone = 'UTC'",
  "set local bytea_output = hex",
]

function objectQuery(kind: Kind, scope: Scope): string {
  if (kind.synthetic) return kind.query(scope)
  return `select identified.type, identified.identity, read.*
    from (${kind.query(scope)}) read
    cross join lateral pg_identify_object(read.classid, read.objid, read.objsubid) identified`
}

const reserved: ReadonlySet<string> = new Set(objectRowColumns)

function propertiesOf(row: ObjectRow): CatalogObject["properties"] {
  const properties: Record<string, unknown> = {}
  for (const [name, value] of Object.entries(row)) {
    if (!reserved.has(name)) properties[name] = value
  }
  return properties
}

function parentOf(row: ObjectRow, references: ReadonlyMap<string, Reference>): Reference | undefined {
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

/** By code points: the order must not depend on anybody's locale. */
function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0
}
