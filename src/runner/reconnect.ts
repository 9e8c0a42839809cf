import { ConnectionLost } from "../db/connection.ts"
import { ToolError } from "../diagnostic.ts"
import { type RunContext, tellNotices } from "./context.ts"
import { pause } from "./pause.ts"
import { patientText } from "./session.ts"

const delaysMs = [0, 100, 300, 1000, 2000, 3000, 4000]

/**
 * Opens the run's connection again after it was lost: a few tries over about ten seconds, because a server that
 * restarts or fails over refuses connections for a moment. An interrupted run tries once.
 *
 * @throws ToolError `connection-lost`, with what was lost as its cause
 */
export async function reconnect(context: RunContext, lost: ConnectionLost): Promise<void> {
  for (const delayMs of delaysMs) {
    await pause(delayMs, context.signal).catch(() => undefined)
    try {
      const connection = await context.connect()
      if (!context.pooled) await connection.run(patientText)
      context.connection = connection
      tellNotices(context)
      return
    } catch (error) {
      if (!(error instanceof ToolError) && !(error instanceof ConnectionLost)) throw error
    }
    if (context.signal?.aborted) break
  }
  throw connectionLost(lost, [
    "the server could not be reached again; if COMMIT was on its way, the next run sees whether it arrived",
  ])
}

export function connectionLost(lost: ConnectionLost, details: readonly string[]): ToolError {
  return new ToolError("connection-lost", `the connection to the server ended: ${lost.message}`, {
    details,
    hint: "run the same command again once the server answers; nothing is applied twice",
    cause: lost,
  })
}
