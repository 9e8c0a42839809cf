import type { Connection } from "../db/connection.ts"
import { describeStatement, total, waitingFor } from "../deploy/describe-plan.ts"
import type { DeployPlan, PlannedRevision, PlannedStatement } from "../deploy/plan.ts"
import { planDigest, standingDigest } from "../deploy/plan-digest.ts"
import { countAtRisk } from "../deploy/rows-at-risk.ts"
import { fingerprint } from "../introspect/fingerprint.ts"
import { readLive } from "../lint/live.ts"
import { type Sizes, sizesFrom } from "../lint/size.ts"
import { appliedHeads } from "../revisions/resolve.ts"
import type { Revision } from "../revisions/revision.ts"
import { compareFingerprint } from "../runner/fingerprint.ts"
import { databaseOf, openTarget, type Target } from "../runner/target.ts"
import type { Observation } from "../trace/observation.ts"
import { version } from "../version.ts"
import { applicationRoleKinds } from "./application-role.ts"
import { checkOptions, type OptionKinds, projectKinds, runKinds, targetKinds } from "./check-options.ts"
import { decideHeld, type HoldRules } from "./hold.ts"
import {
  type Examined,
  examineTogether,
  judgeOwn,
  type LintOptions,
  openBefore,
  ownObservations,
  type Span,
} from "./lint.ts"
import type { ProjectOptions, RunOptions, TargetOptions } from "./options.ts"
import { openProject, type Project, projectAt } from "./project.ts"
import { readServed } from "./served.ts"
import { pendingWork, type UpgradeOptions } from "./upgrade.ts"

export interface PlanOptions
  extends ProjectOptions,
    TargetOptions,
    Pick<RunOptions, "lockTimeoutMs" | "statementTimeoutMs" | "actor">,
    HoldRules,
    Pick<UpgradeOptions, "outOfOrder">,
    Pick<LintOptions, "queries" | "role" | "roles" | "statistics" | "scratch"> {
  /** The release that the deploy is for; it decides about contract revisions. Default: `actor.release`. */
  readonly release?: string
}

const planKinds: OptionKinds<PlanOptions> = {
  ...projectKinds,
  ...targetKinds,
  lockTimeoutMs: runKinds.lockTimeoutMs,
  statementTimeoutMs: runKinds.statementTimeoutMs,
  actor: runKinds.actor,
  outOfOrder: ["error", "allow", "warn"],
  soakMs: "milliseconds",
  releaseHold: "list",
  because: "text",
  now: "date",
  queries: "objects",
  ...applicationRoleKinds,
  statistics: "object",
  scratch: "object",
  release: "text",
}

/**
 * Says, statement by statement, what a deploy would do to a database now: what was seen when the pending revisions ran on
 * scratch, for how long that takes at its size, which data goes, and what is held. The database is only read; what is
 * removed is counted there.
 *
 * @throws ToolError what `upgrade` throws before its first statement, `contract-in-the-way`, `embedded-server-missing`
 */
export async function plan(options: PlanOptions = {}): Promise<DeployPlan> {
  checkOptions(options, planKinds)
  const opened = await openProject(options)
  const target = await openTarget({ ...options, command: "plan", writes: false, folder: opened.folder })
  try {
    const { project } = await projectAt(opened, target.history, options)
    return await planFor(project, target, options)
  } finally {
    await target.close()
  }
}

async function planFor(project: Project, target: Target, options: PlanOptions): Promise<DeployPlan> {
  const { history, connection, schema, facts } = target
  const { pending } = pendingWork(project, history, options)
  const release = options.release ?? options.actor?.release
  const { due, held } = await decideHeld(
    project,
    target,
    { format: history.format, pending },
    { ...options, release },
  )
  const applied = new Set(history.applied.keys())
  const current = appliedHeads(project.folder.graph, applied).map(({ id }) => id)
  const madeFor = {
    history: standingDigest(history, new Set(due.map(({ id }) => id))),
    catalog: await fingerprint(connection, [schema]),
  }
  const live = await readLive(connection, history.format === 0 ? undefined : schema)
  const sizes = sizesFrom(options.statistics ?? live.statistics, live.measurements)
  const span: Span = {
    revisions: due,
    from: current,
    together: true,
    major: Math.floor(facts.serverVersion / 10_000),
    live,
    served: due.length === 0 ? [] : await readServed(target, options.soakMs),
  }
  const revisions = due.length === 0 ? [] : await revisionsOf(project, span, { connection, sizes }, options)
  return {
    v: 1,
    ...databaseOf(target),
    server: facts.serverVersionText,
    madeAt: (options.now ?? new Date()).toISOString(),
    toolVersion: version,
    current,
    digest: planDigest(due),
    madeFor,
    revisions,
    held,
    forecast: total(revisions.map(({ forecast }) => forecast)),
    measured: live.measurements.length,
    notes: due.length === 0 ? [] : await notesOn(target),
  }
}

interface Live {
  readonly connection: Connection
  readonly sizes: Sizes
}

async function revisionsOf(
  project: Project,
  span: Span,
  live: Live,
  options: PlanOptions,
): Promise<readonly PlannedRevision[]> {
  const {
    now: _,
    soakMs: __,
    releaseHold: ___,
    because: ____,
    release: _____,
    actor: ______,
    ...rest
  } = options
  await using at = await openBefore(span, rest)
  const examined = await examineTogether(project, span, at, rest, { removals: true })
  const observed = ownObservations(span, examined, options)
  const planned: PlannedRevision[] = []
  for (const [index, revision] of span.revisions.entries()) {
    const seen = { observations: observed[index] ?? [], mode: examined.works[index]?.mode ?? "transaction" }
    planned.push(await describe(project, revision, seen, examined, live, options))
  }
  return planned
}

async function describe(
  project: Project,
  revision: Revision,
  { observations, mode }: Pick<PlannedRevision, "mode"> & { readonly observations: readonly Observation[] },
  examined: Examined,
  { connection, sizes }: Live,
  options: PlanOptions,
): Promise<PlannedRevision> {
  const statements: PlannedStatement[] = []
  for (const observation of observations) {
    const atRisk = await countAtRisk(connection, observation, sizes)
    statements.push(describeStatement(observation, mode, sizes, atRisk))
  }
  const { id, title, file, checksum, phase = null } = revision
  const judged = judgeOwn(revision, project, examined, options)
  const forecast = total(statements.map((each) => each.forecast))
  const waiting = waitingFor(statements, sizes)
  return { id, title, file, checksum, phase, mode, statements, forecast, waiting, ...judged }
}

/** What was traced is the schema that the history leads to. */
async function notesOn({ connection, schema, history }: Target): Promise<readonly string[]> {
  if (history.applied.size === 0) return []
  const state = await compareFingerprint(connection, schema, history)
  return state === "different"
    ? [
        "the catalog is not what the history leads to, and this was observed on what it leads to: lockstep drift shows the difference",
      ]
    : []
}
