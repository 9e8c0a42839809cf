import { type DeployPlan, rewritesIn } from "../deploy/plan.ts"
import { type Diagnostic, ToolError } from "../diagnostic.ts"
import { type History, isSettled } from "../history/read.ts"
import { appliedHeads, planUpgrade } from "../revisions/resolve.ts"
import type { Revision } from "../revisions/revision.ts"
import { type BuildOptions, buildWork } from "../runner/build.ts"
import { checkHistory, checkInFlight, type OutOfOrderPolicy, refuseErrors } from "../runner/checks.ts"
import type { Direction } from "../runner/event.ts"
import { isKnown, keepFingerprint } from "../runner/keep-fingerprint.ts"
import { recordMeasurements } from "../runner/measure.ts"
import { refuseSessionNeeds } from "../runner/pooled.ts"
import { type FinishedRevision, runAll } from "../runner/run.ts"
import { needsUpkeep, type StartedRun, startRun } from "../runner/start.ts"
import type { UnknownOutcome } from "../runner/steps.ts"
import { databaseOf, openTarget, type Target } from "../runner/target.ts"
import type { Work } from "../runner/work.ts"
import { checkOptions, type OptionKinds, projectKinds, runKinds, targetKinds } from "./check-options.ts"
import { emptiness } from "./emptiness.ts"
import type { OwnerOptions, ProjectOptions, RunOptions, TargetOptions } from "./options.ts"
import { openProject, type Project, projectAt } from "./project.ts"

export interface UpgradeOptions extends ProjectOptions, TargetOptions, RunOptions {
  /** Revisions to go to: `head`, `heads`, an id, `+2`, `<label>@head`. Default: `head`. */
  readonly to?: string | readonly string[]
  /** Applies all in one transaction. Default: one transaction per revision. */
  readonly singleTransaction?: boolean
  /** What to do about a pending revision that comes before an applied one. Default: `error`. */
  readonly outOfOrder?: OutOfOrderPolicy
  /** How to take up a step whose outcome nobody can look up after a crash. Default: `ask`, which throws. */
  readonly unknownOutcome?: UnknownOutcome
  /** Applies exactly what this plan says, and nothing where the database or the revisions have moved since. */
  readonly plan?: DeployPlan
}

export const upgradeKinds: OptionKinds<UpgradeOptions> = {
  ...projectKinds,
  ...targetKinds,
  ...runKinds,
  to: "texts",
  singleTransaction: "flag",
  outOfOrder: ["error", "allow", "warn"],
  unknownOutcome: ["ask", "done", "again"],
  plan: "object",
}

export interface UpgradeResult {
  readonly database: string
  readonly environment?: string
  /** What this run applied, in order. */
  readonly applied: readonly FinishedRevision[]
  /** The revisions that the database is at now. */
  readonly current: readonly string[]
  readonly warnings: readonly Diagnostic[]
}

/**
 * Brings a database forward: applies what is pending up to the targets, each revision once, in the order of the
 * graph, each in one transaction with its history row or step by step. With nothing to do it writes nothing.
 *
 * @throws ToolError what the folder, the target and the checks throw, before anything ran; `statement-failed`,
 *   `verify-failed`, `lock-not-available`, `statement-timeout`, `connection-lost`, `interrupted`,
 *   `deadline-reached` for the revision at which it stopped, with `facts.data.applied` saying what was finished
 */
export async function upgrade(options: UpgradeOptions = {}): Promise<UpgradeResult> {
  checkOptions(options, upgradeKinds)
  const opened = await openProject(options)
  const target = await openTarget({ ...options, command: "upgrade", writes: true, folder: opened.folder })
  try {
    const { project, findings } = await projectAt(opened, target.history, options)
    for (const finding of findings) options.onEvent?.({ type: "diagnostic", diagnostic: finding })
    announce(target, options)
    const looked = await lookFor(project, target, options)
    refuseHeld(target, looked.pending)
    if (looked.pending.length === 0) {
      if (await needsUpkeep(target, options)) await keepUp(target, options)
      return result(project, target, [], looked.warnings, target.history)
    }
    const works = await buildAll(project, placeOf(target), looked.pending, "up")
    refuseWays(target, works, options)
    return await applyAll(project, target, works, options, {
      command: "upgrade",
      choose: (pending, history) => planned(options.plan, target, { pending, history }),
    })
  } finally {
    await target.close()
  }
}

/** What is pending; of a plan, what is left of it. */
async function lookFor(project: Project, target: Target, options: UpgradeOptions): Promise<PendingWork> {
  const { history } = target
  const { pending, warnings } = pendingWork(project, history, options)
  return { pending: await planned(options.plan, target, { pending, history }), warnings }
}

