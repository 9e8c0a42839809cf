import { type Queryable, type SchemaReport, waitForSchema } from "../app/index.ts"
import { type Connect, type Connection, ConnectionLost, ServerError } from "../db/connection.ts"
import { type Diagnostic, ToolError } from "../diagnostic.ts"
import type { RunEvent } from "../runner/event.ts"
import { connectorTo } from "./connect.ts"
import type { Context } from "./context.ts"
import { given } from "./given.ts"

/** Waits, with the rights of the application, until the schema is the one that this folder needs. */
export async function waitForIt(
  context: Context,
  { timeout, interval }: { readonly timeout: number; readonly interval: number },
): Promise<SchemaReport> {
  const { root, migrations, format, ...target } = await context.targetOptions()
  await using database = reconnecting(connectorTo(target, "wait"))
  return await waitForSchema(database, {
    ...given({ root, migrations, format, historySchema: target.historySchema }),
    timeoutMs: timeout,
    intervalMs: interval,
    signal: context.io.signal,
    onWait: sayOnce(context.onEvent),
  })
}

/** Tells what is waited for whenever that changes. */
function sayOnce(onEvent: (event: RunEvent) => void): (reason: unknown) => void {
  let said: string | undefined
  return (reason) => {
    const diagnostic = noteOf(reason)
    if (diagnostic.message === said) return
    said = diagnostic.message
    onEvent({ type: "diagnostic", diagnostic })
  }
}

function noteOf(reason: unknown): Diagnostic {
  if (reason instanceof ToolError) return { ...reason.diagnostic, severity: "note" }
  const message = reason instanceof Error ? reason.message : String(reason)
  return { code: "cannot-connect", severity: "note", message }
}

/** A client that connects when it is asked, and again after the connection was lost; its errors are those of `pg`. */
function reconnecting(connect: Connect): Queryable & AsyncDisposable {
  let connection: Connection | undefined
  return {
    async query(sql) {
      if (connection?.open !== true) connection = await connect()
      try {
        return { rows: await connection.query(sql) }
      } catch (error) {
        if (error instanceof ServerError)
          throw Object.assign(new Error(error.message, { cause: error }), { code: error.sqlState })
        if (error instanceof ConnectionLost)
          throw new ToolError("connection-lost", error.message, { cause: error })
        throw error
      }
    },
    async [Symbol.asyncDispose]() {
      await connection?.close()
    },
  }
}
