import type { CatalogObject } from "../catalog/catalog.ts"
import { setAsideType } from "./aside.ts"
import { defineKind } from "./kind.ts"

/** A domain. Its CHECK constraints are objects of their own. */
export interface Domain {
  readonly baseType: string
  /** Where it is not the base type's own. */
  readonly collation: string | null
  readonly default: string | null
  readonly notNull: boolean
  /** From 18: where it is not the name that the server chooses. */
  readonly notNullName: string | null
  /** Its checks, where arrays or composite types hold the domain: the server adds none while a column uses those. */
  readonly checksWithin: readonly string[]
  readonly isWithin: boolean
}

type Of = CatalogObject<Domain>

/** Whether a column is an array of it, or a composite type holds it. */
const isWithin = `exists (select from pg_depend d join pg_class c on c.oid = d.objid
    where d.classid = 'pg_class'::regclass and d.refclassid = 'pg_type'::regclass
      and (d.refobjid = t.typarray or d.refobjid = t.oid and c.relkind = 'c'))`

export const domains = defineKind<Domain>({
  name: "domain",
  query: (scope) => `
    select 'pg_type'::regclass::oid as classid, t.oid as objid, 0 as objsubid, quote_ident(t.typname) as name,
      t.typowner::regrole::text as owner, t.typacl::text[] as acl,
      format_type(t.typbasetype, t.typtypmod) as "baseType",
      case when t.typcollation <> b.typcollation then t.typcollation::regcollation::text end as collation,
      pg_get_expr(t.typdefaultbin, 0) as default, t.typnotnull as "notNull",
      ${
        scope.version >= 170000
          ? `(select quote_ident(k.conname) from pg_constraint k where k.contypid = t.oid and k.contype = 'n'
              and k.conname <> t.typname || '_not_null') as "notNullName"`
          : `null as "notNullName"`
      },
      case when ${isWithin} then array(select pg_get_constraintdef(k.oid) from pg_constraint k
        where k.contypid = t.oid and k.contype = 'c' order by 1) else '{}' end as "checksWithin",
      ${isWithin} as "isWithin"
    from pg_type t join pg_type b on b.oid = t.typbasetype
    where t.typtype = 'd' and ${scope.includes("pg_type", "t.oid", "t.typnamespace")}`,
  named: (domain) => ({
    ...domain,
    properties: {
      ...domain.properties,
      notNullName: domain.properties.notNullName ?? chosenName(domain.name),
    },
  }),
  create: (
    { identity, properties: { baseType, collation, default: value, notNull, notNullName } },
    parts,
  ) => [
    [
      `create domain ${identity} as ${baseType}`,
      ...(collation === null ? [] : [`collate ${collation}`]),
      ...(value === null ? [] : [`default ${value}`]),
      ...(notNull ? [`${notNullName === null ? "" : `constraint ${notNullName} `}not null`] : []),
      ...parts,
    ].join(" "),
  ],
  drop: ({ identity }) => [`drop domain ${identity}`],
  alter: {
    baseType: "recreate",
    collation: "recreate",
    default: (_, { identity, properties: { default: value } }) => [
      value === null
        ? `alter domain ${identity} drop default`
        : `alter domain ${identity} set default ${value}`,
    ],
    notNull: (before, after) => {
      if (!after.properties.notNull) return [dropNotNull(after)]
      return before.properties.isWithin ? "recreate" : setNotNull(after)
    },
    checksWithin: ({ properties: { isWithin, checksWithin } }, after) =>
      isWithin && after.properties.checksWithin.some((check) => !checksWithin.includes(check))
        ? "recreate"
        : [],
    isWithin: "ignore", // follows from what uses it
    notNullName: (before, after) =>
      before.properties.notNull && after.properties.notNull ? [dropNotNull(after), ...setNotNull(after)] : [],
  },
  hosts: () => true,
  setAside: setAsideType("domain"),
  facets: {
    comment: ({ identity }) => `domain ${identity}`,
    owner: ({ identity }) => `domain ${identity}`,
    grants: { type: "T", on: ({ identity }) => `domain ${identity}` },
  },
})

/** Null where the server would cut it. */
function chosenName(name: string): string | null {
  if (Buffer.byteLength(name) > 50) return null
  return name.startsWith('"') ? `${name.slice(0, -1)}_not_null"` : `${name}_not_null`
}

function setNotNull({ identity, properties: { notNullName } }: Of): string[] {
  return notNullName === null
    ? [`alter domain ${identity} set not null`]
    : [`alter domain ${identity} add constraint ${notNullName} not null`]
}

function dropNotNull({ identity }: Of): string {
  return `alter domain ${identity} drop not null`
}
