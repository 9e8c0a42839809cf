import { type Connection, ServerError } from "../db/connection.ts"
import { sqlState } from "../db/sqlstate.ts"
import { ToolError } from "../diagnostic.ts"
import { quoteIdentifier, quoteLiteral } from "../sql/identifier.ts"
import { setMeta, table } from "./record.ts"
import { createLock, type TableUpgrade, upgrades } from "./tables.ts"

/**
 * Makes the schema with the lock in it, where it is missing. Runs before the lock can be taken, so several runners
 * may do it at once: whoever comes second meets a duplicate or a catalog row that changed under it, and finds all
 * there on its next try.
 *
 * @throws ToolError `history-not-writable`
 */
export async function createLockTable(connection: Connection, schema: string): Promise<void> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      const [row] = await connection.query<{ schema: boolean; lock: boolean }>(
        `select pg_catalog.to_regnamespace(${quoteLiteral(quoteIdentifier(schema))}) is not null as schema,
  pg_catalog.to_regclass(${quoteLiteral(table(schema, "lock"))}) is not null and pg_catalog.to_regclass(${quoteLiteral(table(schema, "meta"))}) is not null as lock`,
      )
      if (row?.lock === true) return
      const create = row?.schema === true ? "" : `create schema if not exists ${quoteIdentifier(schema)};\n`
      // Whoever came first may hold the lock by now, for as long as it works, and COMMENT would wait for that.
      await connection.run(`begin;\nset local lock_timeout = 500;\n${create}${createLock(schema)};\ncommit`)
      return
    } catch (error) {
      await connection.run("rollback").catch(() => undefined)
      if (!(error instanceof ServerError)) throw error
      if (attempt < 10 && raced.has(error.sqlState)) continue
      throw notWritable(schema, error) ?? error
    }
  }
}

/** The server says "tuple concurrently updated" as an internal error. */
const raced: ReadonlySet<string> = new Set([
  sqlState.unique_violation,
  sqlState.duplicate_schema,
  sqlState.duplicate_table,
  sqlState.duplicate_object,
  sqlState.undefined_table,
  sqlState.lock_not_available,
  sqlState.deadlock_detected,
  "XX000",
])

/**
 * Brings the history tables to the current format. Must be called under the runner's lock.
 *
 * @param format the format that was read under the lock; 0 where only the lock exists
 * @throws ToolError `history-not-writable`
 */
export async function upgradeTables(
  connection: Connection,
  schema: string,
  format: number,
  list: readonly TableUpgrade[] = upgrades,
): Promise<void> {
  if (format >= list.length) return
  try {
    await connection.run(`begin;\n${upgradeText(schema, format, list)};\ncommit`)
  } catch (error) {
    await connection.run("rollback").catch(() => undefined)
    throw notWritable(schema, error) ?? error
  }
}

/** The statements that bring the tables from `format` to the current one. */
function upgradeText(schema: string, format: number, list: readonly TableUpgrade[]): string {
  const steps = list.slice(format).map((upgrade) => upgrade(schema))
  return [...steps, setMeta(schema, "format", String(list.length))].join(";\n")
}

/** Everything that a database without a history needs; for `upgrade --sql`. */
export function installText(schema: string): string {
  return `create schema if not exists ${quoteIdentifier(schema)};\n${createLock(schema)};\n${upgradeText(schema, 0, upgrades)}`
}

/** Lets `roles` read the view that is meant for applications, and nothing else. */
export function grantText(schema: string, roles: readonly string[]): string {
  const grantees = roles.map(quoteIdentifier).join(", ")
  return `grant usage on schema ${quoteIdentifier(schema)} to ${grantees};\ngrant select on ${table(schema, "applied")} to ${grantees}`
}

/** What an error means that the server gave over Lockstep's own tables; undefined where it means something else. */
export function notWritable(schema: string, error: unknown): ToolError | undefined {
  if (!(error instanceof ServerError) || error.sqlState !== sqlState.insufficient_privilege) return undefined
  return new ToolError("history-not-writable", `this role may not write the history in schema ${schema}`, {
    details: [error.message],
    hint: `connect as the migrator, or let an administrator run once: create schema ${quoteIdentifier(schema)} authorization <migrator>`,
    subject: schema,
    sqlState: error.sqlState,
    cause: error,
  })
}
