import { defineKind } from "./kind.ts"

/** That a table is a partition of another one. */
export interface Attachment {
  /** `FOR VALUES IN ('a')` or `DEFAULT`. */
  readonly bound: string
  readonly table: string
  readonly partition: string
  /** What holds for its rows, as a condition. */
  readonly rows: string | null
}

/**
 * An object of its own, because its time is another one than its table's: a partition comes with its indexes and
 * constraints, so that the server finds those that belong to the partitioned table's and makes none under names of
 * its own choice.
 */
export const attachments = defineKind<Attachment>({
  name: "partition attachment",
  synthetic: true,
  query: (scope) => `
    select 'pg_inherits'::regclass::oid as classid, c.oid as objid, 0 as objsubid, quote_ident(c.relname) as name,
      'partition' as type, c.oid::regclass::text as identity,
      'pg_class'::regclass::oid as parentclass, c.oid as parentid,
      pg_get_expr(c.relpartbound, c.oid) as bound, pg_get_partition_constraintdef(c.oid) as rows, i.inhparent::regclass::text as table,
      c.oid::regclass::text as partition
    from pg_class c join pg_inherits i on i.inhrelid = c.oid
    where c.relispartition and c.relkind in ('r', 'p', 'f') and ${scope.includes("pg_class", "c.oid", "c.relnamespace")}`,
  // The partition's indexes and constraints first: then the server takes them for its own.
  dependencies: () => `
    select 'pg_inherits'::regclass as classid, i.inhrelid as objid, 0 as objsubid,
      'pg_class'::regclass as refclassid, i.inhparent as refobjid, 0 as refobjsubid, 'needs' as type
    from pg_inherits i join pg_class c on c.oid = i.inhrelid where c.relispartition and c.relkind in ('r', 'p', 'f')
    union all
    select 'pg_inherits'::regclass, x.indrelid, 0, 'pg_class'::regclass, x.indexrelid, 0, 'follows'
    from pg_index x join pg_class c on c.oid = x.indrelid and c.relispartition
    union all
    select 'pg_inherits'::regclass, k.conrelid, 0, 'pg_constraint'::regclass, k.oid, 0, 'follows'
    from pg_constraint k join pg_class c on c.oid = k.conrelid and c.relispartition
    where k.contype in ('p', 'u', 'x', 'c')
    union all
    select 'pg_inherits'::regclass, a.attrelid, 0, 'pg_class'::regclass, a.attrelid, a.attnum, 'follows'
    from pg_attribute a join pg_class c on c.oid = a.attrelid and c.relispartition
    where a.attnum > 0 and not a.attisdropped`,
  create: ({ properties: { table, partition, bound } }) => [
    `alter table ${table} attach partition ${partition} ${bound}`,
  ],
  // The same rows go into one partition only.
  names: ({ properties: { table, bound } }) => [`${table} ${bound}`],
  drop: ({ properties: { table, partition } }) => [`alter table ${table} detach partition ${partition}`],
  alter: {
    bound: "recreate",
    table: "recreate",
    partition: "ignore", // the identity
    rows: "ignore", // follows from the bounds
  },
})
