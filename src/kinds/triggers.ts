import { defineKind } from "./kind.ts"

/** A trigger or constraint trigger; those that the server made for a foreign key or a partition are not objects. */
export interface Trigger {
  /** As pg_get_triggerdef() prints it. */
  readonly definition: string
  readonly enabled: "enable" | "disable" | "enable replica" | "enable always"
}

export const triggers = defineKind<Trigger>({
  name: "trigger",
  query: (scope) => `
    select 'pg_trigger'::regclass::oid as classid, g.oid as objid, 0 as objsubid, quote_ident(g.tgname) as name,
      'pg_class'::regclass::oid as parentclass, c.oid as parentid,
      pg_get_triggerdef(g.oid) as definition,
      case g.tgenabled when 'D' then 'disable' when 'R' then 'enable replica' when 'A' then 'enable always'
        else 'enable' end as enabled
    from pg_trigger g join pg_class c on c.oid = g.tgrelid
    where not g.tgisinternal and g.tgparentid = 0 and ${scope.includes("pg_class", "c.oid", "c.relnamespace")}`,
  create: ({ name, parent, properties: { definition, enabled } }) => [
    definition,
    ...(enabled === "enable" ? [] : [`alter table ${parent?.identity} ${enabled} trigger ${name}`]),
  ],
  drop: ({ name, parent }) => [`drop trigger ${name} on ${parent?.identity}`],
  alter: {
    definition: "recreate",
    enabled: (_, { name, parent, properties: { enabled } }) => [
      `alter table ${parent?.identity} ${enabled} trigger ${name}`,
    ],
  },
  facets: { comment: ({ name, parent }) => `trigger ${name} on ${parent?.identity}` },
})