/** Leaves what is pending as it is where there is no plan. */
export async function planned(
  plan: DeployPlan | undefined,
  target: Target,
  now: { readonly pending: readonly Revision[]; readonly history: History },
): Promise<readonly Revision[]> {
  if (plan === undefined) return now.pending
  const { followPlan } = await import("./follow-plan.ts")
  return followPlan(plan, target, now)
}

/** What a deploy holds in a protected environment is not let go by another command. */
function refuseHeld(
  { history, protected: isProtected, environment }: Target,
  pending: readonly Revision[],
): void {
  const held = pending.find(({ id }) => history.held.has(id))
  if (held === undefined || !isProtected) return
  throw new ToolError("contract-held", `revision ${held.id} is held in environment ${environment}`, {
    details: history.held.get(held.id),
    hint: `lockstep deploy applies it in its time; to let it run now: lockstep deploy ${environment} --release-hold ${held.id} --because "..."`,
    subject: held.id,
  })
}

/** Starting a run is all that Lockstep's own tables need. */
async function keepUp(target: Target, options: UpgradeOptions): Promise<void> {
  const run = await startRun(target, { ...options, command: "upgrade" })
  await run.finish()
}

export function announce(target: Target, { onEvent }: RunOptions): void {
  const { database, serverVersionText, user } = target.facts
  onEvent?.({
    type: "connected",
    database,
    server: serverVersionText,
    user,
    ...(target.environment === undefined ? {} : { environment: target.environment }),
  })
}

/** What an upgrade would do, after the checks. */
export interface PendingWork {
  /** In order; repeatables come last. */
  readonly pending: readonly Revision[]
  readonly warnings: readonly Diagnostic[]
}

/**
 * Decides what is pending, from the folder and the history.
 *
 * @throws ToolError the first finding that is an error; nothing has run then
 */
export function pendingWork(
  { folder }: Project,
  history: History,
  { to = "head", outOfOrder = "error" }: Pick<UpgradeOptions, "to" | "outOfOrder">,
): PendingWork {
  const words = typeof to === "string" ? [to] : to
  if (isSettled(history) && leadsToHeads(folder, words)) return { pending: [], warnings: emptiness(folder) }
  const findings = checkHistory(folder.graph, history, outOfOrder)
  refuseErrors(findings)
  // The head of nothing is nothing, but a revision that is named has to be there.
  const { pending } =
    folder.graph.revisions.length === 0 && leadsToHeads(folder, words)
      ? { pending: [] }
      : planUpgrade(folder.graph, new Set(history.applied.keys()), words)
  const revisions = [...pending, ...changedRepeatables(folder, history, pending)]
  const begun = checkInFlight(folder, history, { direction: "up", revisions })
  refuseErrors(begun)
  return { pending: revisions, warnings: [...emptiness(folder), ...findings, ...begun] }
}

/** Repeatables run after all revisions: where some stay pending, what they build on may be missing. */
function changedRepeatables(
  { graph, repeatables }: Project["folder"],
  history: History,
  pending: readonly Revision[],
): readonly Revision[] {
  const reached = new Set([...history.applied.keys(), ...pending.map(({ id }) => id)])
  if (graph.revisions.some(({ id }) => !reached.has(id))) return []
  return repeatables.filter(({ id, checksum }) => history.repeatables.get(id) !== checksum)
}

/** Tells without the graph, for the many runs that find nothing to do. */
function leadsToHeads({ heads }: Project["folder"], words: readonly string[]): boolean {
  return words.every((word) => word === "heads" || (word === "head" && heads.length <= 1))
}

/** What of a database decides how a revision can run there. */
export type BuildPlace = Pick<BuildOptions, "schema" | "serverVersion">

export function placeOf({ schema, facts }: Target): BuildPlace {
  return { schema, serverVersion: facts.serverVersion }
}

/** Reads and classifies everything that is to run, so that what cannot run is refused before anything has. */
export async function buildAll(
  project: Project,
  place: BuildPlace,
  pending: readonly Revision[],
  direction: Direction,
): Promise<readonly Work[]> {
  const options = { ...project, ...place }
  const works: Work[] = []
  for (const revision of pending) works.push(await buildWork(revision, direction, options))
  return works
}

/**
 * Returns the work for `revisions` under the lock. What was built before it was taken is taken over; while this run
 * waited, another may have applied some of it, or undone more.
 */
export async function buildDue(
  project: Project,
  place: BuildPlace,
  built: readonly Work[],
  revisions: readonly Revision[],
  direction: Direction,
): Promise<readonly Work[]> {
  const byId = new Map(built.map((work) => [work.revision.id, work]))
  const missing = await buildAll(
    project,
    place,
    revisions.filter(({ id }) => !byId.has(id)),
    direction,
  )
  for (const work of missing) byId.set(work.revision.id, work)
  return revisions.flatMap(({ id }) => byId.get(id) ?? [])
}

