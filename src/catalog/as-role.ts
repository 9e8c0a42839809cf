import type { Catalog, CatalogObject } from "./catalog.ts"

/**
 * Returns the catalog as if `role` had made what the role made that read it: the same schema loaded by two roles
 * differs in nothing else.
 *
 * @param role quoted
 */
export function asRole(catalog: Catalog, role: string): Catalog {
  if (role === catalog.role) return catalog
  const rename = (name: string) => (name === catalog.role ? role : name)
  const objects = catalog.objects.map(
    (object): CatalogObject => ({
      ...object,
      ...(object.owner === undefined ? {} : { owner: rename(object.owner) }),
      ...(object.grants === undefined
        ? {}
        : {
            grants: object.grants.map((grant) => ({
              ...grant,
              grantee: rename(grant.grantee),
              ...(grant.by === undefined ? {} : { by: rename(grant.by) }),
            })),
          }),
    }),
  )
  return { ...catalog, role, objects }
}

/**
 * Returns the role that owns most of a database's objects, quoted; the one that read it where there are none. Whoever
 * looks at a database is not always who made it.
 */
export function ownerOf({ objects, role }: Catalog): string {
  const counts = new Map<string, number>()
  for (const { owner } of objects) {
    if (owner !== undefined && owner !== "pg_database_owner") counts.set(owner, (counts.get(owner) ?? 0) + 1)
  }
  const most = Math.max(...counts.values())
  return counts.get(role) === most ? role : ([...counts].find(([, count]) => count === most)?.[0] ?? role)
}
