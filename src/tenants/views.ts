import type { Node } from "libpg-query"
import type { Connection } from "../db/connection.ts"
import { loadParser } from "../sql/parser.ts"

/** Reads the views of a database: what each is made of, by `schema.view`. One that no parser understands is left out. */
export async function readViews(connection: Connection): Promise<ReadonlyMap<string, Node>> {
  const rows = await connection.query<{ name: string; definition: string }>(viewsSql)
  const parse = await loadParser()
  return new Map(
    rows.flatMap(({ name, definition }) => {
      const node = parse(definition)
      return node === undefined ? [] : [[name, node] as const]
    }),
  )
}

const viewsSql = `
  select n.nspname || '.' || c.relname as name, pg_catalog.pg_get_viewdef(c.oid) as definition
    from pg_catalog.pg_class c join pg_catalog.pg_namespace n on n.oid = c.relnamespace
   where c.relkind in ('v', 'm') and c.oid >= 16384 and n.nspname !~ '^pg_|^information_schema$'
   order by 1`
