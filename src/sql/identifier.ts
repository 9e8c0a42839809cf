import type { QualifiedName } from "./step.ts"

/** Returns an identifier as SQL, quoted where it has to be, as PostgreSQL's own `quote_ident` does. */
export function quoteIdentifier(name: string): string {
  refuseZero(name)
  return /^[a-z_][a-z0-9_]*$/.test(name) && !keywords.has(name) ? name : `"${name.replaceAll('"', '""')}"`
}

/** Returns a text as an SQL string that means the same under any setting of `standard_conforming_strings`. */
export function quoteLiteral(text: string): string {
  refuseZero(text)
  const quoted = `'${text.replaceAll("'", "''")}'`
  return text.includes("\\") ? `E${quoted.replaceAll("\\", "\\\\")}` : quoted
}

/** Returns `schema.name`, or `name` alone, quoted where necessary. */
export function qualified({ schema, name }: QualifiedName): string {
  return schema === undefined ? quoteIdentifier(name) : `${quoteIdentifier(schema)}.${quoteIdentifier(name)}`
}

/** A zero byte would end the protocol's message in the middle of the statement. */
function refuseZero(text: string): void {
  if (text.includes("\0")) throw new TypeError("PostgreSQL has no text with a zero byte")
}

/**
 * The keywords that cannot be used as any name, of every release up to 18.
 * @see PostgreSQL documentation, appendix "SQL Key Words"; `pg_get_keywords()`, all but category U
 */
const keywords: ReadonlySet<string> = new Set(
  `all analyse analyze and any array as asc asymmetric authorization between bigint binary bit boolean both case cast
  char character check coalesce collate collation column concurrently constraint create cross current_catalog
  current_date current_role current_schema current_time current_timestamp current_user dec decimal default deferrable
  desc distinct do else end except exists extract false fetch float for foreign freeze from full grant greatest group
  grouping having ilike in initially inner inout int integer intersect interval into is isnull join json json_array
  json_arrayagg json_exists json_object json_objectagg json_query json_scalar json_serialize json_table json_value
  lateral leading least left like limit localtime localtimestamp merge_action national natural nchar none normalize not
  notnull null nullif numeric offset on only or order out outer overlaps overlay placing position precision primary real
  references returning right row select session_user setof similar smallint some substring symmetric system_user table
  tablesample then time timestamp to trailing treat trim true union unique user using values varchar variadic verbose
  when where window with xmlattributes xmlconcat xmlelement xmlexists xmlforest xmlnamespaces xmlparse xmlpi xmlroot
  xmlserialize xmltable`.split(/\s+/),
)
