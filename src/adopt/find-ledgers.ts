import { type Connection, ServerError } from "../db/connection.ts"
import { quoteIdentifier } from "../sql/identifier.ts"
import { type Ledger, type LedgerRow, ledgerOf } from "./ledgers.ts"

/** What a database holds besides what PostgreSQL and Lockstep have put there. */
export interface TableSurvey {
  /** Tables that are neither a ledger nor Lockstep's own. */
  readonly tables: number
  /** Whether Lockstep has already written to it. */
  readonly managed: boolean
  readonly ledgers: readonly LedgerTable[]
}

/** The history that another tool has left. */
export interface LedgerTable {
  readonly ledger: Ledger
  /** Qualified and quoted. */
  readonly table: string
  /** Unquoted. */
  readonly schema: string
  /** Absent where the role may not read it. */
  readonly rows?: readonly LedgerRow[]
}

interface TableRow {
  readonly schema: string
  readonly name: string
  readonly columns: readonly string[]
}

/** Looks for tables, and for the ledgers of other tools among them. Only reads. */
export async function findLedgers(connection: Connection, historySchema: string): Promise<TableSurvey> {
  const rows = await connection.query<TableRow>(
    `select n.nspname::text as schema, c.relname::text as name,
  array(select a.attname::text from pg_catalog.pg_attribute a
        where a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped) as columns
from pg_catalog.pg_class c join pg_catalog.pg_namespace n on n.oid = c.relnamespace
where c.relkind in ('r', 'p') and n.nspname::text !~ '^pg_' and n.nspname <> 'information_schema'
  and not exists (select from pg_catalog.pg_depend d
    where d.classid = 'pg_catalog.pg_class'::pg_catalog.regclass::pg_catalog.oid and d.objid = c.oid and d.deptype = 'e')
order by 1, 2`,
  )
  const own = rows.filter(({ schema }) => schema === historySchema)
  const found = rows.flatMap((row) => {
    const ledger = row.schema === historySchema ? undefined : ledgerOf(row)
    return ledger === undefined ? [] : [{ row, ledger }]
  })
  const isBeside = ({ schema, name }: TableRow) =>
    found.some(({ row, ledger }) => row.schema === schema && ledger.beside?.includes(name) === true)
  const besides = rows.filter(isBeside)
  const read: LedgerTable[] = []
  for (const { row, ledger } of found) read.push(await readLedger(connection, row, ledger))
  return {
    tables: rows.length - own.length - found.length - besides.length,
    managed: own.some(({ name }) => name === "meta"),
    ledgers: read,
  }
}

async function readLedger(
  connection: Connection,
  { schema, name }: TableRow,
  ledger: Ledger,
): Promise<LedgerTable> {
  const table = `${quoteIdentifier(schema)}.${quoteIdentifier(name)}`
  try {
    const rows = await connection.query<LedgerRow & object>(`with t as (table ${table}) ${ledger.rows}`)
    return { ledger, table, schema, rows }
  } catch (error) {
    // A role that may not read it still learns that it is there.
    if (!(error instanceof ServerError)) throw error
    return { ledger, table, schema }
  }
}
