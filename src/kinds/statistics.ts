import type { CatalogObject } from "../catalog/catalog.ts"
import { defineKind } from "./kind.ts"

/** Extended statistics over several columns or expressions of a table. */
export interface Statistics {
  /** `CREATE STATISTICS ...` exactly as pg_get_statisticsobjdef() prints it. */
  readonly definition: string
  /** -1 is the server's default. */
  readonly target: number
}

type Of = CatalogObject<Statistics>

export const statistics = defineKind<Statistics>({
  name: "statistics",
  query: (scope) => `
    select 'pg_statistic_ext'::regclass::oid as classid, o.oid as objid, 0 as objsubid, quote_ident(o.stxname) as name,
      'pg_class'::regclass::oid as parentclass, o.stxrelid as parentid, o.stxowner::regrole::text as owner,
      pg_get_statisticsobjdef(o.oid) as definition, coalesce(o.stxstattarget, -1)::int as target
    from pg_statistic_ext o where ${scope.includes("pg_statistic_ext", "o.oid", "o.stxnamespace")}`,
  create: (object) => [
    object.properties.definition,
    ...(object.properties.target === -1 ? [] : [setTarget(object)]),
  ],
  drop: ({ identity }) => [`drop statistics ${identity}`],
  alter: { definition: "recreate", target: (_, after) => [setTarget(after)] },
  facets: {
    comment: ({ identity }) => `statistics ${identity}`,
    owner: ({ identity }) => `statistics ${identity}`,
  },
})

function setTarget({ identity, properties: { target } }: Of): string {
  return `alter statistics ${identity} set statistics ${target}`
}
