import { defineKind } from "./kind.ts"

/** That a publication publishes all tables of a schema; from 15. */
export interface PublicationSchema {
  readonly schema: string
}

export const publicationSchemas = defineKind<PublicationSchema>({
  name: "publication schema",
  query: (scope) =>
    scope.version < 150000
      ? "select null::oid as classid, null::oid as objid, 0 as objsubid, '' as name, '' as schema where false"
      : `
    select 'pg_publication_namespace'::regclass::oid as classid, o.oid as objid, 0 as objsubid,
      o.pnnspid::regnamespace::text as name, 'pg_publication'::regclass::oid as parentclass, o.pnpubid as parentid,
      o.pnnspid::regnamespace::text as schema
    from pg_publication_namespace o
    where ${scope.includes("pg_publication", "o.pnpubid")} and ${scope.includes("pg_namespace", "o.pnnspid", "o.pnnspid")}`,
  create: ({ parent, properties: { schema } }) => [
    `alter publication ${parent?.identity} add tables in schema ${schema}`,
  ],
  drop: ({ parent, properties: { schema } }) => [
    `alter publication ${parent?.identity} drop tables in schema ${schema}`,
  ],
  alter: { schema: "recreate" },
})
