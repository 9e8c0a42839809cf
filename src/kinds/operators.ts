import type { CatalogObject } from "../catalog/catalog.ts"
import { defineKind } from "./kind.ts"

/** An operator; one that was only named as another's commutator or negator is no object yet. */
export interface Operator {
  /** `public.===`, which is no identity: that has its operands. */
  readonly symbol: string
  /** Null for a prefix operator. */
  readonly leftType: string | null
  readonly rightType: string
  /** Quoted and qualified, like the estimators. */
  readonly function: string
  /** `operator(public.===)`. */
  readonly commutator: string | null
  readonly negator: string | null
  readonly restrict: string | null
  readonly join: string | null
  readonly hashes: boolean
  readonly merges: boolean
}

type Of = CatalogObject<Operator>

/** Only from 17 on can commutator, negator, HASHES and MERGES be added in place, and never be taken away. */
export const operators = defineKind<Operator>({
  name: "operator",
  query: (scope) => `
    select 'pg_operator'::regclass::oid as classid, o.oid as objid, 0 as objsubid, quote_ident(o.oprname) as name,
      o.oprowner::regrole::text as owner, quote_ident(n.nspname) || '.' || o.oprname as symbol,
      case when o.oprleft <> 0 then format_type(o.oprleft, null) end as "leftType",
      format_type(o.oprright, null) as "rightType", o.oprcode::regproc::text as function,
      'operator(' || quote_ident(cn.nspname) || '.' || c.oprname || ')' as commutator,
      'operator(' || quote_ident(gn.nspname) || '.' || g.oprname || ')' as negator,
      case when o.oprrest <> 0 then o.oprrest::regproc::text end as restrict,
      case when o.oprjoin <> 0 then o.oprjoin::regproc::text end as join,
      o.oprcanhash as hashes, o.oprcanmerge as merges
    from pg_operator o
    join pg_namespace n on n.oid = o.oprnamespace
    left join (pg_operator c join pg_namespace cn on cn.oid = c.oprnamespace) on c.oid = o.oprcom
    left join (pg_operator g join pg_namespace gn on gn.oid = g.oprnamespace) on g.oid = o.oprnegate
    where o.oprcode <> 0 and ${scope.includes("pg_operator", "o.oid", "o.oprnamespace")}`,
  create: ({ properties }) => [`create operator ${properties.symbol} (${parameters(properties).join(", ")})`],
  drop: ({ identity }) => [`drop operator ${identity}`],
  alter: {
    symbol: "recreate",
    leftType: "recreate",
    rightType: "recreate",
    function: "recreate",
    commutator: "recreate",
    negator: "recreate",
    hashes: "recreate",
    merges: "recreate",
    restrict: (_, after) => setEstimator(after, "restrict"),
    join: (_, after) => setEstimator(after, "join"),
  },
  facets: {
    comment: ({ identity }) => `operator ${identity}`,
    owner: ({ identity }) => `operator ${identity}`,
  },
})

function parameters(properties: Operator): string[] {
  const { leftType, rightType, commutator, negator, restrict, join, hashes, merges } = properties
  return [
    `function = ${properties.function}`,
    ...(leftType === null ? [] : [`leftarg = ${leftType}`]),
    `rightarg = ${rightType}`,
    ...(commutator === null ? [] : [`commutator = ${commutator}`]),
    ...(negator === null ? [] : [`negator = ${negator}`]),
    ...(restrict === null ? [] : [`restrict = ${restrict}`]),
    ...(join === null ? [] : [`join = ${join}`]),
    ...(hashes ? ["hashes"] : []),
    ...(merges ? ["merges"] : []),
  ]
}

function setEstimator({ identity, properties }: Of, name: "restrict" | "join"): string[] {
  return [`alter operator ${identity} set (${name} = ${properties[name] ?? "none"})`]
}
