import { ServerError } from "../db/connection.ts"
import { ToolError } from "../diagnostic.ts"
import { historyDamaged } from "../history/damaged.ts"
import { notWritable } from "../history/install.ts"
import { serverDetails } from "./failure.ts"

/** What an error means that the server gave over a statement of Lockstep's own; anything else stays what it is. */
export function explainRefusal(schema: string, error: unknown): unknown {
  if (!(error instanceof ServerError)) return error
  return notWritable(schema, error) ?? historyDamaged(schema, error) ?? refused(schema, error)
}

function refused(schema: string, error: ServerError): ToolError {
  return new ToolError(
    "server-refused",
    `the server refused a statement of Lockstep's own: ${error.message}`,
    {
      details: serverDetails(error),
      hint: `take away what the message names, or let it leave the schema ${schema} alone, and run the same command again`,
      subject: schema,
      sqlState: error.sqlState,
      cause: error,
    },
  )
}
