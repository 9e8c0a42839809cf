import type { CatalogObject } from "../catalog/catalog.ts"
import { defineKind } from "./kind.ts"

export interface Aggregate {
  /** `name(double precision ORDER BY anyelement)`, quoted and qualified, as CREATE AGGREGATE wants it. */
  readonly signature: string
  readonly aggregateKind: "normal" | "ordered set" | "hypothetical set"
  readonly result: string
  /** `sfunc = int4pl`, `stype = integer`. */
  readonly parameters: readonly string[]
}

type Of = CatalogObject<Aggregate>

/** Statements say ROUTINE: DROP AGGREGATE would need the arguments in a form of its own. */
export const aggregates = defineKind<Aggregate>({
  name: "aggregate",
  query: (scope) => `
    select 'pg_proc'::regclass::oid as classid, p.oid as objid, 0 as objsubid, quote_ident(p.proname) as name,
      p.proowner::regrole::text as owner, p.proacl::text[] as acl,
      quote_ident(n.nspname) || '.' || quote_ident(p.proname) || '(' ||
        coalesce(nullif(pg_get_function_arguments(p.oid), ''), '*') || ')' as signature,
      case a.aggkind when 'o' then 'ordered set' when 'h' then 'hypothetical set' else 'normal' end as "aggregateKind",
      pg_get_function_result(p.oid) as result,
      array_remove(array[
        'sfunc = ' || a.aggtransfn::regproc,
        'stype = ' || format_type(a.aggtranstype, null),
        'sspace = ' || nullif(a.aggtransspace, 0),
        'finalfunc = ' || nullif(a.aggfinalfn, 0)::regproc,
        case when a.aggfinalextra then 'finalfunc_extra' end,
        case when a.aggfinalmodify <> usual.modify then 'finalfunc_modify = ' || ${modifyText("a.aggfinalmodify")} end,
        'combinefunc = ' || nullif(a.aggcombinefn, 0)::regproc,
        'serialfunc = ' || nullif(a.aggserialfn, 0)::regproc,
        'deserialfunc = ' || nullif(a.aggdeserialfn, 0)::regproc,
        'initcond = ' || quote_literal(a.agginitval),
        'msfunc = ' || nullif(a.aggmtransfn, 0)::regproc,
        'minvfunc = ' || nullif(a.aggminvtransfn, 0)::regproc,
        case when a.aggmtranstype <> 0 then 'mstype = ' || format_type(a.aggmtranstype, null) end,
        'msspace = ' || nullif(a.aggmtransspace, 0),
        'mfinalfunc = ' || nullif(a.aggmfinalfn, 0)::regproc,
        case when a.aggmfinalextra then 'mfinalfunc_extra' end,
        case when a.aggmtransfn <> 0 and a.aggmfinalmodify <> usual.modify
          then 'mfinalfunc_modify = ' || ${modifyText("a.aggmfinalmodify")} end,
        'minitcond = ' || quote_literal(a.aggminitval),
        'sortop = operator(' || quote_ident(sn.nspname) || '.' || s.oprname || ')',
        case p.proparallel when 's' then 'parallel = safe' when 'r' then 'parallel = restricted' end,
        case when a.aggkind = 'h' then 'hypothetical' end
      ], null) as parameters
    from pg_aggregate a
    join pg_proc p on p.oid = a.aggfnoid
    join pg_namespace n on n.oid = p.pronamespace
    cross join lateral (select case when a.aggkind = 'n' then 'r' else 'w' end::"char" as modify) usual
    left join (pg_operator s join pg_namespace sn on sn.oid = s.oprnamespace) on s.oid = a.aggsortop
    where ${scope.includes("pg_proc", "p.oid", "p.pronamespace")}`,
  create: define,
  drop: ({ identity }) => [`drop routine ${identity}`],
  alter: {
    signature: "recreate",
    aggregateKind: "recreate",
    result: "recreate",
    parameters: (_, after) => define(after),
  },
  facets: {
    comment: ({ identity }) => `routine ${identity}`,
    owner: ({ identity }) => `routine ${identity}`,
    grants: { type: "f", on: ({ identity }) => `routine ${identity}` },
  },
})

function define({ properties: { signature, parameters } }: Of): string[] {
  return [`create or replace aggregate ${signature} (\n  ${parameters.join(",\n  ")}\n)`]
}

function modifyText(column: string): string {
  return `case ${column} when 'r' then 'read_only' when 's' then 'shareable' else 'read_write' end`
}
