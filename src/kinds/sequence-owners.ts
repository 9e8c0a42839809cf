import { defineKind } from "./kind.ts"

/** That a sequence is dropped with a column. */
export interface SequenceOwner {
  readonly sequence: string
  /** `public.users.id`. */
  readonly column: string
}

/** An object of its own, since it needs the column, whose default needs the sequence. */
export const sequenceOwners = defineKind<SequenceOwner>({
  name: "sequence owner",
  synthetic: true,
  query: (scope) => `
    select 'pg_sequence'::regclass::oid as classid, c.oid as objid, 0 as objsubid, quote_ident(c.relname) as name,
      'sequence owner' as type, c.oid::regclass::text as identity,
      c.oid::regclass::text as sequence, t.oid::regclass || '.' || quote_ident(a.attname) as column
    from pg_depend d
    join pg_class c on c.oid = d.objid and c.relkind = 'S'
    join pg_class t on t.oid = d.refobjid
    join pg_attribute a on a.attrelid = t.oid and a.attnum = d.refobjsubid
    where d.classid = 'pg_class'::regclass and d.refclassid = 'pg_class'::regclass and d.deptype = 'a'
      and d.refobjsubid > 0 and ${scope.includes("pg_class", "c.oid", "c.relnamespace")}`,
  dependencies: () => `
    select e.classid::regclass as classid, d.objid, 0 as objsubid, e.refclassid, e.refobjid, e.refobjsubid, e.type
    from pg_depend d join pg_class c on c.oid = d.objid and c.relkind = 'S',
      lateral (values
        ('pg_sequence', d.refclassid, d.refobjid, d.refobjsubid, 'needs'),
        ('pg_sequence', d.classid, d.objid, 0, 'owned'),
        ('pg_class', d.refclassid, d.refobjid, d.refobjsubid, 'goes')
      ) e (classid, refclassid, refobjid, refobjsubid, type)
    where d.classid = 'pg_class'::regclass and d.refclassid = 'pg_class'::regclass and d.deptype = 'a'
      and d.refobjsubid > 0`,
  create: ({ properties: { sequence, column } }) => [`alter sequence ${sequence} owned by ${column}`],
  drop: ({ properties: { sequence } }) => [`alter sequence ${sequence} owned by none`],
  remadeByServer: () => true,
  alter: {
    sequence: "ignore", // the identity
    column: (_, { properties: { sequence, column } }) => [`alter sequence ${sequence} owned by ${column}`],
  },
})
