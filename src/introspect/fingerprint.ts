import { createHash } from "node:crypto"
import type { Connection } from "../db/connection.ts"
import { quoteLiteral } from "../sql/identifier.ts"

/** Which rows of a system catalog say something about what users made, and which of its columns do not. */
interface Part {
  /**
   * Condition on `o`. Objects below 16384 are the server's own. `rel` holds the relations that count, `aside` those of
   * schemas that do not.
   */
  readonly rows: string
  readonly without?: readonly string[]
  /** Where few of many columns count. */
  readonly only?: readonly string[]
}

const own: Part = { rows: "o.oid >= 16384" }
const inSchema = (column: string): Part => ({
  rows: `o.oid >= 16384 and o.${column} not in (select oid from left_out)`,
})
/** Who is not among the few relations aside is quicker to tell than who is among all others. */
const ofRelation = (column: string): Part => ({ rows: isCounted(`o.${column}`) })
const isCounted = (oid: string) => `${oid} >= 16384 and ${oid} not in (select oid from aside)`

/**
 * The catalogs that are hashed, row by row: everything that the introspection reads, without what changes while nothing
 * about the structure does (statistics, storage, upkeep). A test holds the list against that of all system catalogs.
 */
export const fingerprintParts: Readonly<Record<string, Part>> = {
  pg_aggregate: { rows: "o.aggfnoid::oid >= 16384" },
  pg_am: own,
  pg_amop: own,
  pg_amproc: own,
  pg_attrdef: ofRelation("adrelid"),
  pg_attribute: {
    // The columns of an index are in its definition, except for their statistics; those of all sequences are the same.
    rows: `o.attnum > 0 and (o.attrelid in (select oid from rel where relkind not in ('i', 'I', 'S'))
      or (o.attstattarget >= 0 or o.attoptions is not null) and ${isCounted("o.attrelid")})`,
    without: ["attcacheoff", "atthasmissing", "attmissingval", "attlen", "attbyval", "attalign", "atthasdef"],
  },
  pg_cast: own,
  pg_class: {
    // Of a TOAST table only its options are anybody's wish.
    rows: "o.oid >= 16384 and o.relnamespace not in (select oid from left_out) or (o.relkind = 't' and o.reloptions is not null)",
    without: [
      "relfilenode",
      "relpages",
      "reltuples",
      "relallvisible",
      "relallfrozen",
      "relhasindex",
      "relhasrules",
      "relhastriggers",
      "relhassubclass",
      "relrewrite",
      "relfrozenxid",
      "relminmxid",
    ],
  },
  pg_collation: { ...inSchema("collnamespace"), without: ["collversion"] },
  pg_constraint: inSchema("connamespace"),
  pg_conversion: inSchema("connamespace"),
  pg_default_acl: { rows: "true" },
  // Other edges follow from what is hashed: a definition names what it needs.
  pg_depend: {
    rows: `o.deptype in ('e', 'x') and (o.objid >= 16384 or o.refobjid >= 16384)
      or o.deptype in ('a', 'i') and o.classid = 'pg_catalog.pg_class'::regclass and o.refclassid = 'pg_catalog.pg_class'::regclass and o.objid in (select seqrelid from pg_catalog.pg_sequence) and ${isCounted("o.objid")}`,
  },
  pg_description: {
    rows: `(o.objoid >= 16384 or o.classoid = 'pg_catalog.pg_namespace'::regclass)
      and not (o.classoid = 'pg_catalog.pg_namespace'::regclass and o.objoid in (select oid from left_out))
      and not (o.classoid = 'pg_catalog.pg_class'::regclass and o.objoid in (select oid from aside))`,
  },
  pg_enum: own,
  // One of Lockstep's own comes and goes with its function.
  pg_event_trigger: {
    rows: `o.oid >= 16384 and not exists (select from pg_catalog.pg_proc p
      where p.oid = o.evtfoid and p.pronamespace in (select oid from left_out))`,
  },
  pg_extension: { rows: "true", without: ["extowner", "extconfig", "extcondition"] },
  pg_foreign_data_wrapper: own,
  pg_foreign_server: own,
  pg_foreign_table: { rows: "true" },
  pg_index: { ...ofRelation("indrelid"), without: ["indcheckxmin", "indislive"] },
  pg_inherits: { ...ofRelation("inhrelid"), without: ["inhdetachpending"] },
  pg_init_privs: { rows: "o.objoid >= 16384" },
  pg_language: { rows: "true" },
  pg_namespace: { rows: "o.nspname !~ '^pg_(toast|temp)' and o.oid not in (select oid from left_out)" },
  pg_opclass: inSchema("opcnamespace"),
  pg_operator: inSchema("oprnamespace"),
  pg_opfamily: inSchema("opfnamespace"),
  pg_partitioned_table: ofRelation("partrelid"),
  pg_policy: ofRelation("polrelid"),
  pg_proc: inSchema("pronamespace"),
  pg_publication: own,
  pg_publication_namespace: own,
  pg_publication_rel: own,
  pg_range: { rows: "o.rngtypid >= 16384" },
  pg_rewrite: ofRelation("ev_class"),
  pg_seclabel: { rows: "o.objoid >= 16384 or o.classoid = 'pg_catalog.pg_namespace'::regclass" },
  pg_sequence: ofRelation("seqrelid"),
  pg_statistic_ext: inSchema("stxnamespace"),
  pg_subscription: {
    rows: "o.subdbid = (select d.oid from pg_catalog.pg_database d where d.datname = pg_catalog.current_database())",
    without: ["subconninfo", "subskiplsn"],
  },
  pg_transform: own,
  // Those that enforce foreign keys follow from pg_constraint, unless somebody has switched them off.
  pg_trigger: {
    rows: `(not o.tgisinternal or o.tgenabled <> 'O') and ${isCounted("o.tgrelid")}`,
    without: ["tgconstrindid"],
  },
  pg_ts_config: inSchema("cfgnamespace"),
  pg_ts_config_map: { rows: "o.mapcfg >= 16384" },
  pg_ts_dict: inSchema("dictnamespace"),
  pg_ts_parser: inSchema("prsnamespace"),
  pg_ts_template: inSchema("tmplnamespace"),
  // The row types of relations, and arrays, come with what they are of.
  pg_type: {
    rows: `o.oid >= 16384 and o.typnamespace not in (select oid from left_out)
      and (o.typrelid = 0 or o.typrelid in (select oid from rel where relkind = 'c'))
      and o.typinput <> 'pg_catalog.array_in'::regproc`,
  },
  // Only superusers may read pg_user_mapping itself.
  pg_user_mappings: { rows: "true" },
  // Owners are kept by their numbers; whoever has granted or owns something here may be renamed.
  pg_roles: {
    rows: `o.oid in (select s.refobjid from pg_catalog.pg_shdepend s join pg_catalog.pg_database d on d.oid = s.dbid
      where d.datname = pg_catalog.current_database() and s.refclassid = 'pg_catalog.pg_authid'::regclass)`,
    only: ["oid", "rolname"],
  },
}

