import type { Reference } from "../catalog/catalog.ts"
import type { Connection } from "../db/connection.ts"
import { ToolError } from "../diagnostic.ts"
import type { Scope } from "../kinds/kind.ts"
import { type Address, addressOf, asArrays, numbers } from "./address.ts"
import type { Resolve } from "./dependencies.ts"

/**
 * The catalogs of PostgreSQL whose rows are objects; with the column of their schema, where they have one, and what to
 * read where not everybody may read the catalog.
 */
const catalogs: readonly {
  readonly name: string
  readonly from?: string
  readonly schema?: string
  readonly where?: string
  /** The relation, type or server that it is a part of, which an extension may have brought with all its parts. */
  readonly parts?: readonly (readonly [catalog: string, oid: string])[]
}[] = [
  { name: "pg_namespace", schema: "o.oid" },
  { name: "pg_extension" },
  // Toast tables are in a schema of the server.
  { name: "pg_class", schema: "o.relnamespace" },
  { name: "pg_type", schema: "o.typnamespace" },
  { name: "pg_proc", schema: "o.pronamespace" },
  { name: "pg_operator", schema: "o.oprnamespace" },
  { name: "pg_opclass", schema: "o.opcnamespace" },
  { name: "pg_opfamily", schema: "o.opfnamespace" },
  { name: "pg_collation", schema: "o.collnamespace" },
  { name: "pg_conversion", schema: "o.connamespace" },
  { name: "pg_statistic_ext", schema: "o.stxnamespace" },
  { name: "pg_ts_config", schema: "o.cfgnamespace" },
  { name: "pg_ts_dict", schema: "o.dictnamespace" },
  { name: "pg_ts_parser", schema: "o.prsnamespace" },
  { name: "pg_ts_template", schema: "o.tmplnamespace" },
  // NOT NULL is a property of columns and domains; a check that only a parent table declares belongs to the parent's.
  {
    name: "pg_constraint",
    schema: "o.connamespace",
    where: "o.contype <> 'n' and (o.conislocal or o.contype <> 'c')",
    parts: [
      ["pg_class", "o.conrelid"],
      ["pg_type", "o.contypid"],
    ],
  },
  // A generated column's expression is a property of the column.
  {
    name: "pg_attrdef",
    schema: schemaOf("o.adrelid"),
    parts: [["pg_class", "o.adrelid"]],
    where:
      "exists (select from pg_attribute a where a.attrelid = o.adrelid and a.attnum = o.adnum and a.attgenerated = '')",
  },
  { name: "pg_trigger", schema: schemaOf("o.tgrelid"), parts: [["pg_class", "o.tgrelid"]] },
  { name: "pg_rewrite", schema: schemaOf("o.ev_class"), parts: [["pg_class", "o.ev_class"]] },
  { name: "pg_policy", schema: schemaOf("o.polrelid"), parts: [["pg_class", "o.polrelid"]] },
  { name: "pg_am" },
  { name: "pg_cast" },
  { name: "pg_language" },
  { name: "pg_transform" },
  { name: "pg_foreign_data_wrapper" },
  { name: "pg_foreign_server" },
  {
    name: "pg_user_mapping",
    from: "(select umid as oid, srvid from pg_user_mappings)",
    parts: [["pg_foreign_server", "o.srvid"]],
  },
  { name: "pg_event_trigger" },
  { name: "pg_publication" },
  { name: "pg_publication_rel", schema: schemaOf("o.prrelid") },
  { name: "pg_publication_namespace", schema: "o.pnnspid" },
  {
    name: "pg_subscription",
    where: "o.subdbid = (select oid from pg_database where datname = current_database())",
  },
  // Those of no schema are all read.
  { name: "pg_default_acl", schema: "o.defaclnamespace" },
]

/** The schema of the relation that an object without one is a part of. */
function schemaOf(relation: string): string {
  return `(select c.relnamespace from pg_class c where c.oid = ${relation})`
}

/** As `userObjectsQuery`, in one row. */
export function unmodelledQuery(scope: Scope): string {
  return asArrays(userObjectsQuery(scope), "classid", "objid")
}

/** Selects every object that belongs to the user, whether any kind reads it or not. */
export function userObjectsQuery(scope: Scope): string {
  const queries = catalogs
    .filter(({ name }) => name !== "pg_publication_namespace" || scope.version >= 150000)
    .map(({ name, from = name, schema, where, parts = [] }) => {
      const conditions = [
        scope.includes(name, "o.oid", schema),
        "o.oid >= 16384",
        ...(where ? [where] : []),
        ...parts.map(([catalog, oid]) => scope.includes(catalog, oid)),
      ]
      return `select '${name}'::regclass::oid as classid, o.oid as objid from ${from} o where ${conditions.join(" and ")}`
    })
  return queries.join("\nunion all\n")
}

/** What `unmodelledQuery` answers. */
export interface UnmodelledRow {
  readonly classid: string | null
  readonly objid: string | null
}

/**
 * Compares what is there with what was read. An object that nothing stands for would be lost without a word: a
 * difference that nobody sees is the worst defect of a comparison.
 *
 * @throws ToolError `unmodelled-object`
 */
export async function refuseUnmodelled(
  connection: Connection,
  found: UnmodelledRow,
  references: ReadonlyMap<number, Reference>,
  standIn: Resolve,
): Promise<void> {
  const classes = numbers(found.classid)
  const missing: Address[] = []
  for (const [index, objid] of numbers(found.objid).entries()) {
    const row = { classid: classes[index] ?? 0, objid, objsubid: 0 }
    const address = addressOf(row)
    if (!references.has(address) && standIn(address) === undefined) missing.push(row)
  }
  if (missing.length === 0) return
  const values = missing.slice(0, 50).map(({ classid, objid }) => `(${classid}::oid, ${objid}::oid)`)
  const named = await connection.query<{ readonly id: string }>(
    `select type || ' ' || identity as id
     from (values ${values.join(", ")}) missing (classid, objid), pg_identify_object(classid, objid, 0) order by 1`,
  )
  const [first = { id: "an object" }] = named
  const more = missing.length === 1 ? "" : ` (and ${missing.length - 1} more)`
  throw new ToolError("unmodelled-object", `Lockstep has no kind for ${first.id}${more}`, {
    details: named.map(({ id }) => id),
    subject: first.id,
    data: { objects: named.map(({ id }) => id) },
  })
}
