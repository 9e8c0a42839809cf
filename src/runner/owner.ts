import type { OwnerOptions } from "../api/options.ts"
import { type Connection, ServerError } from "../db/connection.ts"
import { ToolError } from "../diagnostic.ts"
import { quoteIdentifier, quoteLiteral } from "../sql/identifier.ts"

/** SQL that becomes the owner, for the open transaction or until the session is cleaned; ends in a line end. */
export function becomeOwner(owner: OwnerOptions | undefined, extent: "transaction" | "session"): string {
  if (owner === undefined) return ""
  return `set ${extent === "transaction" ? "local " : ""}role ${quoteIdentifier(owner.role)};\n`
}

/**
 * Refuses a run that could not become the owner, before anything has run.
 *
 * @throws ToolError `owner-out-of-reach`
 */
export async function refuseUnreachable(connection: Connection, owner: OwnerOptions): Promise<void> {
  try {
    await connection.run(`begin;\n${becomeOwner(owner, "transaction")}rollback`)
  } catch (error) {
    await connection.run("rollback")
    if (!(error instanceof ServerError)) throw error
    throw new ToolError("owner-out-of-reach", `the connecting role cannot become the owner ${owner.role}`, {
      details: [error.message],
      hint: "connect as the migrator; lockstep roles apply makes it a member of the owner",
      subject: owner.role,
      sqlState: error.sqlState,
      cause: error,
    })
  }
}

/** The state of an error that is ours; PostgreSQL has none that begins like it. */
const undeclared = "LKS01"

/**
 * SQL that fails where the open transaction has made something that the owner does not own, or a table or sequence that
 * the groups cannot use; ends in a line end. Rows of the transaction, and of its savepoints, are as old as it is or
 * younger.
 */
export function checkNew(owner: OwnerOptions | undefined): string {
  if (owner === undefined) return ""
  const { role, schemas = [], readWrite, readOnly, exempt = [] } = owner
  const strange = `select pg_catalog.format('%s %s belongs to %s', made.type, made.identity, pg_catalog.pg_get_userbyid(made.owner)) as problem
    from made where made.owner <> (select oid from pg_catalog.pg_roles where rolname = ${quoteLiteral(role)})`
  const lacking = [
    ...lacks(readWrite, "table", "SELECT, INSERT, UPDATE, DELETE"),
    ...lacks(readWrite, "sequence", "USAGE"),
    ...lacks(readOnly, "table", "SELECT"),
  ]
  const inSchemas = `schema = any (array[${schemas.map(quoteLiteral).join(", ")}]::text[]) and name <> all (array[${exempt.map(quoteLiteral).join(", ")}]::text[])`
  const all = [strange, ...lacking.map((query) => `${query} and ${inSchemas}`)].join("\n    union all\n    ")
  return `do $lockstep$
declare problems text;
begin
  with young as (
    select c.oid, 'pg_class'::pg_catalog.regclass as classid, c.relowner as owner, c.relnamespace as namespace,
           case when c.relkind = 'S' then 'sequence' else 'table' end as kind
      from pg_catalog.pg_class c
     where c.relkind in ('r', 'p', 'v', 'm', 'f', 'S')
       and pg_catalog.age(c.xmin) <= pg_catalog.age(pg_catalog.xid(pg_catalog.pg_current_xact_id()))
    union all
    select p.oid, 'pg_proc'::pg_catalog.regclass, p.proowner, p.pronamespace, 'routine' from pg_catalog.pg_proc p
     where pg_catalog.age(p.xmin) <= pg_catalog.age(pg_catalog.xid(pg_catalog.pg_current_xact_id()))
    union all
    select t.oid, 'pg_type'::pg_catalog.regclass, t.typowner, t.typnamespace, 'type' from pg_catalog.pg_type t
     where t.typtype in ('d', 'e', 'r')
       and pg_catalog.age(t.xmin) <= pg_catalog.age(pg_catalog.xid(pg_catalog.pg_current_xact_id()))
    union all
    select n.oid, 'pg_namespace'::pg_catalog.regclass, n.nspowner, n.oid, 'schema' from pg_catalog.pg_namespace n
     where pg_catalog.age(n.xmin) <= pg_catalog.age(pg_catalog.xid(pg_catalog.pg_current_xact_id()))),
  made as (
    select young.oid, young.owner, young.kind, n.nspname as schema, i.type, i.identity, n.nspname || '.' || i.name as name
      from young join pg_catalog.pg_namespace n on n.oid = young.namespace
      cross join lateral pg_catalog.pg_identify_object(young.classid, young.oid, 0) i
     where n.nspname !~ '^pg_(temp|toast)'
       and not exists (select 1 from pg_catalog.pg_depend d
                        where d.classid = young.classid and d.objid = young.oid and d.deptype = 'e'))
  select pg_catalog.string_agg(found.problem, E'\\n' order by found.problem) into problems
    from (${all}) found;
  if problems is not null then
    raise exception using errcode = ${quoteLiteral(undeclared)}, message = problems;
  end if;
end
$lockstep$;
`
}

function lacks(group: string | undefined, kind: "table" | "sequence", privileges: string): string[] {
  if (group === undefined) return []
  const has = kind === "table" ? "has_table_privilege" : "has_sequence_privilege"
  const all = privileges
    .split(", ")
    .map((each) => `pg_catalog.${has}(r.oid, made.oid, ${quoteLiteral(each)})`)
    .join(" and ")
  return [
    `select pg_catalog.format('%s has not %s on %s %s', r.rolname, ${quoteLiteral(privileges)}, made.type, made.identity)
    from made join pg_catalog.pg_roles r on r.rolname = ${quoteLiteral(group)}
    where made.kind = ${quoteLiteral(kind)} and not (${all})`,
  ]
}

/** What the server's error means where the check has failed. */
export function notAsDeclared(server: ServerError): ToolError | undefined {
  if (server.sqlState !== undeclared) return undefined
  return new ToolError("not-as-declared", "what the revision has made is not as the roles declare it", {
    details: [...server.message.split("\n"), "the revision was rolled back; nothing of it stays"],
    hint: "leave SET ROLE and ALTER ... OWNER out of the revision; lockstep roles apply sets default privileges, and exempt names what the groups need not have",
    cause: server,
  })
}
