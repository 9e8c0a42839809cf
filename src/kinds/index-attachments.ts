import { defineKind } from "./kind.ts"

/** That an index, or the index of a constraint, is the part of a partitioned table's index. */
export interface IndexAttachment {
  readonly index: string
  readonly partition: string
}

export const indexAttachments = defineKind<IndexAttachment>({
  name: "index attachment",
  synthetic: true,
  query: (scope) => `
    select 'pg_inherits'::regclass::oid as classid, c.oid as objid, 0 as objsubid, quote_ident(c.relname) as name,
      'index partition' as type, c.oid::regclass::text as identity,
      i.inhparent::regclass::text as index, c.oid::regclass::text as partition
    from pg_class c join pg_inherits i on i.inhrelid = c.oid
    where c.relispartition and c.relkind in ('i', 'I') and ${scope.includes("pg_class", "c.oid", "c.relnamespace")}`,
  // A foreign key needs the whole of the index that it refers to; so does a partition that has partitions itself, for
  // the server to take its index for that of the whole.
  dependencies: () => `
    select 'pg_inherits'::regclass as classid, i.inhrelid as objid, 0 as objsubid,
      'pg_class'::regclass as refclassid, e.oid as refobjid, 0 as refobjsubid, 'owned' as type
    from pg_inherits i join pg_class c on c.oid = i.inhrelid and c.relkind in ('i', 'I'),
      unnest(array[i.inhrelid, i.inhparent]) e (oid)
    union all
    select 'pg_inherits'::regclass, x.indexrelid, 0, 'pg_inherits'::regclass, x.indrelid, 0, 'owned'
    from pg_index x join pg_class c on c.oid = x.indexrelid and c.relispartition
    union all
    select 'pg_constraint'::regclass, k.oid, 0, 'pg_inherits'::regclass, part.relid, 0, 'follows'
    from pg_constraint k join pg_class c on c.oid = k.conindid and c.relkind = 'I', pg_partition_tree(c.oid) part
    where k.contype = 'f' and k.conparentid = 0 and part.relid <> k.conindid
    union all
    select 'pg_inherits'::regclass, x.indrelid, 0, 'pg_inherits'::regclass, i.inhrelid, 0, 'follows'
    from pg_inherits i
    join pg_index x on x.indexrelid = i.inhparent
    join pg_class c on c.oid = x.indrelid and c.relispartition`,
  create: ({ properties: { index, partition } }) => [`alter index ${index} attach partition ${partition}`],
  // There is no statement for it: it ends with either index, or when the table's partition is detached.
  drop: () => [],
  endsWith: ({ properties: { index } }) => index,
  alter: {
    index: "recreate",
    partition: "ignore", // the identity
  },
})
