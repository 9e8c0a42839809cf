import type { CatalogObject } from "../catalog/catalog.ts"
import { defineKind, losing } from "./kind.ts"
import { sequenceSteps, unusualOptions } from "./sequence-options.ts"

/** A sequence of its own; that of an identity column belongs to the column, and who owns it is an object beside it. */
export interface Sequence {
  readonly dataType: string
  readonly start: string
  readonly increment: string
  readonly minimum: string
  readonly maximum: string
  readonly cache: string
  readonly cycle: boolean
  readonly persistence: "logged" | "unlogged"
  /** It is dropped with a column. */
  readonly owned: boolean
}

type Of = CatalogObject<Sequence>

export const sequences = defineKind<Sequence>({
  name: "sequence",
  query: (scope) => `
    select 'pg_class'::regclass::oid as classid, c.oid as objid, 0 as objsubid, quote_ident(c.relname) as name,
      c.relowner::regrole::text as owner, c.relacl::text[] as acl,
      format_type(s.seqtypid, null) as "dataType", s.seqstart::text as start, s.seqincrement::text as increment,
      s.seqmin::text as minimum, s.seqmax::text as maximum, s.seqcache::text as cache, s.seqcycle as cycle,
      case c.relpersistence when 'u' then 'unlogged' else 'logged' end as persistence,
      exists (select from pg_depend d where d.classid = 'pg_class'::regclass and d.objid = c.oid
        and d.deptype = 'a' and d.refclassid = 'pg_class'::regclass and d.refobjsubid > 0) as owned
    from pg_sequence s join pg_class c on c.oid = s.seqrelid
    where not exists (select from pg_depend d where d.classid = 'pg_class'::regclass and d.objid = c.oid
        and d.deptype = 'i')
      and ${scope.includes("pg_class", "c.oid", "c.relnamespace")}`,
  create: (sequence) => {
    const { identity, properties } = sequence
    const unlogged = properties.persistence === "unlogged" ? "unlogged " : ""
    const type = properties.dataType === "bigint" ? [] : [`as ${properties.dataType}`]
    const options = [...type, ...unusualOptions(properties, properties.dataType)]
    return [[`create ${unlogged}sequence ${identity}`, ...options].join(" ")]
  },
  drop: ({ identity }) => [losing(`drop sequence ${identity}`, `the state of ${identity}`)],
  alter: {
    dataType: alteration,
    start: alteration,
    increment: alteration,
    minimum: alteration,
    maximum: alteration,
    cache: alteration,
    cycle: alteration,
    persistence: (_, { identity, properties: { persistence } }) => [
      `alter sequence ${identity} set ${persistence}`,
    ],
    owned: "ignore", // an object of its own says by whom
  },
  holdsData: () => true,
  facets: {
    comment: ({ identity }) => `sequence ${identity}`,
    owner: ({ identity }) => `sequence ${identity}`,
    ownerFollows: ({ properties: { owned } }) => owned,
    grants: { type: "s", on: ({ identity }) => `sequence ${identity}` },
  },
})

function alteration(before: Of, { identity, properties }: Of): string[] {
  return sequenceSteps(identity, before.properties, properties, `as ${properties.dataType} `)
}
