import { quoteLiteral } from "../sql/identifier.ts"
import { defineKind } from "./kind.ts"

export interface Default {
  readonly expression: string
}

/** The default of a column: an object of its own, since it needs functions and sequences that its table does not. */
export const defaults = defineKind<Default>({
  name: "default",
  identified: true,
  query: (scope) => `
    select 'default value' as type, 'for ' || c.identity || '.' || quote_ident(a.attname) as identity,
      'pg_attrdef'::regclass::oid as classid, d.oid as objid, 0 as objsubid, quote_ident(a.attname) as name,
      'pg_class'::regclass::oid as parentclass, c.oid as parentid, a.attnum::int as parentsubid,
      pg_get_expr(d.adbin, 0) as expression
    from pg_attrdef d
    join pg_attribute a on a.attrelid = d.adrelid and a.attnum = d.adnum
    join (select c.oid, c.oid::regclass::text as identity from pg_class c
      where c.relkind in ('r', 'p', 'f', 'v') and ${scope.includes("pg_class", "c.oid", "c.relnamespace")} offset 0) c
      on c.oid = d.adrelid
    where a.attgenerated = ''`,
  inline: ({ properties: { expression } }) => `default ${expression}`,
  create: ({ identity, properties: { expression } }) => [
    `alter table only ${tableOf(identity)} alter column ${columnOf(identity)} set default ${expression}`,
  ],
  // A sequence that begins goes on behind the values that there are.
  resume: ({ identity, properties: { expression } }) => {
    const sequence = /^nextval\('((?:[^']|'')+)'::regclass\)$/.exec(expression)?.[1]?.replaceAll("''", "'")
    if (sequence === undefined) return undefined
    const last = `max(${columnOf(identity)})`
    return {
      made: `sequence ${sequence}`,
      steps: [
        `select pg_catalog.setval(${quoteLiteral(sequence)}, ${last}) from ${tableOf(identity)} having ${last} >= (select last_value from ${sequence})`,
      ],
    }
  },
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
