import type { Connection } from "../../db/connection.ts"
import type { Work } from "../../runner/work.ts"
import { type Destroyed, destroyedIn } from "../../sql/destroyed.ts"
import { qualified, quoteIdentifier, quoteLiteral } from "../../sql/identifier.ts"

/** Data that is there now and that a revision is going to destroy. */
export interface DoomedData {
  readonly revision: string
  readonly kind: "table" | "column" | "rows"
  /** With its schema, quoted where it must be. */
  readonly relation: string
  /** What makes it a query: the columns to keep, and which rows. */
  readonly query: string
}

interface FoundTable {
  readonly relation: string
  readonly columns: readonly { readonly name: string; readonly key: boolean }[]
}

/**
 * Finds what the work is going to destroy: tables that are dropped, columns that are dropped or get another type, rows that
 * are deleted by a statement of the revision itself. A table that is not there yet has no data to lose.
 */
export async function destroyedBy(
  connection: Connection,
  works: readonly Work[],
): Promise<readonly DoomedData[]> {
  const found: DoomedData[] = []
  const seen = new Set<string>()
  for (const { revision, steps = [] } of works) {
    for (const each of await destroyedIn(steps.map(({ sql }) => sql))) {
      for (const doomed of await look(connection, each)) {
        const key = doomed.query
        if (seen.has(key)) continue
        seen.add(key)
        found.push({ revision: revision.id, ...doomed })
      }
    }
  }
  return found
}

async function look(
  connection: Connection,
  each: Destroyed,
): Promise<readonly Omit<DoomedData, "revision">[]> {
  if (each.kind === "schema") {
    const where = `n.nspname = ${quoteLiteral(each.name)}`
    return (await tables(connection, where)).map((found) => whole(found, "table"))
  }
  const name = quoteLiteral(qualified(each.relation))
  const [table] = await tables(connection, `c.oid = pg_catalog.to_regclass(${name})::oid`)
  if (table === undefined) return []
  if (each.kind === "table") return [whole(table, "table")]
  if (each.kind === "rows") {
    const { relation } = table
    const alias = each.alias === undefined ? "" : ` as ${quoteIdentifier(each.alias)}`
    const rows = each.where === undefined ? "" : ` where ${each.where}`
    const from = each.alias === undefined ? "" : `${quoteIdentifier(each.alias)}.`
    return [{ kind: "rows", relation, query: `select ${from}* from ${relation}${alias}${rows}` }]
  }
  const { relation, columns } = table
  if (!columns.some(({ name: column }) => column === each.column)) return []
  const column = quoteIdentifier(each.column)
  const keys = columns.filter(({ key, name: other }) => key && other !== each.column)
  // Without a key nobody could tell which row a value belongs to.
  const list = keys.length === 0 ? "*" : [...keys.map((key) => quoteIdentifier(key.name)), column].join(", ")
  return [{ kind: "column", relation, query: `select ${list} from ${relation} where ${column} is not null` }]
}

function whole({ relation }: FoundTable, kind: DoomedData["kind"]): Omit<DoomedData, "revision"> {
  return { kind, relation, query: `select * from ${relation}` }
}

async function tables(connection: Connection, where: string): Promise<readonly FoundTable[]> {
  const rows = await connection.query<{ relation: string; columns: string }>(
    `select pg_catalog.format('%I.%I', n.nspname, c.relname) as relation,
  (select coalesce(pg_catalog.json_agg(pg_catalog.json_build_object('name', a.attname, 'key', a.attnum = any(coalesce(i.indkey::int2[], '{}'))) order by a.attnum), '[]')
    from pg_catalog.pg_attribute a left join pg_catalog.pg_index i on i.indrelid = c.oid and i.indisprimary
    where a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped)::text as columns
from pg_catalog.pg_class c join pg_catalog.pg_namespace n on n.oid = c.relnamespace
where c.relkind in ('r', 'p') and not c.relispartition and ${where}
order by 1`,
  )
  return rows.map(({ relation, columns }) => ({
    relation,
    columns: JSON.parse(columns) as FoundTable["columns"],
  }))
}
