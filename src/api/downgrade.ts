import { ToolError } from "../diagnostic.ts"
import type { History } from "../history/read.ts"
import { appliedHeads, planDowngrade } from "../revisions/resolve.ts"
import type { Revision } from "../revisions/revision.ts"
import { checkHistory, checkInFlight, refuseErrors } from "../runner/checks.ts"
import { describeLoss, findDataLoss, isMeant, type Loss } from "../runner/data-loss.ts"
import { isKnown, keepFingerprint } from "../runner/keep-fingerprint.ts"
import { type FinishedRevision, runAll } from "../runner/run.ts"
import { startRun } from "../runner/start.ts"
import type { UnknownOutcome } from "../runner/steps.ts"
import { databaseOf, openTarget, type Target } from "../runner/target.ts"
import { checkOptions, type OptionKinds, projectKinds, runKinds, targetKinds } from "./check-options.ts"
import type { ProjectOptions, RunOptions, TargetOptions } from "./options.ts"
import { openProject, type Project, projectAt, type RevisionSummary, summary } from "./project.ts"
import { announce, buildAll, buildDue, placeOf, refuseWays, withProgress } from "./upgrade.ts"

export interface DowngradeOptions extends ProjectOptions, TargetOptions, RunOptions {
  /** Revision to go back to: an id, `-1`, `base`, `<label>@base`. It stays; what descends from it is undone. */
  readonly to: string
  /** Goes on where tables, columns or rows would be lost. Default: false. */
  readonly acceptDataLoss?: boolean
  readonly singleTransaction?: boolean
  readonly unknownOutcome?: UnknownOutcome
}

const downgradeKinds: OptionKinds<DowngradeOptions> = {
  ...projectKinds,
  ...targetKinds,
  ...runKinds,
  to: "text",
  acceptDataLoss: "flag",
  singleTransaction: "flag",
  unknownOutcome: ["ask", "done", "again"],
}

export interface DowngradeResult {
  readonly database: string
  readonly environment?: string
  /** What this run undid, in order. */
  readonly reverted: readonly FinishedRevision[]
  readonly current: readonly string[]
  /** What was lost, where that was accepted, and where values were updated. */
  readonly lost: readonly Loss[]
}

/**
 * Takes a database back by running rollback sections, newest first. Before anything is undone, the rollbacks run in
 * a transaction that is rolled back, to see which tables, columns and rows they would remove.
 *
 * @throws ToolError `protected-environment`, `no-rollback`, `data-loss`, and what `upgrade` throws
 */
export async function downgrade(options: DowngradeOptions): Promise<DowngradeResult> {
  checkOptions(options, downgradeKinds, ["to"])
  const opened = await openProject(options)
  const target = await openTarget({ ...options, command: "downgrade", writes: true })
  try {
    const { project } = await projectAt(opened, target.history, options)
    const { graph } = project.folder
    announce(target, options)
    const current = (applied: Iterable<string>) => appliedHeads(graph, new Set(applied)).map(({ id }) => id)
    const looked = plannedWork(project, target, target.history, options)
    if (looked.length === 0) {
      return {
        ...databaseOf(target),
        reverted: [],
        current: current(target.history.applied.keys()),
        lost: [],
      }
    }
    const works = await buildAll(project, placeOf(target), looked, "down")
    refuseWays(target, works, options)
    const run = await startRun(target, { ...options, command: "downgrade" })
    const finished: FinishedRevision[] = []
    try {
      const due = plannedWork(project, target, run.history, options)
      const dueWorks = await buildDue(project, placeOf(target), works, due, "down")
      refuseWays(target, dueWorks, options)
      const lost = await findDataLoss(run.context, dueWorks)
      if (!lost.every(isMeant) && options.acceptDataLoss !== true) throw dataLoss(lost)
      options.onEvent?.({ type: "planned", direction: "down", revisions: due.map(({ id }) => id) })
      const known = await isKnown(run.context, run.history)
      await runAll(run.context, dueWorks, finished, {
        single: options.singleTransaction ?? false,
        unknownOutcome: options.unknownOutcome ?? "ask",
      })
      const gone = new Set(finished.map(({ id }) => id))
      const applied = new Map([...run.history.applied].filter(([id]) => !gone.has(id)))
      const inFlight = run.history.inFlight.filter(({ id }) => !gone.has(id))
      if (known) await keepFingerprint(run.context, { ...run.history, applied, inFlight })
      const left = [...applied.keys()]
      return { ...databaseOf(target), reverted: finished, current: current(left), lost }
    } catch (error) {
      throw withProgress(error, finished)
    } finally {
      await run.finish()
    }
  } finally {
    await target.close()
  }
}

/** Decides what is undone, from the folder and the history; refuses what must not be. */
function plannedWork(
  { folder }: Project,
  target: Target,
  history: History,
  options: DowngradeOptions,
): readonly Revision[] {
  const { graph } = folder
  const revisions = planDowngrade(graph, new Set(history.applied.keys()), options.to)
  if (target.protected || history.protected) {
    throw protectedEnvironment(target.environment, revisions.map(summary))
  }
  refuseErrors(checkHistory(graph, history, "allow").filter(({ code }) => code !== "revision-edited"))
  refuseErrors(checkInFlight(folder, history, { direction: "down", revisions }))
  return revisions
}

function protectedEnvironment(
  environment: string | undefined,
  undone: readonly RevisionSummary[],
): ToolError {
  const [last] = undone
  return new ToolError(
    "protected-environment",
    `environment ${environment ?? "(unnamed)"} is protected: nothing is downgraded there`,
    {
      subject: environment,
      details: undone.map(({ id, title }) => `asked to undo: ${id} ${title}`),
      hint: `lockstep revert ${last?.id ?? "<revision>"} writes a new revision that compensates; review and deploy it`,
    },
  )
}

function dataLoss(lost: readonly Loss[]): ToolError {
  return new ToolError("data-loss", "the downgrade would lose data", {
    details: lost.map(describeLoss),
    hint: "save it first; then add --accept-data-loss",
    data: { lost },
  })
}
