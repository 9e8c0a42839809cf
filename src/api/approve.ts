import { planDigest } from "../deploy/plan-digest.ts"
import { readClock } from "../history/clock.ts"
import { insertEvent } from "../history/record.ts"
import { startRun } from "../runner/start.ts"
import { databaseOf, openTarget } from "../runner/target.ts"
import { changeHistory } from "../runner/transaction.ts"
import { checkOptions, type OptionKinds, projectKinds, runKinds, targetKinds } from "./check-options.ts"
import { decideHeld, type HoldRules } from "./hold.ts"
import type { ProjectOptions, RunOptions, TargetOptions } from "./options.ts"
import { openProject, type RevisionSummary, summary } from "./project.ts"
import { pendingWork, type UpgradeOptions } from "./upgrade.ts"

export interface ApproveOptions
  extends ProjectOptions,
    TargetOptions,
    RunOptions,
    HoldRules,
    Pick<UpgradeOptions, "outOfOrder"> {
  /** How long it holds, in milliseconds. Default: eight hours. */
  readonly expiresMs?: number
  /** The release that the plan is for. Default: `actor.release`. */
  readonly release?: string
}

const approveKinds: OptionKinds<ApproveOptions> = {
  ...projectKinds,
  ...targetKinds,
  ...runKinds,
  outOfOrder: ["error", "allow", "warn"],
  expiresMs: "milliseconds",
  release: "text",
  soakMs: "milliseconds",
  releaseHold: "list",
  because: "text",
  now: "date",
}

export interface ApproveResult {
  readonly database: string
  readonly environment?: string
  /** Digest of what is approved; another text, order or revision makes another plan. */
  readonly plan: string
  readonly revisions: readonly RevisionSummary[]
  /** ISO 8601, UTC; absent where nothing was to be approved. */
  readonly expires?: string
}

/** Records that somebody has approved exactly what a deploy would apply now. */
export async function approve(options: ApproveOptions = {}): Promise<ApproveResult> {
  checkOptions(options, approveKinds)
  const { expiresMs = 8 * 3_600_000, because } = options
  const project = await openProject(options)
  const target = await openTarget({ ...options, command: "approve", writes: true })
  try {
    const { pending } = pendingWork(project, target.history, options)
    const release = options.release ?? options.actor?.release
    const place = { format: target.history.format, pending }
    const { due } = await decideHeld(project, target, place, { ...options, release })
    const plan = planDigest(due)
    const result = { ...databaseOf(target), plan, revisions: due.map(summary) }
    if (due.length === 0) return result
    const now = options.now ?? (await readClock(target.connection))
    const expires = new Date(now.getTime() + expiresMs).toISOString()
    const run = await startRun(target, { ...options, command: "approve" })
    try {
      const details = { plan, expires, because, revisions: due.map(({ id }) => id) }
      const { schema, runId } = run.context
      await changeHistory(
        run.context,
        insertEvent(schema, runId, { kind: "approved", message: `plan ${plan.slice(0, 12)}`, details }),
      )
    } finally {
      await run.finish()
    }
    return { ...result, expires }
  } finally {
    await target.close()
  }
}
