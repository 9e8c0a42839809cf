import type { CatalogObject } from "../catalog/catalog.ts"
import { defineKind, type Kind } from "./kind.ts"

/**
 * Privileges that somebody changed on what an extension brought, or on a language of the server's own. Everything else
 * about it is the extension's, also what depends on it; so the address is not the member's own.
 *
 * Those of the owner are left out: it is whoever installed the extension, or the server. What was changed on functions
 * and relations of pg_catalog is not read: platforms that run PostgreSQL for others do so all the time.
 */
interface ExtensionPrivileges {
  /** What stands behind GRANT ... ON: `routine public.armor(bytea)`. */
  readonly on: string
  /** `EXECUTE to public`, `SELECT to app with grant option`. */
  readonly granted: readonly string[]
  /** What the extension's script left, in the same words. */
  readonly initial: readonly string[]
}

/** Where the members of one type are, and how SQL names them. */
interface Members {
  /** Singular: `function`. */
  readonly noun: string
  readonly catalog: string
  /** The prefix of its columns: `pro` of `proacl` and `proowner`. */
  readonly prefix: string
  /** The code of the type in `acldefault()`. */
  readonly code: string
  readonly name: string
  readonly identity: string
  /** What stands before the identity behind GRANT ... ON. */
  readonly on: string
  /** Which rows of the catalog; `o` is the row. */
  readonly where: string
  /** Which rows besides those of extensions. */
  readonly also?: string
}

const byName = (column: string) => ({
  name: `quote_ident(o.${column})`,
  identity: `quote_ident(o.${column})`,
})
const relation = {
  catalog: "pg_class",
  prefix: "rel",
  name: "quote_ident(o.relname)",
  identity: "o.oid::regclass::text",
}

const members: readonly Members[] = [
  {
    noun: "schema",
    catalog: "pg_namespace",
    prefix: "nsp",
    code: "n",
    ...byName("nspname"),
    on: "schema",
    where: "true",
  },
  {
    noun: "language",
    catalog: "pg_language",
    prefix: "lan",
    code: "l",
    ...byName("lanname"),
    on: "language",
    where: "o.lanpltrusted",
    also: "o.oid < 16384",
  },
  {
    noun: "type",
    catalog: "pg_type",
    prefix: "typ",
    code: "T",
    name: "quote_ident(o.typname)",
    identity: "o.oid::regtype::text",
    on: "type",
    where: "o.typtype <> 'c' or exists (select from pg_class c where c.oid = o.typrelid and c.relkind = 'c')",
  },
  {
    noun: "function",
    catalog: "pg_proc",
    prefix: "pro",
    code: "f",
    name: "quote_ident(o.proname)",
    identity: "o.oid::regprocedure::text",
    on: "routine",
    where: "true",
  },
  { noun: "relation", ...relation, code: "r", on: "table", where: "o.relkind in ('r', 'p', 'v', 'm', 'f')" },
  { noun: "sequence", ...relation, code: "s", on: "sequence", where: "o.relkind = 'S'" },
  {
    noun: "foreign-data wrapper",
    catalog: "pg_foreign_data_wrapper",
    prefix: "fdw",
    code: "F",
    ...byName("fdwname"),
    on: "foreign data wrapper",
    where: "true",
  },
  {
    noun: "foreign server",
    catalog: "pg_foreign_server",
    prefix: "srv",
    code: "S",
    ...byName("srvname"),
    on: "foreign server",
    where: "true",
  },
]

/** One kind for each type of object that has privileges. */
export const extensionPrivileges: readonly Kind[] = members.map((each, index) => {
  const { noun, catalog, prefix, code, name, identity, on, where, also } = each
  const place = index + 1
  const [acl, owner] = [`o.${prefix}acl`, `o.${prefix}owner`]
  // What the extension's own script granted is in pg_init_privs; where it granted nothing the type's defaults hold.
  const initial = `coalesce(i.initprivs, acldefault('${code}', ${owner}))`
  return defineKind<ExtensionPrivileges>({
    name: `privileges on an extension's ${noun}`,
    synthetic: true,
    query: () => `
      select * from (
        select 'pg_init_privs'::regclass::oid as classid, o.oid as objid, ${place} as objsubid,
          'extension ${noun}' as type, ${identity} as identity, ${name} as name, '${on} ' || ${identity} as on,
          ${words(acl, owner)} as granted, ${words(initial, owner)} as initial
        from ${catalog} o
        left join pg_init_privs i on i.classoid = '${catalog}'::regclass and i.objoid = o.oid and i.objsubid = 0
        where ${acl} is not null and (${where})
          and (${also ?? "false"} or exists (select from pg_depend e
            where e.classid = '${catalog}'::regclass and e.objid = o.oid and e.deptype = 'e'))
        offset 0) o
      where granted <> initial`,
    dependencies: () => `
      select 'pg_init_privs'::regclass as classid, e.objid, ${place} as objsubid, e.refclassid, e.refobjid,
        e.refobjsubid, 'owned' as type
      from pg_depend e where e.deptype = 'e' and e.classid = '${catalog}'::regclass`,
    create: (object) => exchange(object, object.properties.initial, object.properties.granted),
    drop: (object) => exchange(object, object.properties.granted, object.properties.initial),
    alter: {
      on: "ignore", // the identity
      granted: (before, after) => exchange(after, before.properties.granted, after.properties.granted),
      initial: "ignore", // the extension's
    },
  })
})

function words(acl: string, owner: string): string {
  return `array(select string_agg(x.privilege_type, ', ' order by x.privilege_type) || ' to '
      || case x.grantee when 0 then 'public' else x.grantee::regrole::text end
      || case when x.is_grantable then ' with grant option' else '' end
    from aclexplode(${acl}) x where x.grantee <> ${owner} group by x.grantee, x.is_grantable order by 1)`
}

function exchange(
  { properties: { on } }: CatalogObject<ExtensionPrivileges>,
  old: readonly string[],
  wanted: readonly string[],
): string[] {
  const revoked = (grant: string) =>
    `revoke ${grant.replace(/ to (.*?)( with grant option)?$/s, ` on ${on} from $1`)}`
  return [
    ...old.filter((grant) => !wanted.includes(grant)).map(revoked),
    ...wanted
      .filter((grant) => !old.includes(grant))
      .map((grant) => `grant ${grant.replace(" to ", ` on ${on} to `)}`),
  ]
}
