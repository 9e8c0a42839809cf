import { defineKind } from "./kind.ts"
import { functionText, isLoose } from "./operator-members.ts"

/** A support function that was added to a family, or that PostgreSQL counts as the family's and not as a class's. */
export interface OperatorFamilyFunction {
  /** `function 1 (integer, bigint) public.compare(integer,bigint)`. */
  readonly text: string
  /** Quoted and qualified, with its access method. */
  readonly family: string
  readonly number: number
  /** `integer, bigint`. */
  readonly types: string
}

export const operatorFamilyFunctions = defineKind<OperatorFamilyFunction>({
  name: "function of an operator family",
  query: (scope) => `
    select 'pg_amproc'::regclass::oid as classid, m.oid as objid, 0 as objsubid, m.amproc::regprocedure::text as name,
      'pg_opfamily'::regclass::oid as parentclass, f.oid as parentid,
      ${functionText} as text, quote_ident(n.nspname) || '.' || quote_ident(f.opfname) || ' using ' || quote_ident(a.amname)
        as family,
      m.amprocnum::int as number,
      format_type(m.amproclefttype, null) || ', ' || format_type(m.amprocrighttype, null) as types
    from pg_amproc m
    join pg_opfamily f on f.oid = m.amprocfamily
    join pg_namespace n on n.oid = f.opfnamespace
    join pg_am a on a.oid = f.opfmethod
    where ${isLoose("pg_amproc")}
      and (${scope.includes("pg_opfamily", "f.oid", "f.opfnamespace")}
        or n.nspname = 'pg_catalog' and ${scope.includes("pg_proc", "m.amproc")})`,
  create: ({ properties: { family, text } }) => [`alter operator family ${family} add ${text}`],
  drop: ({ properties: { family, number, types } }) => [
    `alter operator family ${family} drop function ${number} (${types})`,
  ],
  alter: { text: "recreate", family: "recreate", number: "recreate", types: "recreate" },
})
