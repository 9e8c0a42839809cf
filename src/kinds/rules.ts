import { defineKind } from "./kind.ts"

/** A rewrite rule that a user wrote; the rule that makes a view a view belongs to the view. */
export interface Rule {
  /** As pg_get_ruledef() prints it, without its semicolon. */
  readonly definition: string
  readonly enabled: "enable" | "disable" | "enable replica" | "enable always"
}

export const rules = defineKind<Rule>({
  name: "rule",
  query: (scope) => `
    select 'pg_rewrite'::regclass::oid as classid, r.oid as objid, 0 as objsubid, quote_ident(r.rulename) as name,
      'pg_class'::regclass::oid as parentclass, c.oid as parentid,
      rtrim(pg_get_ruledef(r.oid), ';') as definition,
      case r.ev_enabled when 'D' then 'disable' when 'R' then 'enable replica' when 'A' then 'enable always'
        else 'enable' end as enabled
    from pg_rewrite r join pg_class c on c.oid = r.ev_class
    where r.rulename <> '_RETURN' and ${scope.includes("pg_class", "c.oid", "c.relnamespace")}`,
  create: ({ name, parent, properties: { definition, enabled } }) => [
    definition,
    ...(enabled === "enable" ? [] : [`alter table ${parent?.identity} ${enabled} rule ${name}`]),
  ],
  drop: ({ name, parent }) => [`drop rule ${name} on ${parent?.identity}`],
  alter: {
    definition: "recreate",
    enabled: (_, { name, parent, properties: { enabled } }) => [
      `alter table ${parent?.identity} ${enabled} rule ${name}`,
    ],
  },
  facets: { comment: ({ name, parent }) => `rule ${name} on ${parent?.identity}` },
})
