import { type Connection, ConnectionLost } from "../db/connection.ts"
import { ToolError } from "../diagnostic.ts"
import type { RunContext } from "./context.ts"

/**
 * Opens the run's connection again after it was lost: a few tries over about ten seconds, because a server that
 * restarts or fails over refuses connections for a moment.
 *
 * @throws ToolError `connection-lost`, with what was lost as its cause
 */
export async function reconnect(context: RunContext, lost: ConnectionLost): Promise<Connection> {
  for (const delayMs of [0, 100, 300, 1000, 2000, 3000, 4000]) {
    await new Promise((resolve) => setTimeout(resolve, delayMs))
    try {
      return await context.connect()
    } catch (error) {
      if (!(error instanceof ToolError) && !(error instanceof ConnectionLost)) throw error
    }
  }
  throw connectionLost(lost, ["the server could not be reached again within ten seconds"])
}

export function connectionLost(lost: ConnectionLost, details: readonly string[]): ToolError {
  return new ToolError("connection-lost", `the connection to the server ended: ${lost.message}`, {
    details,
    hint: "run the same command again once the server answers; nothing is applied twice",
    cause: lost,
  })
}
