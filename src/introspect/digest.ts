import { createHash } from "node:crypto"
import { type Connection, ServerError, type StatementResult } from "../db/connection.ts"
import { allKinds } from "../kinds/all.ts"
import { comparedNames, type Kind, type Scope } from "../kinds/kind.ts"
import { quoteIdentifier, quoteLiteral } from "../sql/identifier.ts"
import { userObjectsQuery } from "./coverage.ts"
import { facetQueries } from "./facets.ts"
import { objectQuery, opening } from "./reading.ts"
import { type ScopeOptions, scopeOf } from "./scope.ts"

/** Above this many relations the server's answer about a digest costs less than the rows that it stands for. */
const manyRelations = 500

/** How much a database holds, as a text: of two that differ in it the structures differ. Undefined where that is little. */
export async function countObjects(
  connection: Connection,
  { excludeSchemas = ["lockstep"] }: ScopeOptions = {},
): Promise<string | undefined> {
  const aside = `(select n.oid from pg_namespace n where n.nspname ~ '^pg_' or n.nspname in (${["information_schema", ...excludeSchemas].map(quoteLiteral).join(", ")}))`
  const [row] = await connection.query<{ relations: string; counts: string }>(
    `with rel as materialized (select c.oid, c.relkind, c.relnatts from pg_catalog.pg_class c where c.oid >= 16384 and c.relnamespace not in ${aside})
select (select pg_catalog.count(*) from rel) as relations, pg_catalog.concat_ws(' ',
  (select pg_catalog.string_agg(relkind::text || n, ',' order by relkind) from (select relkind, pg_catalog.count(*) n from rel group by relkind) k),
  (select pg_catalog.count(*) from pg_catalog.pg_constraint o where o.oid >= 16384 and o.connamespace not in ${aside}),
  (select pg_catalog.count(*) from pg_catalog.pg_proc o where o.oid >= 16384 and o.pronamespace not in ${aside}),
  (select pg_catalog.count(*) from pg_catalog.pg_attrdef o where o.adrelid in (select oid from rel))) as counts`,
  )
  return row === undefined || Number(row.relations) < manyRelations ? undefined : row.counts
}

/**
 * Returns a hash over everything that `introspect` reads and `diff` compares, computed by the server: two databases of
 * servers of one version that have the same one do not differ. Unlike a fingerprint it holds names and definitions and no
 * numbers of rows, so that databases can be compared by it; and it costs the server as much as to be read, its client nothing.
 *
 * Different ones need not mean a difference. Undefined where there may be an object that no kind reads: `introspect`
 * then says which. The connection must not be in a transaction.
 */
export async function digestCatalog(
  connection: Connection,
  options: ScopeOptions = {},
): Promise<string | undefined> {
  const scope = scopeOf(connection.serverVersion, options)
  // Tens of thousands of addresses are looked up; a table of them that does not fit into memory goes to disk.
  const settings = [...opening, "set local work_mem = '64MB'"]
  const results = await unlessRefused(connection, [...settings, digestQuery(scope), "commit"].join(";\n"))
  const [row] = (results[settings.length]?.rows ?? []) as unknown as readonly DigestRow[]
  if (row === undefined || row.unaccounted !== "0") return undefined
  const { objects, comments, labels, role } = row
  const facts = [connection.serverVersion, role, objects, comments, labels]
  return createHash("sha256").update(facts.join("\n")).digest("hex")
}

/** A limit of the server (time, files) may allow rows to be read and not one statement over all of them. */
async function unlessRefused(connection: Connection, sql: string): Promise<readonly StatementResult[]> {
  try {
    return await connection.run(sql)
  } catch (error) {
    if (!(error instanceof ServerError)) throw error
    await connection.run("rollback")
    return []
  }
}

interface DigestRow {
  readonly role: string
  readonly objects: string
  readonly comments: string
  readonly labels: string
  /** How many objects are left that no kind reads and that are no inner part of one that is read. */
  readonly unaccounted: string
}

function digestQuery(scope: Scope): string {
  return `with read as materialized (
${allKinds.map((kind) => hashQuery(kind, scope)).join("\nunion all\n")}
), ${unaccountedParts(scope)}
select current_user::regrole::text as role,
  (select ${sumOf("hash")} from read) as objects,
  (select ${sumOf(hashOf("r.hash", "c.comment"))} from (${facetQueries.comments} offset 0) c join read r using (classid, objid, objsubid)) as comments,
  (select ${sumOf(hashOf("r.hash", "l.provider", "l.label"))} from (${facetQueries.labels} offset 0) l join read r using (classid, objid, objsubid)) as labels,
  (select count(*) from unaccounted)::text as unaccounted`
}

/** Does not depend on the order of the rows. */
function sumOf(hash: string): string {
  return `count(*) || ' ' || coalesce(sum(${hash}), 0)`
}

/**
 * A record's hash is a sum itself, over its columns: without another hash over it, two rows that swap a value would give
 * what they gave before.
 */
function hashOf(...values: readonly string[]): string {
  return `hashint8extended(hash_record_extended(row(${values.map((value) => `(${value})::text`).join(", ")}), 0), 0)`
}

/**
 * Selects the address and the hash of each object of a kind. Not every kind has an owner: a name that the inner query does
 * not know means the outer one's, which is null.
 */
function hashQuery(kind: Kind, scope: Scope): string {
  const names = ["type", "identity", "owner", "acl", ...comparedNames(kind)]
  const values = names.map((name) => quoteIdentifier(name))
  const absent = values.map((name) => `null::text as ${name}`)
  return `select found.* from (select ${absent.join(", ")}) absent, lateral (
  select each.classid::oid as classid, each.objid::oid as objid, each.objsubid::int as objsubid,
    ${hashOf(quoteLiteral(kind.name), ...values)} as hash
  from (${objectQuery(kind, scope)}) each) found`
}

/** How long the chain from an inner part to an object may be: the type of arrays of a table's rows has two links. */
const links = 3

/**
 * Common table expressions that end in `unaccounted`: what belongs to the user, is not read, and is no inner part of what
 * is read. Stricter than what `introspect` does, which looks only at the strongest of an object's owners.
 */
function unaccountedParts(scope: Scope): string {
  const parts = [
    `whole as materialized (select classid, objid from read where objsubid = 0)`,
    `known_0 as materialized (select classid, objid from whole union all
  select d.classid, d.objid from pg_depend d where d.deptype = 'e' and (d.refclassid, d.refobjid) in (select classid, objid from whole offset 0))`,
    `left_0 as materialized (select u.classid, u.objid from (${userObjectsQuery(scope)}) u
  where (u.classid, u.objid) not in (select classid, objid from known_0))`,
    `inner_part as materialized (select d.classid, d.objid, d.refclassid, d.refobjid from pg_depend d
  where d.deptype in ('i', 'P') and d.objsubid = 0 and d.objid >= 16384)`,
  ]
  for (let link = 1; link <= links; link += 1) {
    const known = Array.from(
      { length: link },
      (_, place) => `(p.refclassid, p.refobjid) in (select classid, objid from known_${place})`,
    )
    parts.push(
      `known_${link} as materialized (select p.classid, p.objid from inner_part p
  where (p.classid, p.objid) in (select classid, objid from left_${link - 1} offset 0)
  group by p.classid, p.objid having bool_and(${known.join(" or ")}))`,
      `left_${link} as materialized (select classid, objid from left_${link - 1}
  where (classid, objid) not in (select classid, objid from known_${link}))`,
    )
  }
  return [...parts, `unaccounted as (select * from left_${links})`].join(",\n")
}
