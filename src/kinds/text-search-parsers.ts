import { defineKind } from "./kind.ts"

/** The functions of a text search parser, quoted and qualified. */
export interface TextSearchParser {
  readonly start: string
  readonly getToken: string
  readonly end: string
  readonly lexTypes: string
  readonly headline: string | null
}

export const textSearchParsers = defineKind<TextSearchParser>({
  name: "text search parser",
  query: (scope) => `
    select 'pg_ts_parser'::regclass::oid as classid, o.oid as objid, 0 as objsubid, quote_ident(o.prsname) as name,
      o.prsstart::regproc::text as start, o.prstoken::regproc::text as "getToken", o.prsend::regproc::text as end,
      o.prslextype::regproc::text as "lexTypes",
      case when o.prsheadline <> 0 then o.prsheadline::regproc::text end as headline
    from pg_ts_parser o where ${scope.includes("pg_ts_parser", "o.oid", "o.prsnamespace")}`,
  create: ({ identity, properties: { start, getToken, end, lexTypes, headline } }) => [
    `create text search parser ${identity} (start = ${start}, gettoken = ${getToken}, end = ${end}, lextypes = ${lexTypes}${
      headline === null ? "" : `, headline = ${headline}`
    })`,
  ],
  drop: ({ identity }) => [`drop text search parser ${identity}`],
  alter: {
    start: "recreate",
    getToken: "recreate",
    end: "recreate",
    lexTypes: "recreate",
    headline: "recreate",
  },
  facets: { comment: ({ identity }) => `text search parser ${identity}` },
})
