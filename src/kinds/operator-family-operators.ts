import { defineKind } from "./kind.ts"
import { isLoose, operatorText } from "./operator-members.ts"

/** An operator that was added to a family, or that PostgreSQL counts as the family's and not as a class's. */
export interface OperatorFamilyOperator {
  /** `operator 1 <(integer,bigint)`. */
  readonly text: string
  /** Quoted and qualified, with its access method. */
  readonly family: string
  readonly strategy: number
  /** `integer, bigint`. */
  readonly types: string
}

export const operatorFamilyOperators = defineKind<OperatorFamilyOperator>({
  name: "operator of an operator family",
  query: (scope) => `
    select 'pg_amop'::regclass::oid as classid, m.oid as objid, 0 as objsubid, m.amopopr::regoperator::text as name,
      'pg_opfamily'::regclass::oid as parentclass, f.oid as parentid,
      ${operatorText} as text, quote_ident(n.nspname) || '.' || quote_ident(f.opfname) || ' using ' || quote_ident(a.amname)
        as family,
      m.amopstrategy::int as strategy,
      format_type(m.amoplefttype, null) || ', ' || format_type(m.amoprighttype, null) as types
    from pg_amop m
    join pg_opfamily f on f.oid = m.amopfamily
    join pg_namespace n on n.oid = f.opfnamespace
    join pg_am a on a.oid = f.opfmethod
    where ${isLoose("pg_amop")}
      and (${scope.includes("pg_opfamily", "f.oid", "f.opfnamespace")}
        or n.nspname = 'pg_catalog' and ${scope.includes("pg_operator", "m.amopopr")})`,
  create: ({ properties: { family, text } }) => [`alter operator family ${family} add ${text}`],
  drop: ({ properties: { family, strategy, types } }) => [
    `alter operator family ${family} drop operator ${strategy} (${types})`,
  ],
  alter: { text: "recreate", family: "recreate", strategy: "recreate", types: "recreate" },
})
