import { ServerError } from "../db/connection.ts"
import { sqlState } from "../db/sqlstate.ts"
import { ToolError } from "../diagnostic.ts"

const missing: ReadonlySet<string> = new Set([
  sqlState.undefined_table,
  sqlState.undefined_column,
  sqlState.undefined_object,
  sqlState.invalid_schema_name,
])

/** What an error means that the server gave over Lockstep's own tables; undefined where nothing of them is missing. */
export function historyDamaged(schema: string, error: unknown): ToolError | undefined {
  if (!(error instanceof ServerError) || !missing.has(error.sqlState)) return undefined
  return new ToolError("history-damaged", `the history in schema ${schema} is damaged: ${error.message}`, {
    hint: "restore it from a backup; nothing that is not recorded stays",
    subject: schema,
    sqlState: error.sqlState,
    cause: error,
  })
}
