import { quoteLiteral } from "../sql/identifier.ts"
import { setAsideType } from "./aside.ts"
import { defineKind, type KindStep } from "./kind.ts"

export interface Enum {
  /** In their order. */
  readonly labels: readonly string[]
}

export const enums = defineKind<Enum>({
  name: "enum",
  query: (scope) => `
    select 'pg_type'::regclass::oid as classid, t.oid as objid, 0 as objsubid, quote_ident(t.typname) as name,
      t.typowner::regrole::text as owner, t.typacl::text[] as acl,
      array(select e.enumlabel::text from pg_enum e where e.enumtypid = t.oid order by e.enumsortorder) as labels
    from pg_type t where t.typtype = 'e' and ${scope.includes("pg_type", "t.oid", "t.typnamespace")}`,
  create: ({ identity, properties: { labels } }) => [
    `create type ${identity} as enum (${labels.map((label) => `\n  ${quoteLiteral(label)}`).join(",")}\n)`,
  ],
  drop: ({ identity }) => [`drop type ${identity}`],
  alter: {
    labels: (before, { identity, properties: { labels } }) => {
      const old = before.properties.labels
      const kept = labels.filter((label) => old.includes(label))
      // A label cannot be removed or moved.
      if (kept.length < old.length || kept.some((label, place) => label !== old[place])) return "recreate"
      return additions(identity, old, labels)
    },
  },
  setAside: setAsideType("type"),
  facets: {
    comment: ({ identity }) => `type ${identity}`,
    owner: ({ identity }) => `type ${identity}`,
    grants: { type: "T", on: ({ identity }) => `type ${identity}` },
  },
})

/** Each label says where it stands only where that is not the end. */
function additions(identity: string, old: readonly string[], labels: readonly string[]): KindStep[] {
  const present = new Set(old)
  return labels.flatMap((label, place) => {
    if (present.has(label)) return []
    const next = labels.slice(place + 1).find((later) => present.has(later))
    present.add(label)
    const where = next === undefined ? "" : ` before ${quoteLiteral(next)}`
    return {
      sql: `alter type ${identity} add value ${quoteLiteral(label)}${where}`,
      forbidden: "New enum values must be committed before they can be used",
    }
  })
}
