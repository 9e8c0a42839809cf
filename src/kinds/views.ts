import { quoteIdentifier } from "../sql/identifier.ts"
import { defineKind } from "./kind.ts"
import { reloptionList, reloptionSteps } from "./reloptions.ts"

export interface View {
  /** The query as pg_get_viewdef() prints it, without its semicolon. */
  readonly definition: string
  /** `name type [collate ...]` of each column, in their order. */
  readonly columns: readonly string[]
  readonly options: readonly string[]
}

export const views = defineKind<View>({
  name: "view",
  query: (scope) => `
    select 'pg_class'::regclass::oid as classid, c.oid as objid, 0 as objsubid, quote_ident(c.relname) as name,
      c.relowner::regrole::text as owner, c.relacl::text[] as acl,
      rtrim(pg_get_viewdef(c.oid), ';') as definition,
      array(select quote_ident(a.attname) || ' ' || format_type(a.atttypid, a.atttypmod)
          || case when a.attcollation <> t.typcollation then ' collate ' || a.attcollation::regcollation else '' end
        from pg_attribute a join pg_type t on t.oid = a.atttypid
        where a.attrelid = c.oid and a.attnum > 0 order by a.attnum) as columns,
      coalesce(c.reloptions, '{}') as options
    from pg_class c where c.relkind = 'v' and ${scope.includes("pg_class", "c.oid", "c.relnamespace")}`,
  create: ({ identity, properties: { definition, options } }) => [
    `create or replace view ${identity}${options.length === 0 ? "" : ` with ${reloptionList(options)}`} as\n${definition}`,
  ],
  drop: ({ identity }) => [`drop view ${identity}`],
  alter: {
    // Columns can be added at the end, and nothing else; the columns' own rule has the last word.
    columns: (before, after) =>
      before.properties.columns.every((column, place) => after.properties.columns[place] === column)
        ? []
        : "recreate",
    definition: (_, { identity, properties: { definition, options } }) => [
      `create or replace view ${identity}${options.length === 0 ? "" : ` with ${reloptionList(options)}`} as\n${definition}`,
    ],
    options: (before, { identity, properties: { options } }) =>
      reloptionSteps(`view ${identity}`, before.properties.options, options),
  },
  hosts: () => false,
  stub: ({ identity, properties: { columns } }) => [
    `create or replace view ${identity} as\n select ${columns.map(stubColumn).join(",\n    ")}`,
  ],
  facets: {
    comment: ({ identity }) => `view ${identity}`,
    owner: ({ identity }) => `view ${identity}`,
    grants: { type: "r", on: ({ identity }) => `table ${identity}` },
  },
})

function stubColumn(column: string): string {
  const [, name = quoteIdentifier("column"), type = "text", collation = ""] =
    /^("(?:[^"]|"")*"|\S+) (.*?)( collate .*)?$/s.exec(column) ?? []
  return `null::${type}${collation} as ${name}`
}
