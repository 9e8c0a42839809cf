import { defineKind } from "./kind.ts"

/** A CHECK constraint of a domain. */
export interface DomainConstraint {
  /** As pg_get_constraintdef() prints it. */
  readonly definition: string
}

export const domainConstraints = defineKind<DomainConstraint>({
  name: "domain constraint",
  query: (scope) => `
    select 'pg_constraint'::regclass::oid as classid, k.oid as objid, 0 as objsubid, quote_ident(k.conname) as name,
      'pg_type'::regclass::oid as parentclass, t.oid as parentid, pg_get_constraintdef(k.oid) as definition
    from pg_constraint k join pg_type t on t.oid = k.contypid
    where k.contype = 'c' and ${scope.includes("pg_type", "t.oid", "t.typnamespace")}`,
  inline: ({ name, properties: { definition } }) =>
    / NOT VALID$/.test(definition) ? undefined : `constraint ${name} ${definition}`,
  create: ({ name, parent, properties: { definition } }) => [
    `alter domain ${parent?.identity} add constraint ${name} ${definition}`,
  ],
  drop: ({ name, parent }) => [`alter domain ${parent?.identity} drop constraint ${name}`],
  alter: {
    definition: (before, { name, parent, properties: { definition } }) =>
      before.properties.definition === `${definition} NOT VALID`
        ? [`alter domain ${parent?.identity} validate constraint ${name}`]
        : "recreate",
  },
  facets: { comment: ({ name, parent }) => `constraint ${name} on domain ${parent?.identity}` },
})