/** Refuses what cannot run in the way that was asked for: in a single transaction, or through a pooler. */
export function refuseWays(
  { pooled }: Target,
  works: readonly Work[],
  options: { readonly singleTransaction?: boolean; readonly owner?: OwnerOptions },
): void {
  refuseSingle(works, options)
  if (pooled) refuseSessionNeeds(works, options.owner)
}

function refuseSingle(
  works: readonly Work[],
  { singleTransaction }: { readonly singleTransaction?: boolean },
): void {
  const stepwise = works.find(({ mode }) => mode === "steps")
  if (singleTransaction !== true || stepwise === undefined) return
  const { id, file } = stepwise.revision
  throw new ToolError("cannot-run-in-transaction", `revision ${id} cannot be part of a single transaction`, {
    subject: id,
    location: { file, line: 1 },
    hint: "run without --single-transaction",
  })
}

/** What else belongs to a run besides its revisions. */
export interface RunParts {
  readonly command: string
  /** Leaves something out of what is pending; asked under the lock. */
  readonly choose?: (pending: readonly Revision[], history: History) => Promise<readonly Revision[]>
  /** Nothing is announced, because nothing is pending. Default: false. */
  readonly quiet?: boolean
  /** Is called under the lock before the first of them runs. */
  readonly beforehand?: (run: StartedRun) => Promise<void>
  /** Is called under the lock when all of them have run. */
  readonly afterwards?: (run: StartedRun, finished: readonly FinishedRevision[]) => Promise<void>
}

/**
 * Takes the lock, looks again at what is pending, and runs it. What `works` holds is not read again.
 *
 * @throws ToolError as `upgrade` does
 */
export async function applyAll(
  project: Project,
  target: Target,
  works: readonly Work[],
  options: UpgradeOptions,
  { command, choose, quiet, beforehand, afterwards }: RunParts,
): Promise<UpgradeResult> {
  const rewrites = options.plan === undefined ? {} : { plannedRewrites: rewritesIn(options.plan) }
  const run = await startRun(target, { ...options, ...rewrites, command })
  const finished: FinishedRevision[] = []
  try {
    const { pending, warnings } = pendingWork(project, run.history, options)
    const chosen = (await choose?.(pending, run.history)) ?? pending
    const due = await buildDue(project, placeOf(target), works, chosen, "up")
    refuseWays(target, due, options)
    if (quiet !== true || due.length > 0)
      options.onEvent?.({
        type: "planned",
        direction: "up",
        revisions: due.map(({ revision }) => revision.id),
      })
    for (const warning of warnings) options.onEvent?.({ type: "diagnostic", diagnostic: warning })
    const known = due.length > 0 && (await isKnown(run.context, run.history))
    await beforehand?.(run)
    await runAll(run.context, due, finished, {
      single: options.singleTransaction ?? false,
      unknownOutcome: options.unknownOutcome ?? "ask",
    })
    await afterwards?.(run, finished)
    await recordMeasurements(run.context)
    if (known) await keepFingerprint(run.context, after(run.history, due))
    return result(project, target, finished, warnings, run.history)
  } catch (error) {
    throw withProgress(error, finished)
  } finally {
    await run.finish()
  }
}

/** The history when all of `due` has run. */
function after(
  history: History,
  due: readonly Work[],
): Pick<History, "applied" | "repeatables" | "inFlight"> {
  const of = (repeatable: boolean) =>
    due.flatMap(({ revision }) =>
      revision.repeatable === repeatable ? [[revision.id, revision.checksum] as const] : [],
    )
  const done = new Set(due.map(({ revision }) => revision.id))
  return {
    applied: new Map([...history.applied, ...of(false)]),
    repeatables: new Map([...history.repeatables, ...of(true)]),
    inFlight: history.inFlight.filter(({ id }) => !done.has(id)),
  }
}

/** Adds to an error what was finished before it, for callers and the JSON output. */
export function withProgress(error: unknown, finished: readonly FinishedRevision[]): unknown {
  if (!(error instanceof ToolError)) return error
  const data = { ...error.facts.data, applied: finished }
  return new ToolError(error.code, error.message, { ...error.facts, data })
}

function result(
  { folder }: Project,
  target: Target,
  applied: readonly FinishedRevision[],
  warnings: readonly Diagnostic[],
  history: History,
): UpgradeResult {
  return {
    ...databaseOf(target),
    applied,
    current: currentHeads(folder, history, applied).map(({ id }) => id),
    warnings,
  }
}

function currentHeads(
  folder: Project["folder"],
  history: History,
  applied: readonly FinishedRevision[],
): readonly Revision[] {
  if (history.matchesFolder && applied.length === 0) return folder.effectiveHeads
  return appliedHeads(folder.graph, new Set([...history.applied.keys(), ...applied.map(({ id }) => id)]))
}
