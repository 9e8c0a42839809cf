import { defineKind } from "./kind.ts"

/** A function, window function or procedure; those that the server makes for a range type are not objects. */
export interface Function {
  /** `CREATE OR REPLACE FUNCTION ...` exactly as pg_get_functiondef() prints it. */
  readonly definition: string
  readonly routine: "function" | "procedure"
  /** What CREATE OR REPLACE cannot change: the result's type. */
  readonly result: string | null
  /** Names and modes of the arguments. */
  readonly argumentNames: string
  /** How many of them have defaults. */
  readonly defaultCount: number
}

export const functions = defineKind<Function>({
  name: "function",
  query: (scope) => `
    select 'pg_proc'::regclass::oid as classid, p.oid as objid, 0 as objsubid, quote_ident(p.proname) as name,
      p.proowner::regrole::text as owner, p.proacl::text[] as acl,
      rtrim(pg_get_functiondef(p.oid), E'\\n') as definition,
      case p.prokind when 'p' then 'procedure' else 'function' end as routine,
      pg_get_function_result(p.oid) as result,
      coalesce(p.proargmodes::text, '') || coalesce(p.proargnames::text, '') as "argumentNames",
      p.pronargdefaults::int as "defaultCount"
    from pg_proc p
    where p.prokind in ('f', 'w', 'p')
      and not exists (select from pg_depend i where i.classid = 'pg_proc'::regclass and i.objid = p.oid
        and i.deptype = 'i')
      and ${scope.includes("pg_proc", "p.oid", "p.pronamespace")}`,
  create: ({ properties: { definition } }) => [definition],
  drop: ({ identity, properties: { routine } }) => [`drop ${routine} ${identity}`],
  alter: {
    routine: "recreate",
    result: "recreate",
    argumentNames: (before) => (before.properties.argumentNames === "" ? [] : "recreate"),
    defaultCount: (before, after) =>
      after.properties.defaultCount < before.properties.defaultCount ? "recreate" : [],
    definition: (_, { properties: { definition } }) => [definition],
  },
  mentions: ({ properties: { definition } }) => definition,
  // A body may name what is made after it.
  settings: ["set check_function_bodies = off"],
  facets: {
    comment: ({ identity, properties: { routine } }) => `${routine} ${identity}`,
    owner: ({ identity, properties: { routine } }) => `${routine} ${identity}`,
    grants: { type: "f", on: ({ identity, properties: { routine } }) => `${routine} ${identity}` },
  },
})
