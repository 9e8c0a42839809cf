import type { CatalogObject } from "../catalog/catalog.ts"
import { defineKind } from "./kind.ts"

/** A procedural language that no extension brought. */
export interface Language {
  readonly trusted: boolean
  /** Quoted and qualified. */
  readonly handler: string
  readonly inline: string | null
  readonly validator: string | null
}

type Of = CatalogObject<Language>

export const languages = defineKind<Language>({
  name: "language",
  query: (scope) => `
    select 'pg_language'::regclass::oid as classid, o.oid as objid, 0 as objsubid, quote_ident(o.lanname) as name,
      o.lanowner::regrole::text as owner, o.lanacl::text[] as acl,
      o.lanpltrusted as trusted, o.lanplcallfoid::regproc::text as handler,
      case when o.laninline <> 0 then o.laninline::regproc::text end as inline,
      case when o.lanvalidator <> 0 then o.lanvalidator::regproc::text end as validator
    from pg_language o where o.lanispl and ${scope.includes("pg_language", "o.oid")}`,
  create: define,
  drop: ({ identity }) => [`drop language ${identity}`],
  alter: {
    trusted: (_, after) => define(after),
    handler: (_, after) => define(after),
    inline: (_, after) => define(after),
    validator: (_, after) => define(after),
  },
  facets: {
    comment: ({ identity }) => `language ${identity}`,
    owner: ({ identity }) => `language ${identity}`,
    grants: { type: "l", on: ({ identity }) => `language ${identity}` },
  },
})

function define({ identity, properties: { trusted, handler, inline, validator } }: Of): string[] {
  return [
    [
      `create or replace ${trusted ? "trusted " : ""}language ${identity} handler ${handler}`,
      ...(inline === null ? [] : [`inline ${inline}`]),
      ...(validator === null ? [] : [`validator ${validator}`]),
    ].join(" "),
  ]
}
