import type { CatalogObject } from "../catalog/catalog.ts"
import { optionClause, optionColumns, optionSteps } from "./foreign-options.ts"
import { defineKind } from "./kind.ts"
import { secretSteps } from "./secrets.ts"

/** How a role is known to a foreign server; who may not see the options finds none. */
export interface UserMapping {
  /** Quoted, or `public`. */
  readonly role: string
  readonly server: string
  readonly options: readonly string[]
  readonly secrets: readonly string[]
}

type Of = CatalogObject<UserMapping>

export const userMappings = defineKind<UserMapping>({
  name: "user mapping",
  // Only superusers may read the catalog itself.
  query: (scope) => `
    select 'pg_user_mapping'::regclass::oid as classid, o.umid as objid, 0 as objsubid,
      case when o.umuser = 0 then 'public' else o.umuser::regrole::text end as name,
      case when o.umuser = 0 then 'public' else o.umuser::regrole::text end as role, quote_ident(o.srvname) as server,
      ${optionColumns("o.umoptions", scope)}
    from pg_user_mappings o
    where ${scope.includes("pg_user_mapping", "o.umid")} and ${scope.includes("pg_foreign_server", "o.srvid")}`,
  create: (mapping) => [
    `create user mapping ${target(mapping)}${optionClause(mapping.properties.options)}`,
    ...secretSteps(`user mapping ${target(mapping)}`, [], mapping.properties.secrets),
  ],
  drop: (mapping) => [`drop user mapping ${target(mapping)}`],
  alter: {
    role: "recreate",
    server: "recreate",
    options: (before, after) =>
      optionSteps(`user mapping ${target(after)}`, before.properties.options, after.properties.options),
    secrets: (before, after) =>
      secretSteps(`user mapping ${target(after)}`, before.properties.secrets, after.properties.secrets),
  },
})

function target({ properties: { role, server } }: Of): string {
  return `for ${role} server ${server}`
}
