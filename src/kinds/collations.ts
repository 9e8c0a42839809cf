import { quoteLiteral } from "../sql/identifier.ts"
import { setAsideType } from "./aside.ts"
import { defineKind } from "./kind.ts"

/** What the operating system's or ICU's version of it was does not count: `ALTER COLLATION ... REFRESH` is upkeep. */
export interface Collation {
  readonly provider: "libc" | "icu" | "builtin"
  /** Of ICU and the builtin provider. */
  readonly locale: string | null
  /** Of libc. */
  readonly lcCollate: string | null
  readonly lcCtype: string | null
  readonly deterministic: boolean
  /** From 16: further rules of ICU. */
  readonly rules: string | null
}

export const collations = defineKind<Collation>({
  name: "collation",
  query: (scope) => `
    select 'pg_collation'::regclass::oid as classid, o.oid as objid, 0 as objsubid, quote_ident(o.collname) as name,
      o.collowner::regrole::text as owner,
      case o.collprovider when 'i' then 'icu' when 'b' then 'builtin' else 'libc' end as provider,
      ${localeColumn(scope.version)} as locale,
      case when o.collprovider = 'c' then o.collcollate end as "lcCollate",
      case when o.collprovider = 'c' then o.collctype end as "lcCtype",
      o.collisdeterministic as deterministic, ${scope.version >= 160000 ? "o.collicurules" : "null"} as rules
    from pg_collation o
    where o.collencoding in (-1, (select encoding from pg_database where datname = current_database()))
      and ${scope.includes("pg_collation", "o.oid", "o.collnamespace")}`,
  create: ({ identity, properties }) => [
    `create collation ${identity} (${parameters(properties).join(", ")})`,
  ],
  drop: ({ identity }) => [`drop collation ${identity}`],
  alter: {
    provider: "recreate",
    locale: "recreate",
    lcCollate: "recreate",
    lcCtype: "recreate",
    deterministic: "recreate",
    rules: "recreate",
  },
  setAside: setAsideType("collation"),
  facets: {
    comment: ({ identity }) => `collation ${identity}`,
    owner: ({ identity }) => `collation ${identity}`,
  },
})

function localeColumn(version: number): string {
  if (version >= 170000) return "o.colllocale"
  return version >= 150000 ? "o.colliculocale" : "case when o.collprovider = 'i' then o.collcollate end"
}

function parameters({ provider, locale, lcCollate, lcCtype, deterministic, rules }: Collation): string[] {
  return [
    `provider = ${provider}`,
    ...(locale === null ? [] : [`locale = ${quoteLiteral(locale)}`]),
    ...(lcCollate === null ? [] : [`lc_collate = ${quoteLiteral(lcCollate)}`]),
    ...(lcCtype === null ? [] : [`lc_ctype = ${quoteLiteral(lcCtype)}`]),
    ...(deterministic ? [] : ["deterministic = false"]),
    ...(rules === null ? [] : [`rules = ${quoteLiteral(rules)}`]),
  ]
}
