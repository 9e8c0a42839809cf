import { type Queryable, waitForSchema } from "../../app/index.ts"
import { type Connect, type Connection, ConnectionLost, ServerError } from "../../db/connection.ts"
import { type Diagnostic, ToolError } from "../../diagnostic.ts"
import { count } from "../../report/count.ts"
import type { RunEvent } from "../../runner/event.ts"
import { defineCommand } from "../command.ts"
import { connectorTo } from "../connect.ts"
import { given } from "../given.ts"

export const wait = defineCommand({
  name: "wait",
  description:
    "Waits until the database has the revisions that this folder holds, with the application's own rights: it reads one view and nothing else, and never migrates. A database that is ahead is fine as long as what it has more is compatible with older code. For entrypoints and init containers; in the application itself, `waitForSchema` of `lockstep/app` does the same.",
  options: {
    timeout: { type: "duration", default: 60_000, help: "How long to wait; 0 to look once" },
    interval: { type: "duration", default: 500, help: "Pause between two looks" },
  },
  examples: [
    { line: "wait --timeout 5min && node server.js", says: "start when the schema is there" },
    { line: "wait --timeout 0 --json", says: "look once" },
  ],
  async run({ timeout, interval }, _, context) {
    const { root, migrations, format, ...target } = await context.targetOptions()
    await using database = reconnecting(connectorTo(target, "wait"))
    const result = await waitForSchema(database, {
      ...given({ root, migrations, format, historySchema: target.historySchema }),
      timeoutMs: timeout,
      intervalMs: interval,
      signal: context.io.signal,
      onWait: sayOnce(context.onEvent),
    })
    return {
      result,
      text: (paint) => {
        const ahead =
          result.ahead.length === 0 ? "" : `; ahead by ${count(result.ahead.length, "compatible revision")}`
        return `${paint.green("ready")}: ${count(result.needed, "revision")} needed, all applied${ahead}`
      },
    }
  },
})

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
