import type { CatalogObject } from "../catalog/catalog.ts"
import { quoteLiteral } from "../sql/identifier.ts"
import { defineKind } from "./kind.ts"

/** A publication; its tables and schemas are objects of their own. */
export interface Publication {
  readonly allTables: boolean
  /** `insert, update, delete, truncate`. */
  readonly publish: string
  readonly viaPartitionRoot: boolean
  /** From 18. */
  readonly generatedColumns: "none" | "stored"
}

type Of = CatalogObject<Publication>

export const publications = defineKind<Publication>({
  name: "publication",
  query: (scope) => `
    select 'pg_publication'::regclass::oid as classid, o.oid as objid, 0 as objsubid, quote_ident(o.pubname) as name,
      o.pubowner::regrole::text as owner, o.puballtables as "allTables",
      concat_ws(', ', case when o.pubinsert then 'insert' end, case when o.pubupdate then 'update' end,
        case when o.pubdelete then 'delete' end, case when o.pubtruncate then 'truncate' end) as publish,
      o.pubviaroot as "viaPartitionRoot",
      ${scope.version >= 180000 ? "case o.pubgencols when 's' then 'stored' else 'none' end" : "'none'"} as "generatedColumns"
    from pg_publication o where ${scope.includes("pg_publication", "o.oid")}`,
  create: ({ identity, properties }) => [
    `create publication ${identity}${properties.allTables ? " for all tables" : ""} with (${[
      `publish = ${quoteLiteral(properties.publish)}`,
      ...(properties.viaPartitionRoot ? ["publish_via_partition_root = true"] : []),
      ...(properties.generatedColumns === "none" ? [] : ["publish_generated_columns = stored"]),
    ].join(", ")})`,
  ],
  drop: ({ identity }) => [`drop publication ${identity}`],
  alter: {
    allTables: "recreate",
    publish: (_, after) => set(after, `publish = ${quoteLiteral(after.properties.publish)}`),
    viaPartitionRoot: (_, after) =>
      set(after, `publish_via_partition_root = ${after.properties.viaPartitionRoot}`),
    generatedColumns: (_, after) =>
      set(after, `publish_generated_columns = ${after.properties.generatedColumns}`),
  },
  facets: {
    comment: ({ identity }) => `publication ${identity}`,
    owner: ({ identity }) => `publication ${identity}`,
  },
})

function set({ identity }: Of, option: string): string[] {
  return [`alter publication ${identity} set (${option})`]
}
