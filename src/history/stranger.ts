import { ToolError } from "../diagnostic.ts"
import { quoteIdentifier, quoteLiteral } from "../sql/identifier.ts"

/**
 * An expression: the role that owns the history's schema, or something in it, and of whom the connected role has no
 * reason to trust it; null where there is none. Whoever owns a table decides what an INSERT into it runs, and as whom.
 * Trusted are superusers, the owner of the database, and every role that the connected one could be as well. A
 * superuser could be anybody, so that nobody is a stranger to one.
 */
export function strangerText(schema: string): string {
  const name = quoteLiteral(schema)
  return `(select pg_catalog.min(r.rolname) from pg_catalog.pg_roles r
  where r.oid in (
      select n.nspowner from pg_catalog.pg_namespace n where n.nspname = ${name}
      union all select c.relowner from pg_catalog.pg_class c join pg_catalog.pg_namespace n on n.oid = c.relnamespace where n.nspname = ${name}
    )
    and not r.rolsuper and not pg_catalog.pg_has_role(r.oid, 'MEMBER') and not pg_catalog.pg_has_role(session_user, r.oid, 'MEMBER')
    and r.oid <> (select d.datdba from pg_catalog.pg_database d where d.datname = pg_catalog.current_database()))`
}

/** What it means that a stranger was found. */
export function ownedByStranger(
  schema: string,
  { database, user }: { readonly database: string; readonly user: string },
  stranger: string,
): ToolError {
  return new ToolError(
    "history-owned-by-stranger",
    `the schema ${schema} or a table in it belongs to ${stranger}, of whom ${user} is no member`,
    {
      hint: `if ${stranger} is to keep the history, connect as that role; if not, remove what it has put there (drop schema ${quoteIdentifier(schema)} cascade) and take its right to make schemas: revoke create on database ${quoteIdentifier(database)} from ${quoteIdentifier(stranger)}`,
      subject: schema,
    },
  )
}
