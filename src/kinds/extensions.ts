import { quoteLiteral } from "../sql/identifier.ts"
import { defineKind } from "./kind.ts"

export interface Extension {
  /** The schema that holds what it brings. */
  readonly schema: string
  readonly version: string
  /** Whether it can change its schema. */
  readonly relocatable: boolean
}

export const extensions = defineKind<Extension>({
  name: "extension",
  // plpgsql is in every database from the start.
  query: () => `
    select 'pg_extension'::regclass::oid as classid, e.oid as objid, 0 as objsubid, quote_ident(e.extname) as name,
      e.extnamespace::regnamespace::text as schema, e.extversion as version,
      e.extrelocatable as relocatable
    from pg_extension e where e.extname <> 'plpgsql'`,
  create: ({ identity, properties: { schema } }) => [`create extension ${identity} schema ${schema}`],
  drop: ({ identity }) => [`drop extension ${identity}`],
  alter: {
    schema: (_, { identity, properties: { schema, relocatable } }) =>
      relocatable ? [`alter extension ${identity} set schema ${schema}`] : "recreate",
    relocatable: "ignore", // follows from the version
    version: (_, { identity, properties: { version } }) => [
      `alter extension ${identity} update to ${quoteLiteral(version)}`,
    ],
  },
  facets: { comment: ({ identity }) => `extension ${identity}` },
})
