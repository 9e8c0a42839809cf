import { quoteLiteral } from "../sql/identifier.ts"
import { defineKind } from "./kind.ts"

export interface Extension {
  /** The schema that holds what it brings. */
  readonly schema: string
  readonly version: string
  /** Whether it is the one that the server installs where none is asked for. */
  readonly isDefaultVersion: boolean
  /** Whether it can change its schema. */
  readonly relocatable: boolean
}

export const extensions = defineKind<Extension>({
  name: "extension",
  // plpgsql is in every database from the start.
  query: () => `
    select 'pg_extension'::regclass::oid as classid, e.oid as objid, 0 as objsubid, quote_ident(e.extname) as name,
      e.extnamespace::regnamespace::text as schema, e.extversion as version,
      coalesce(e.extversion =
        (select a.default_version from pg_available_extensions() a where a.name = e.extname), true) as "isDefaultVersion",
      e.extrelocatable as relocatable
    from pg_extension e where e.extname <> 'plpgsql'`,
  create: ({ identity, properties: { schema, version, isDefaultVersion } }) => [
    `create extension ${identity} schema ${schema}${isDefaultVersion ? "" : ` version ${quoteLiteral(version)}`}`,
  ],
  drop: ({ identity }) => [`drop extension ${identity}`],
  alter: {
    schema: (_, { identity, properties: { schema, relocatable } }) =>
      relocatable ? [`alter extension ${identity} set schema ${schema}`] : "recreate",
    relocatable: "ignore", // follows from the version
    // Extensions bring scripts that lead to newer versions, and next to none that lead back.
    version: (before, { identity, properties: { version } }) =>
      isOlder(version, before.properties.version)
        ? "recreate"
        : [`alter extension ${identity} update to ${quoteLiteral(version)}`],
    isDefaultVersion: "ignore", // follows from the version and the server
  },
  facets: { comment: ({ identity }) => `extension ${identity}` },
})

/** Versions are any words; those that are numbers with dots have an order. */
function isOlder(version: string, other: string): boolean {
  const [a, b] = [version, other].map((each) => each.split(/\D+/).map(Number)) as [number[], number[]]
  const place = a.findIndex((part, at) => part !== b[at])
  return place !== -1 && (a[place] ?? 0) < (b[place] ?? 0)
}
