import { findLedgers, type LedgerTable } from "../../adopt/find-ledgers.ts"
import type { TargetOptions } from "../../api/options.ts"
import type { Connection } from "../../db/connection.ts"
import { ToolError } from "../../diagnostic.ts"
import { connectorTo } from "../connect.ts"

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

async function survey(connection: Connection, historySchema: string): Promise<DatabaseSurvey> {
  const { tables, managed, ledgers } = await findLedgers(connection, historySchema)
  const [{ database = "" } = {}] = await connection.query<{ database: string }>(
    "select pg_catalog.current_database()::text as database",
  )
  return { database, tables, managed, ledgers: ledgers.map(foundLedger) }
}

function foundLedger({ ledger, table, rows }: LedgerTable): FoundLedger {
  if (rows === undefined) return { tool: ledger.tool, table }
  const applied = rows.filter(({ state }) => state === "applied")
  const newest = applied.at(-1)?.name
  return { tool: ledger.tool, table, applied: applied.length, ...(newest === undefined ? {} : { newest }) }
}
