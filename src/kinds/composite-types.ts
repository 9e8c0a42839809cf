import type { CatalogObject } from "../catalog/catalog.ts"
import { setAsideType } from "./aside.ts"
import { defineKind, type KindStep, losing, type Steps } from "./kind.ts"

export interface CompositeType {
  /** `name type [collate ...]` of each attribute, in their order. */
  readonly attributes: readonly string[]
}

type Of = CatalogObject<CompositeType>

export const compositeTypes = defineKind<CompositeType>({
  name: "composite type",
  query: (scope) => `
    select 'pg_type'::regclass::oid as classid, t.oid as objid, 0 as objsubid, quote_ident(t.typname) as name,
      t.typowner::regrole::text as owner, t.typacl::text[] as acl,
      array(select quote_ident(a.attname) || ' ' || format_type(a.atttypid, a.atttypmod)
          || case when a.attcollation <> b.typcollation then ' collate ' || a.attcollation::regcollation else '' end
        from pg_attribute a join pg_type b on b.oid = a.atttypid
        where a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped order by a.attnum) as attributes
    from pg_class c join pg_type t on t.oid = c.reltype
    where c.relkind = 'c' and ${scope.includes("pg_type", "t.oid", "t.typnamespace")}`,
  // PostgreSQL keeps what an attribute needs as edges of the attribute.
  dependencies: () => `
    select 'pg_type'::regclass as classid, c.reltype as objid, 0 as objsubid,
      d.refclassid, d.refobjid, d.refobjsubid, 'needs' as type
    from pg_depend d join pg_class c on c.oid = d.objid and c.relkind = 'c'
    where d.classid = 'pg_class'::regclass and d.objsubid > 0 and d.deptype = 'n'`,
  create: ({ identity, properties: { attributes } }) => [
    attributes.length === 0
      ? `create type ${identity} as ()`
      : `create type ${identity} as (\n  ${attributes.join(",\n  ")}\n)`,
  ],
  drop: ({ identity }) => [`drop type ${identity}`],
  alter: {
    attributes: (before, { identity, properties: { attributes } }) => {
      const old = before.properties.attributes
      const kept = old.filter((attribute) => attributes.includes(attribute))
      const added = attributes.slice(kept.length)
      const inPlace = kept.every((attribute, place) => attributes[place] === attribute)
      const renewed = added.some((attribute) => old.some((each) => nameOf(each) === nameOf(attribute)))
      // The server adds at the end only, and changes no type while a column uses it.
      if (!inPlace || renewed) return "recreate"
      return [
        ...old
          .filter((attribute) => !attributes.includes(attribute))
          .map((attribute) => dropAttribute(identity, nameOf(attribute))),
        ...added.map((attribute) => `alter type ${identity} add attribute ${attribute}`),
      ]
    },
  },
  setAside: (before, after) => {
    const { steps, drop } = setAsideType("type")(before)
    return { steps: [...(after === undefined ? [] : reshaped(before, after)), ...steps], drop }
  },
  facets: {
    comment: ({ identity }) => `type ${identity}`,
    owner: ({ identity }) => `type ${identity}`,
    grants: { type: "T", on: ({ identity }) => `type ${identity}` },
  },
})

/** Values move over as texts, which must have as many attributes as the new type: those that go do so before, and those that come are there before. */
function reshaped(before: Of, after: Of): Steps {
  const { identity } = before
  const [old, wanted] = [before, after].map(({ properties }) => properties.attributes.map(nameOf)) as [
    string[],
    string[],
  ]
  const kept = old.filter((name) => wanted.includes(name))
  if (kept.some((name, place) => wanted[place] !== name)) return []
  return [
    ...old.filter((name) => !wanted.includes(name)).map((name) => dropAttribute(identity, name)),
    ...wanted.slice(kept.length).map((name) => `alter type ${identity} add attribute ${name} text`),
  ]
}

function dropAttribute(identity: string, name: string): KindStep {
  return losing(`alter type ${identity} drop attribute ${name}`, `the values of ${identity}.${name}`)
}

function nameOf(attribute: string): string {
  return /^(?:"(?:[^"]|"")*"|\S+)/.exec(attribute)?.[0] ?? attribute
}
