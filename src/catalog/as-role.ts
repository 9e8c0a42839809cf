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
        : { grants: object.grants.map((grant) => ({ ...grant, grantee: rename(grant.grantee) })) }),
    }),
  )
  return { ...catalog, role, objects }
}
