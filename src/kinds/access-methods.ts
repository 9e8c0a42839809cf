import { defineKind } from "./kind.ts"

export interface AccessMethod {
  readonly of: "index" | "table"
  /** Quoted and qualified. */
  readonly handler: string
}

export const accessMethods = defineKind<AccessMethod>({
  name: "access method",
  query: (scope) => `
    select 'pg_am'::regclass::oid as classid, o.oid as objid, 0 as objsubid, quote_ident(o.amname) as name,
      case o.amtype when 't' then 'table' else 'index' end as of, o.amhandler::regproc::text as handler
    from pg_am o where o.oid >= 16384 and ${scope.includes("pg_am", "o.oid")}`,
  create: ({ identity, properties: { of, handler } }) => [
    `create access method ${identity} type ${of} handler ${handler}`,
  ],
  drop: ({ identity }) => [`drop access method ${identity}`],
  alter: { of: "recreate", handler: "recreate" },
  facets: { comment: ({ identity }) => `access method ${identity}` },
})
