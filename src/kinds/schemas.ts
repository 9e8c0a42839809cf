import { defineKind } from "./kind.ts"

/** A namespace; it holds nothing of its own to compare. */
export const schemas = defineKind<Record<never, never>>({
  name: "schema",
  query: (scope) => `
    select 'pg_namespace'::regclass::oid as classid, n.oid as objid, 0 as objsubid, quote_ident(n.nspname) as name,
      n.nspowner::regrole::text as owner, n.nspacl::text[] as acl
    from pg_namespace n where ${scope.includes("pg_namespace", "n.oid", "n.oid")}`,
  create: ({ identity }) => [`create schema ${identity}`],
  drop: ({ identity }) => [`drop schema ${identity}`],
  alter: {},
  facets: {
    comment: ({ identity }) => `schema ${identity}`,
    owner: ({ identity }) => `schema ${identity}`,
    grants: { type: "n", on: ({ identity }) => `schema ${identity}` },
  },
})
