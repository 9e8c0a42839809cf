import { defineKind } from "./kind.ts"

/** A type that was announced and never defined. */
export const shellTypes = defineKind<Record<never, never>>({
  name: "shell type",
  query: (scope) => `
    select 'pg_type'::regclass::oid as classid, o.oid as objid, 0 as objsubid, quote_ident(o.typname) as name,
      o.typowner::regrole::text as owner
    from pg_type o where not o.typisdefined and ${scope.includes("pg_type", "o.oid", "o.typnamespace")}`,
  create: ({ identity }) => [`create type ${identity}`],
  drop: ({ identity }) => [`drop type ${identity}`],
  alter: {},
  facets: {
    comment: ({ identity }) => `type ${identity}`,
    owner: ({ identity }) => `type ${identity}`,
  },
})
