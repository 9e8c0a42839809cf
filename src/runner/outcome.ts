import { setTimeout as sleep } from "node:timers/promises"
import { ConnectionLost, ServerError } from "../db/connection.ts"
import type { RunContext } from "./context.ts"
import { connectionLost, reconnect } from "./reconnect.ts"
import type { OpenTransaction } from "./transaction.ts"

const endSessionAfterMs = 1_000
const giveUpAfterMs = 60_000

/**
 * Asks the server whether a transaction committed whose connection ended while COMMIT was on its way; returns if it
 * did. The server may not have noticed the end of the connection yet: then it is told to end that session.
 *
 * @throws ConnectionLost `lost`, where it is certain that it did not commit; ToolError `connection-lost` where the server
 * cannot be asked
 */
export async function lookUpOutcome(
  context: RunContext,
  open: OpenTransaction,
  lost: ConnectionLost,
): Promise<void> {
  await reconnect(context, lost)
  const started = performance.now()
  for (;;) {
    const status = await statusOf(context, open, lost)
    if (status === "committed") return
    if (status !== "in progress") throw lost
    const waitedMs = performance.now() - started
    if (waitedMs > giveUpAfterMs) {
      throw connectionLost(lost, [
        "its transaction neither ended nor can be ended; what it did is recorded together with it",
      ])
    }
    if (waitedMs > endSessionAfterMs) await endSession(context, open)
    await sleep(50)
  }
}

async function statusOf(
  context: RunContext,
  { xid }: OpenTransaction,
  lost: ConnectionLost,
): Promise<string | undefined> {
  try {
    const [row] = await context.connection.query<{ status: string | null }>(
      "select pg_catalog.pg_xact_status($1::pg_catalog.xid8) as status",
      [xid],
    )
    return row?.status ?? undefined
  } catch (error) {
    // A standby that took over without ever hearing of the transaction refuses a number that lies in its future.
    if (error instanceof ServerError) return undefined
    if (!(error instanceof ConnectionLost)) throw error
    await reconnect(context, lost)
    return "in progress"
  }
}

/** Ends the session that runs the transaction; COMMIT that has begun is finished nevertheless. */
async function endSession({ connection }: RunContext, { xid }: OpenTransaction): Promise<void> {
  const text =
    "select pg_catalog.pg_terminate_backend(pid) from pg_catalog.pg_stat_activity where backend_xid = ($1::pg_catalog.xid8)::pg_catalog.xid"
  await connection.query(text, [xid]).catch(() => undefined)
}
