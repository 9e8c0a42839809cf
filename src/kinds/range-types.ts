import type { CatalogObject } from "../catalog/catalog.ts"
import { nameAside } from "./aside.ts"
import { defineKind, type Steps } from "./kind.ts"

/** A range type, with its multirange type. */
export interface RangeType {
  readonly subtype: string
  /** Where it is not the subtype's default one. */
  readonly operatorClass: string | null
  readonly collation: string | null
  readonly canonical: string | null
  readonly difference: string | null
  readonly multirange: string
}

export const rangeTypes = defineKind<RangeType>({
  name: "range type",
  query: (scope) => `
    select 'pg_type'::regclass::oid as classid, t.oid as objid, 0 as objsubid, quote_ident(t.typname) as name,
      t.typowner::regrole::text as owner, t.typacl::text[] as acl,
      format_type(r.rngsubtype, null) as subtype,
      case when not o.opcdefault then o.opcnamespace::regnamespace || '.' || quote_ident(o.opcname) end as "operatorClass",
      case when r.rngcollation <> s.typcollation then r.rngcollation::regcollation::text end as collation,
      case when r.rngcanonical <> 0 then r.rngcanonical::oid::regproc::text end as canonical,
      case when r.rngsubdiff <> 0 then r.rngsubdiff::oid::regproc::text end as difference,
      r.rngmultitypid::regtype::text as multirange
    from pg_range r
    join pg_type t on t.oid = r.rngtypid
    join pg_type s on s.oid = r.rngsubtype
    join pg_opclass o on o.oid = r.rngsubopc
    where ${scope.includes("pg_type", "t.oid", "t.typnamespace")}`,
  create: ({
    identity,
    properties: { subtype, operatorClass, collation, canonical, difference, multirange },
  }) => [
    `create type ${identity} as range (\n  ${[
      `subtype = ${subtype}`,
      ...(operatorClass === null ? [] : [`subtype_opclass = ${operatorClass}`]),
      ...(collation === null ? [] : [`collation = ${collation}`]),
      ...(canonical === null ? [] : [`canonical = ${canonical}`]),
      ...(difference === null ? [] : [`subtype_diff = ${difference}`]),
      `multirange_type_name = ${multirange}`,
    ].join(",\n  ")}\n)`,
  ],
  drop: ({ identity }) => [`drop type ${identity}`],
  alter: {
    subtype: "recreate",
    operatorClass: "recreate",
    collation: "recreate",
    canonical: "recreate",
    difference: "recreate",
    multirange: "recreate",
  },
  names: ({ identity, properties: { multirange } }) => [identity, multirange],
  setAside,
  facets: {
    comment: ({ identity }) => `type ${identity}`,
    owner: ({ identity }) => `type ${identity}`,
    grants: { type: "T", on: ({ identity }) => `type ${identity}` },
  },
})

/** The functions that make ranges keep their names when the type loses its own, and would be in the new ones' way. */
function setAside({ identity, name, properties: { subtype, multirange } }: CatalogObject<RangeType>): {
  readonly steps: Steps
  readonly drop: Steps
} {
  const schema = identity.slice(0, identity.length - name.length)
  const [, several = ""] = /("(?:[^"]|"")*"|[^."]*)$/.exec(multirange) ?? []
  const [aside, severalAside] = [nameAside(name), nameAside(several)]
  const renamed = (maker: string, types: readonly string[], to: string) =>
    `alter function ${maker}(${types.join(", ")}) rename to ${to}`
  return {
    steps: [
      `alter type ${identity} rename to ${aside}`,
      `alter type ${multirange} rename to ${severalAside}`,
      renamed(identity, [subtype, subtype], aside),
      renamed(identity, [subtype, subtype, "pg_catalog.text"], aside),
      renamed(multirange, [], severalAside),
      renamed(multirange, [`${schema}${aside}`], severalAside),
      renamed(multirange, [`${schema}${aside}[]`], severalAside),
    ],
    drop: [`drop type ${schema}${aside}`],
  }
}
