import { defineKind } from "./kind.ts"

/** That a publication publishes a table. */
export interface PublicationTable {
  readonly table: string
  /** From 15: names of the columns that are published; empty for all of them. */
  readonly columns: readonly string[]
  /** From 15: what rows are published. */
  readonly filter: string | null
}

export const publicationTables = defineKind<PublicationTable>({
  name: "publication table",
  query: (scope) => `
    select 'pg_publication_rel'::regclass::oid as classid, o.oid as objid, 0 as objsubid, o.prrelid::regclass::text as name,
      'pg_publication'::regclass::oid as parentclass, o.prpubid as parentid, o.prrelid::regclass::text as table,
      ${
        scope.version >= 150000
          ? `array(select quote_ident(a.attname) from pg_attribute a
               where a.attrelid = o.prrelid and a.attnum = any (o.prattrs) order by a.attnum) as columns,
             pg_get_expr(o.prqual, o.prrelid) as filter`
          : "'{}'::text[] as columns, null as filter"
      }
    from pg_publication_rel o join pg_class c on c.oid = o.prrelid
    where ${scope.includes("pg_publication", "o.prpubid")} and ${scope.includes("pg_namespace", "c.relnamespace", "c.relnamespace")}`,
  create: ({ parent, properties: { table, columns, filter } }) => [
    [
      `alter publication ${parent?.identity} add table only ${table}`,
      ...(columns.length === 0 ? [] : [`(${columns.join(", ")})`]),
      ...(filter === null ? [] : [`where (${filter})`]),
    ].join(" "),
  ],
  drop: ({ parent, properties: { table } }) => [
    `alter publication ${parent?.identity} drop table only ${table}`,
  ],
  alter: { table: "recreate", columns: "recreate", filter: "recreate" },
})
