import { defineKind } from "./kind.ts"

/** A cast; the one between a range and its multirange is part of the range. */
export interface Cast {
  /** `with function public.f(integer)`, `without function` or `with inout`. */
  readonly method: string
  readonly context: "explicit" | "assignment" | "implicit"
}

export const casts = defineKind<Cast>({
  name: "cast",
  query: (scope) => `
    select 'pg_cast'::regclass::oid as classid, o.oid as objid, 0 as objsubid,
      format_type(o.castsource, null) || ' as ' || format_type(o.casttarget, null) as name,
      case o.castmethod when 'f' then 'with function ' || o.castfunc::regprocedure when 'i' then 'with inout'
        else 'without function' end as method,
      case o.castcontext when 'i' then 'implicit' when 'a' then 'assignment' else 'explicit' end as context
    from pg_cast o
    where o.oid >= 16384 and ${scope.includes("pg_cast", "o.oid")}
      and not exists (select from pg_depend i where i.classid = 'pg_cast'::regclass and i.objid = o.oid
        and i.deptype = 'i')`,
  create: ({ identity, properties: { method, context } }) => [
    `create cast ${identity} ${method}${context === "explicit" ? "" : ` as ${context}`}`,
  ],
  drop: ({ identity }) => [`drop cast ${identity}`],
  alter: { method: "recreate", context: "recreate" },
  facets: { comment: ({ identity }) => `cast ${identity}` },
})
