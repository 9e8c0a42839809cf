import type { AccessPath } from "../finding.ts"
import type { Subject } from "../subject.ts"
import type { Writable } from "../writable.ts"

const firstUnpinned = 12_000

/**
 * Writes into the system catalogs. Privileges on a whole catalog are ignored by the server for all but superusers;
 * those on its columns are not, and neither are views and rules of a superuser.
 *
 * @see PostgreSQL source, src/backend/catalog/aclchk.c, pg_class_aclmask_ext() and pg_attribute_aclmask_ext()
 */
export function catalogWrites(subject: Subject, writable: readonly Writable[]): readonly AccessPath[] {
  const { access } = subject
  const direct = subject
    .grants("column")
    .filter(
      ({ oid, privilege, grantee }) =>
        oid < firstUnpinned && (privilege === "UPDATE" || privilege === "INSERT") && subject.uses(grantee),
    )
    .map((grant) => ({
      id: `catalog:${grant.name}.${grant.column}`,
      chain: [
        ...subject.chainTo(grant.grantee),
        `${subject.nameOf(grant.grantee)} has ${grant.privilege} on column ${grant.column} of the catalog ${grant.name}`,
      ],
      fix: subject.revoke(grant),
    }))
  const through = writable
    .filter(({ relation, as }) => {
      const owner = as === undefined ? undefined : access.graph.roles.get(as)
      const isCatalog = relation.oid < firstUnpinned && relation.kind === "r"
      return (isCatalog && owner?.superuser === true) || relation.remoteCatalog
    })
    .map(({ relation, event, chain, revoke }) => ({
      id: `catalog:${relation.name}:${event.toLowerCase()}`,
      chain: [
        ...chain,
        relation.remoteCatalog
          ? `${relation.name} is a foreign table of a system catalog`
          : `${relation.name} is a system catalog: whoever writes there changes the schema and all rights`,
      ],
      fix: revoke ?? subject.cut(subject.namedHolding("pg_write_all_data")?.oid ?? 0),
    }))
  return [...direct, ...through]
}

/** Writes into the history of the migrations, which decides what the migrator runs next. */
export function historyWrites(
  subject: Subject,
  writable: readonly Writable[],
  historySchema: string,
): readonly AccessPath[] {
  const { schemas } = subject.access
  return writable
    .filter(
      ({ relation, revoke }) =>
        revoke !== undefined &&
        schemas.get(relation.schema)?.name === historySchema &&
        ["r", "p"].includes(relation.kind),
    )
    .map(({ relation, event, chain, revoke = "" }) => ({
      id: `history:${relation.name}:${event.toLowerCase()}`,
      chain: [...chain, `${relation.name} decides which revisions the migrator runs`],
      fix: revoke,
    }))
}