/**
 * Returns a hash of a database's structure as the server keeps it. Two that are equal, of the same database, mean that
 * nothing which the introspection reads has changed in between; different ones need not mean a difference. Not
 * comparable between databases.
 *
 * One statement over the catalogs' own rows, which are hashed where they lie: no definition is printed, and nothing but
 * sums crosses the network. The connection must not be in a transaction.
 *
 * @param excludeSchemas unquoted names; Lockstep's own schema changes with its versions
 */
export async function fingerprint(
  connection: Connection,
  excludeSchemas: readonly string[] = ["lockstep"],
): Promise<string> {
  const columns = await columnsOf(connection)
  const names = excludeSchemas.map(quoteLiteral).join(", ") || "null"
  const parts = Object.entries(fingerprintParts).flatMap(([catalog, { rows }]) => {
    const list = columns.get(catalog)
    return list === undefined ? [] : [partQuery(catalog, rows, list)]
  })
  const sql = `with left_out as materialized (
  select n.oid from pg_catalog.pg_namespace n where n.nspname in (${names}) or n.nspname ~ '^pg_(toast|temp)'
), rel as materialized (
  select c.oid, c.relkind from pg_catalog.pg_class c where c.oid >= 16384 and c.relnamespace not in (select oid from left_out)
), aside as materialized (
  select c.oid from pg_catalog.pg_class c where c.oid >= 16384 and c.relnamespace in (select oid from left_out)
)
${parts.join("\nunion all\n")}`
  const results = await connection.run([...opening, sql].join(";\n"))
  const sums = results[opening.length]?.rows ?? []
  const lines = sums.map((row) => `${row.catalog} ${row.sums}`).sort()
  return `${version}${createHash("sha256").update(lines.join("\n")).digest("hex")}`
}

/** Changes whenever other rows or columns are hashed. */
const version = "2:"

/** Tells whether a fingerprint can be compared with those of this version of Lockstep. */
export function isOfThisVersion(hash: string): boolean {
  return hash.startsWith(version)
}

/**
 * What is sent in one message is one transaction, and leaves none open where it fails: others may have asked for
 * something behind it. Compiling the statement would take longer than running it.
 */
const opening = ["set local search_path = ''", "set local jit = off"]

/**
 * What a column is hashed as where its own type cannot be hashed. A function's number needs no look-up, unlike its name.
 */
const hashedAs: Readonly<Record<string, string>> = {
  regproc: "oid",
  pg_node_tree: "text",
  int2vector: "int2[]",
  oidvector: "oid[]",
}

/** The columns that count of each catalog of this server, as expressions. */
async function columnsOf(connection: Connection): Promise<ReadonlyMap<string, readonly string[]>> {
  const rows = await connection.query<{ catalog: string; name: string; type: string }>(
    `select c.relname::text as catalog, a.attname::text as name, t.typname::text as type
from pg_catalog.pg_class c join pg_catalog.pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
join pg_catalog.pg_type t on t.oid = a.atttypid
where c.relnamespace = 'pg_catalog'::regnamespace and c.relname in (${Object.keys(fingerprintParts).map(quoteLiteral).join(", ")})
order by 1, a.attnum`,
  )
  const columns = new Map<string, string[]>()
  for (const { catalog, name, type } of rows) {
    const { only, without = [] } = fingerprintParts[catalog] ?? {}
    if (without.includes(name) || only?.includes(name) === false) continue
    const as = hashedAs[type]
    columns.set(catalog, [...(columns.get(catalog) ?? []), `o.${name}${as === undefined ? "" : `::${as}`}`])
  }
  return columns
}

/**
 * A sum does not depend on the order of the rows. A record's hash is a sum itself, over its columns: without another hash
 * over it, two rows that swap a value (`a` and `b` are renamed to each other) would give what they gave before.
 */
function partQuery(catalog: string, rows: string, columns: readonly string[]): string {
  const hash = "pg_catalog.hashint8extended(pg_catalog.hash_record_extended(r, 0), 0)"
  return `select '${catalog}' as catalog, pg_catalog.count(*) || ' ' || coalesce(pg_catalog.sum(${hash}), 0) as sums
from (select row(${columns.join(", ")}) as r from pg_catalog.${catalog} o where ${rows} offset 0) read`
}
