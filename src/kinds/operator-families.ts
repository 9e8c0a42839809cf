import { defineKind } from "./kind.ts"

/** A family of operator classes; its loose operators and functions are objects of their own. */
export const operatorFamilies = defineKind<Record<never, never>>({
  name: "operator family",
  query: (scope) => `
    select 'pg_opfamily'::regclass::oid as classid, o.oid as objid, 0 as objsubid, quote_ident(o.opfname) as name,
      o.opfowner::regrole::text as owner
    from pg_opfamily o where ${scope.includes("pg_opfamily", "o.oid", "o.opfnamespace")}`,
  create: ({ identity }) => [`create operator family ${identity}`],
  drop: ({ identity }) => [`drop operator family ${identity}`],
  alter: {},
  facets: {
    comment: ({ identity }) => `operator family ${identity}`,
    owner: ({ identity }) => `operator family ${identity}`,
  },
})
