import { type Aftereffect, runSmokeQueries, watchFor } from "../deploy/afterwards.ts"
import { ToolError } from "../diagnostic.ts"
import { insertEvent } from "../history/record.ts"
import type { FinishedRevision } from "../runner/run.ts"
import { migratorTransaction } from "../runner/session.ts"
import type { Target } from "../runner/target.ts"

/** What is looked at when everything was applied, and before new code serves. */
export interface AfterwardsOptions {
  /** Queries that must hold: none may fail, return no row, or false in its first column. Default: none. */
  readonly smokeQueries?: readonly string[]
  /** A further test; throws a `ToolError` where it fails. Default: none. */
  readonly smoke?: () => Promise<unknown>
  /** How long the database is watched, in milliseconds. Default: not at all. */
  readonly watchMs?: number
}

/**
 * Tests what was applied, and watches the database for a while.
 *
 * @param runId of the run in the history that it belongs to; absent where nothing was to be applied
 * @throws ToolError `afterwards-failed`, which offers the compensating revision
 */
export async function lookAfterwards(
  { connection, schema }: Target,
  { smokeQueries = [], smoke, watchMs = 0, signal }: AfterwardsOptions & { readonly signal?: AbortSignal },
  applied: readonly FinishedRevision[],
  runId: string | undefined,
): Promise<void> {
  const found: Aftereffect[] = [...(await runSmokeQueries(connection, smokeQueries))]
  try {
    await smoke?.()
  } catch (error) {
    if (!(error instanceof ToolError) || error.code === "interrupted") throw error
    found.push({ kind: "smoke", message: [error.message, ...(error.facts.details ?? [])].join("; ") })
  }
  if (found.length === 0 && watchMs > 0) found.push(...(await watchFor(connection, watchMs, { signal })))
  if (found.length === 0) return
  if (runId !== undefined) {
    const event = insertEvent(schema, runId, {
      kind: "failed",
      errorCode: "afterwards-failed",
      message: found[0]?.message,
      details: { found },
    })
    await connection.run(migratorTransaction(event)).catch(() => connection.run("rollback"))
  }
  throw failed(found, applied)
}

function failed(found: readonly Aftereffect[], applied: readonly FinishedRevision[]): ToolError {
  const ids = applied.map(({ id }) => id).reverse()
  const stays =
    ids.length === 0
      ? "this deploy had nothing to apply"
      : `what was applied stays, and is recorded: ${applied.map(({ id }) => id).join(", ")}`
  return new ToolError("afterwards-failed", `after the deploy: ${found[0]?.message ?? ""}`, {
    details: [...found.slice(1).map(({ message }) => message), stays],
    hint:
      ids.length === 0
        ? "look at the database; nothing of this deploy is to be undone"
        : `the new code should not serve; to undo the schema: ${ids.map((id) => `lockstep revert ${id}`).join(", then ")}, which writes a compensating revision to review and deploy`,
    data: { found, applied },
  })
}
