import type { TargetOptions } from "../../api/options.ts"
import type { Connection } from "../../db/connection.ts"
import { ToolError } from "../../diagnostic.ts"
import { quoteIdentifier } from "../../sql/identifier.ts"
import { connectorTo } from "../connect.ts"
import { type Ledger, ledgers } from "./ledgers.ts"

/** What `init` finds in a database. */
export interface DatabaseSurvey {
  readonly database: string
  /** Tables outside PostgreSQL's own schemas, without those of the ledgers and of Lockstep. */
  readonly tables: number
  /** Whether Lockstep has already written to it. */
  readonly managed: boolean
  readonly ledgers: readonly FoundLedger[]
}

/** The history that another tool has left. */
export interface FoundLedger {
  readonly tool: string
  /** Qualified and quoted. */
  readonly table: string
  /** Absent where the role may not read it. */
  readonly applied?: number
  /** The name of the newest that it has applied. */
  readonly newest?: string
}

const surveyTimeoutMs = 3000

/**
 * Looks at a database without changing anything.
 *
 * @returns undefined, and why, where it cannot be reached: a project may be started without one
 */
export async function surveyDatabase(
  target: TargetOptions,
): Promise<
  { survey: DatabaseSurvey; unreachable?: undefined } | { survey?: undefined; unreachable: string }
> {
  let connection: Connection
  try {
    const connect = connectorTo(target, "init", surveyTimeoutMs)
    connection = await connect()
  } catch (error) {
    if (error instanceof ToolError && error.code === "cannot-connect") return { unreachable: error.message }
    throw error
  }
  try {
    return { survey: await survey(connection, target.historySchema ?? "lockstep") }
  } finally {
    await connection.close()
  }
}

interface TableRow {
  readonly schema: string
  readonly name: string
  readonly columns: readonly string[]
}

async function survey(connection: Connection, historySchema: string): Promise<DatabaseSurvey> {
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
  const [{ database = "" } = {}] = await connection.query<{ database: string }>(
    "select pg_catalog.current_database()::text as database",
  )
  const found = rows.flatMap((row) => {
    const ledger = ledgerOf(row)
    return ledger === undefined ? [] : [{ row, ledger }]
  })
  const own = rows.filter(({ schema }) => schema === historySchema)
  return {
    database,
    tables: rows.length - own.length - found.length,
    managed: own.some(({ name }) => name === "meta"),
    ledgers: await Promise.all(found.map(({ row, ledger }) => readLedger(connection, row, ledger))),
  }
}

function ledgerOf({ name, columns }: TableRow): Ledger | undefined {
  return ledgers.find(
    (ledger) => ledger.table === name && ledger.columns.every((column) => columns.includes(column)),
  )
}

async function readLedger(
  connection: Connection,
  { schema, name }: TableRow,
  ledger: Ledger,
): Promise<FoundLedger> {
  const table = `${quoteIdentifier(schema)}.${quoteIdentifier(name)}`
  const where = ledger.where ?? "true"
  try {
    const [row] = await connection.query<{ applied: number; newest: string | null }>(
      `select count(*)::int4 as applied,
  (select ${ledger.name} from ${table} where ${where} order by ${ledger.order} desc limit 1) as newest
from ${table} where ${where}`,
    )
    const newest = row?.newest ?? undefined
    return {
      tool: ledger.tool,
      table,
      applied: row?.applied ?? 0,
      ...(newest === undefined ? {} : { newest }),
    }
  } catch {
    // A role that may not read it still learns that it is there.
    return { tool: ledger.tool, table }
  }
}
