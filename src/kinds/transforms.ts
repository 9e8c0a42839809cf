import type { CatalogObject } from "../catalog/catalog.ts"
import { defineKind } from "./kind.ts"

/** How a procedural language receives and returns values of a type. */
export interface Transform {
  /** With argument types; null where the language's own way is used. */
  readonly fromSql: string | null
  readonly toSql: string | null
}

type Of = CatalogObject<Transform>

export const transforms = defineKind<Transform>({
  name: "transform",
  query: (scope) => `
    select 'pg_transform'::regclass::oid as classid, o.oid as objid, 0 as objsubid,
      'for ' || format_type(o.trftype, null) || ' language ' || quote_ident(l.lanname) as name,
      case when o.trffromsql <> 0 then o.trffromsql::regprocedure::text end as "fromSql",
      case when o.trftosql <> 0 then o.trftosql::regprocedure::text end as "toSql"
    from pg_transform o join pg_language l on l.oid = o.trflang where ${scope.includes("pg_transform", "o.oid")}`,
  create: define,
  drop: ({ name }) => [`drop transform ${name}`],
  alter: { fromSql: (_, after) => define(after), toSql: (_, after) => define(after) },
  facets: { comment: ({ name }) => `transform ${name}` },
})

/** A name reads `for public.point language plperl`; an identity has one word too many before 17. */
function define({ name, properties: { fromSql, toSql } }: Of): string[] {
  const functions = [
    ...(fromSql === null ? [] : [`from sql with function ${fromSql}`]),
    ...(toSql === null ? [] : [`to sql with function ${toSql}`]),
  ]
  return [`create or replace transform ${name} (${functions.join(", ")})`]
}
