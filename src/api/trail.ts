import { ToolError } from "../diagnostic.ts"
import {
  type BrokenLink,
  hasTrail,
  headIsUsable,
  mendHead,
  unaccepted,
  verifyTrail,
} from "../history/chain.ts"
import { insertEvent } from "../history/record.ts"
import { currentFormat } from "../history/tables.ts"
import { migratorTransaction } from "../runner/session.ts"
import { startRun } from "../runner/start.ts"
import { databaseOf, openTarget, type Target } from "../runner/target.ts"
import { changeHistory } from "../runner/transaction.ts"
import { checkOptions, type OptionKinds, runKinds, targetKinds } from "./check-options.ts"
import type { RunOptions, TargetOptions } from "./options.ts"

export interface TrailResult {
  readonly database: string
  readonly environment?: string
  /** How many rows were chained. */
  readonly entries: number
  /** SHA-256 of the newest row, and through it of all before. */
  readonly head: string
  /** What is not as it was written; at most a hundred. */
  readonly broken: readonly BrokenLink[]
  /** Whether nothing is broken but what somebody has accepted. */
  readonly intact: boolean
}

/** Verifies the audit trail of a database from its first row to its last. */
export async function verifyHistory(options: TargetOptions = {}): Promise<TrailResult> {
  checkOptions(options, targetKinds)
  const target = await openTarget({ ...options, command: "history", writes: false })
  try {
    return await trailOf(target, target.history.format)
  } finally {
    await target.close()
  }
}

export interface AcceptTrailOptions extends TargetOptions, RunOptions {
  /** Recorded. */
  readonly because?: string
}

const acceptKinds: OptionKinds<AcceptTrailOptions> = { ...targetKinds, ...runKinds, because: "text" }

/**
 * Records that what is broken in the audit trail is known. It stays broken, and is shown with the reason; runs may begin
 * again.
 *
 * @throws ToolError `reason-needed`
 */
export async function acceptTrail(options: AcceptTrailOptions): Promise<TrailResult> {
  checkOptions(options, acceptKinds)
  const { because } = options
  if (because === undefined || because.trim() === "")
    throw new ToolError("reason-needed", "to accept a history that was altered needs a reason", {
      hint: 'add --because "..."; it is recorded',
    })
  const target = await openTarget({ ...options, command: "history", writes: true })
  try {
    const before = await trailOf(target, target.history.format)
    if (before.intact) return before
    // Without a head that can be read no row could be added, not even the one that tells.
    const { connection, schema } = target
    if (!(await headIsUsable(connection, schema))) await connection.run(migratorTransaction(mendHead(schema)))
    const run = await startRun(target, { ...options, command: "history", acceptsAltered: true })
    try {
      const broken = unaccepted(await verifyTrail(connection, schema))
      const details = { because, found: broken.map(({ found }) => found), broken }
      const message = `${broken.length} accepted`
      await changeHistory(
        run.context,
        insertEvent(schema, run.context.runId, { kind: "trail-accepted", message, details }),
      )
    } finally {
      await run.finish()
    }
    return await trailOf(target, currentFormat)
  } finally {
    await target.close()
  }
}

async function trailOf(target: Target, format: number): Promise<TrailResult> {
  const common = databaseOf(target)
  if (!hasTrail(format)) return { ...common, entries: 0, head: "", broken: [], intact: true }
  const trail = await verifyTrail(target.connection, target.schema)
  const { entries, head, broken } = trail
  return { ...common, entries, head, broken, intact: unaccepted(trail).length === 0 }
}
