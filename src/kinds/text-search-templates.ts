import { defineKind } from "./kind.ts"

/** The functions of a text search template, quoted and qualified. */
export interface TextSearchTemplate {
  readonly lexize: string
  readonly init: string | null
}

export const textSearchTemplates = defineKind<TextSearchTemplate>({
  name: "text search template",
  query: (scope) => `
    select 'pg_ts_template'::regclass::oid as classid, o.oid as objid, 0 as objsubid, quote_ident(o.tmplname) as name,
      o.tmpllexize::regproc::text as lexize,
      case when o.tmplinit <> 0 then o.tmplinit::regproc::text end as init
    from pg_ts_template o where ${scope.includes("pg_ts_template", "o.oid", "o.tmplnamespace")}`,
  create: ({ identity, properties: { lexize, init } }) => [
    `create text search template ${identity} (${init === null ? "" : `init = ${init}, `}lexize = ${lexize})`,
  ],
  drop: ({ identity }) => [`drop text search template ${identity}`],
  alter: { lexize: "recreate", init: "recreate" },
  facets: { comment: ({ identity }) => `text search template ${identity}` },
})
