import { defineKind } from "./kind.ts"

export interface Default {
  readonly expression: string
}

/** The default of a column: an object of its own, since it needs functions and sequences that its table does not. */
export const defaults = defineKind<Default>({
  name: "default",
  query: (scope) => `
    select 'pg_attrdef'::regclass::oid as classid, d.oid as objid, 0 as objsubid, quote_ident(a.attname) as name,
      'pg_class'::regclass::oid as parentclass, c.oid as parentid, a.attnum::int as parentsubid,
      pg_get_expr(d.adbin, d.adrelid) as expression
    from pg_attrdef d
    join pg_attribute a on a.attrelid = d.adrelid and a.attnum = d.adnum
    join pg_class c on c.oid = d.adrelid
    where a.attgenerated = '' and ${scope.includes("pg_class", "c.oid", "c.relnamespace")}`,
  inline: ({ properties: { expression } }) => `default ${expression}`,
  create: ({ identity, properties: { expression } }) => [
    `alter table only ${tableOf(identity)} alter column ${columnOf(identity)} set default ${expression}`,
  ],
  drop: ({ identity }) => [
    `alter table only ${tableOf(identity)} alter column ${columnOf(identity)} drop default`,
  ],
  alter: {
    expression: (_, { identity, properties: { expression } }) => [
      `alter table only ${tableOf(identity)} alter column ${columnOf(identity)} set default ${expression}`,
    ],
  },
})

const parts = /^for (.*)\.("(?:[^"]|"")*"|[^."]+)$/s

/** `for public.users.email` is how the server names the default of a column. */
function tableOf(identity: string): string {
  return parts.exec(identity)?.[1] ?? ""
}

function columnOf(identity: string): string {
  return parts.exec(identity)?.[2] ?? ""
}
