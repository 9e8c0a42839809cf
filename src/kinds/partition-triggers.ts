import { defineKind } from "./kind.ts"

/** That the trigger which a partition has from its partitioned table is in another state than that one. */
export interface PartitionTrigger {
  readonly table: string
  readonly trigger: string
  /** What stands behind ALTER TABLE: `disable`, `enable always`. */
  readonly enabled: string
  /** The partitioned table's. */
  readonly inherited: string
}

export const partitionTriggers = defineKind<PartitionTrigger>({
  name: "state of a partition's trigger",
  synthetic: true,
  query: (scope) => `
    select 'pg_trigger'::regclass::oid as classid, g.oid as objid, 1 as objsubid, quote_ident(g.tgname) as name,
      'partition trigger' as type, quote_ident(g.tgname) || ' on ' || c.oid::regclass as identity,
      'pg_class'::regclass::oid as parentclass, c.oid as parentid,
      c.oid::regclass::text as table, quote_ident(g.tgname) as trigger,
      ${stateOf("g.tgenabled")} as enabled, ${stateOf("p.tgenabled")} as inherited
    from pg_trigger g
    join pg_trigger p on p.oid = g.tgparentid and p.tgenabled <> g.tgenabled
    join pg_class c on c.oid = g.tgrelid
    where not g.tgisinternal and ${scope.includes("pg_class", "c.oid", "c.relnamespace")}`,
  // The trigger comes with the attachment, or with the partitioned table's.
  dependencies: () => `
    select 'pg_trigger'::regclass as classid, g.oid as objid, 1 as objsubid, e.refclassid, e.refobjid, 0 as refobjsubid,
      e.type
    from pg_trigger g join pg_trigger p on p.oid = g.tgparentid and p.tgenabled <> g.tgenabled, lateral (values ('pg_trigger'::regclass, g.tgparentid, 'owned'),
      ('pg_inherits'::regclass, g.tgrelid, 'follows')) e (refclassid, refobjid, type)`,
  create: ({ properties: { table, trigger, enabled } }) => [
    `alter table ${table} ${enabled} trigger ${trigger}`,
  ],
  drop: ({ properties: { table, trigger, inherited } }) => [
    `alter table ${table} ${inherited} trigger ${trigger}`,
  ],
  alter: {
    table: "ignore", // the identity
    trigger: "ignore", // the identity
    enabled: (_, { properties: { table, trigger, enabled } }) => [
      `alter table ${table} ${enabled} trigger ${trigger}`,
    ],
    inherited: "recreate",
  },
})

function stateOf(column: string): string {
  return `case ${column} when 'D' then 'disable' when 'R' then 'enable replica' when 'A' then 'enable always'
    else 'enable' end`
}
