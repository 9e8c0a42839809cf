import { type Connection, ServerError } from "../db/connection.ts"
import { ToolError } from "../diagnostic.ts"
import { quoteIdentifier, quoteLiteral } from "../sql/identifier.ts"
import { setMeta, table } from "./record.ts"
import { createLock, currentFormat, upgrades } from "./tables.ts"

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
      await connection.run(`begin;\n${create}${createLock(schema)};\ncommit`)
      return
    } catch (error) {
      await connection.run("rollback").catch(() => undefined)
      if (!(error instanceof ServerError)) throw error
      if (attempt < 10 && raced.has(error.sqlState)) continue
      throw error.sqlState === "42501" ? notWritable(schema, error) : error
    }
  }
}

/** unique_violation, duplicate_schema, duplicate_table, undefined_table, internal_error (tuple concurrently updated). */
const raced = new Set(["23505", "42P06", "42P07", "42P01", "XX000"])

/**
 * Brings the history tables to the current format. Must be called under the runner's lock.
 *
 * @param format the format that was read under the lock; 0 where only the lock exists
 */
export async function upgradeTables(connection: Connection, schema: string, format: number): Promise<void> {
  if (format >= currentFormat) return
  try {
    await connection.run(`begin;\n${upgradeText(schema, format)};\ncommit`)
  } catch (error) {
    await connection.run("rollback").catch(() => undefined)
    throw error instanceof ServerError && error.sqlState === "42501" ? notWritable(schema, error) : error
  }
}

/** The statements that bring the tables from `format` to the current one. */
export function upgradeText(schema: string, format: number): string {
  const steps = upgrades.slice(format).map((upgrade) => upgrade(schema))
  return [...steps, setMeta(schema, "format", String(currentFormat))].join(";\n")
}

/** Everything that a database without a history needs; for `upgrade --sql`. */
export function installText(schema: string): string {
  return `create schema ${quoteIdentifier(schema)};\n${createLock(schema)};\n${upgradeText(schema, 0)}`
}

/** Lets `roles` read the view that is meant for applications, and nothing else. */
export function grantText(schema: string, roles: readonly string[]): string {
  const grantees = roles.map(quoteIdentifier).join(", ")
  return `grant usage on schema ${quoteIdentifier(schema)} to ${grantees};\ngrant select on ${table(schema, "applied")} to ${grantees}`
}

function notWritable(schema: string, error: ServerError): ToolError {
  return new ToolError("history-not-writable", `this role may not make the history in schema ${schema}`, {
    details: [error.message],
    hint: `connect as the migrator, or let an administrator run once: create schema ${quoteIdentifier(schema)} authorization <migrator>`,
    subject: schema,
    sqlState: error.sqlState,
    cause: error,
  })
}
