import { defineKind } from "./kind.ts"
import { reloptionList, reloptionSteps } from "./reloptions.ts"

/** Its rows can be made again, so it is rebuilt like a view. */
export interface MaterializedView {
  /** The query as pg_get_viewdef() prints it, without its semicolon. */
  readonly definition: string
  readonly options: readonly string[]
  readonly tablespace: string | null
  readonly accessMethod: string | null
  readonly populated: boolean
}

export const materializedViews = defineKind<MaterializedView>({
  name: "materialized view",
  query: (scope) => `
    select 'pg_class'::regclass::oid as classid, c.oid as objid, 0 as objsubid, quote_ident(c.relname) as name,
      c.relowner::regrole::text as owner, c.relacl::text[] as acl,
      rtrim(pg_get_viewdef(c.oid), ';') as definition,
      coalesce(c.reloptions, '{}') || array(select 'toast.' || o from unnest(t.reloptions) o) as options,
      quote_ident(s.spcname) as tablespace, quote_ident(a.amname) as "accessMethod", c.relispopulated as populated
    from pg_class c
    left join pg_class t on t.oid = c.reltoastrelid
    left join pg_tablespace s on s.oid = c.reltablespace
    left join pg_am a on a.oid = c.relam
    where c.relkind = 'm' and ${scope.includes("pg_class", "c.oid", "c.relnamespace")}`,
  create: ({ identity, properties: { definition, options, tablespace, accessMethod, populated } }) => [
    [
      `create materialized view ${identity}`,
      accessMethod === null || accessMethod === "heap" ? "" : ` using ${accessMethod}`,
      options.length === 0 ? "" : ` with ${reloptionList(options)}`,
      tablespace === null ? "" : ` tablespace ${tablespace}`,
      ` as\n${definition}`,
      populated ? "" : "\nwith no data",
    ].join(""),
  ],
  drop: ({ identity }) => [`drop materialized view ${identity}`],
  alter: {
    definition: "recreate",
    options: (before, { identity, properties: { options } }) =>
      reloptionSteps(`materialized view ${identity}`, before.properties.options, options),
    tablespace: (_, { identity, properties: { tablespace } }) => [
      `alter materialized view ${identity} set tablespace ${tablespace ?? "pg_default"}`,
    ],
    accessMethod: "recreate",
    populated: "ignore", // whether it was refreshed is data
  },
  facets: {
    comment: ({ identity }) => `materialized view ${identity}`,
    owner: ({ identity }) => `materialized view ${identity}`,
    grants: { type: "r", on: ({ identity }) => `table ${identity}` },
  },
})
