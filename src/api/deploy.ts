import { bundleOf } from "../bundle/bundle.ts"
import { bundle as bundleBeside } from "../deploy/checks/bundle.ts"
import { drift } from "../deploy/checks/drift.ts"
import { roles } from "../deploy/checks/roles.ts"
import { destroyedBy } from "../deploy/export/destroyed.ts"
import { type ExportedData, type ExportRules, exportAll } from "../deploy/export/export.ts"
import type { HeldRevision } from "../deploy/hold.ts"
import type { CheckedLine } from "../deploy/look.ts"
import { planDigest } from "../deploy/plan-digest.ts"
import { type Diagnostic, ToolError } from "../diagnostic.ts"
import type { History } from "../history/read.ts"
import { insertEvent } from "../history/record.ts"
import type { Revision } from "../revisions/revision.ts"
import type { FinishedRevision } from "../runner/run.ts"
import type { StartedRun } from "../runner/start.ts"
import { databaseOf, openTarget, type Target } from "../runner/target.ts"
import { changeHistory } from "../runner/transaction.ts"
import type { Work } from "../runner/work.ts"
import { checkOptions, type OptionKinds, projectKinds, runKinds, targetKinds } from "./check-options.ts"
import { type AfterwardsOptions, lookAfterwards } from "./deploy-afterwards.ts"
import { overdue, remaining, withinDeadline } from "./deploy-deadline.ts"
import { deployOlder, pendingOrOlder } from "./deploy-older.ts"
import { heads, needsRecord, record, refuseAndRecord } from "./deploy-record.ts"
import { type GateOptions, gateKinds, overridesOf } from "./gate.ts"
import { decideHeld, type Held, type HoldRules } from "./hold.ts"
import type { ProjectOptions, RunOptions, TargetOptions } from "./options.ts"
import { lookAhead } from "./preflight.ts"
import { openProject, type Project, projectAt } from "./project.ts"
import {
  announce,
  applyAll,
  buildAll,
  placeOf,
  planned,
  type RunParts,
  refuseWays,
  type UpgradeOptions,
} from "./upgrade.ts"

export interface DeployOptions
  extends ProjectOptions,
    TargetOptions,
    RunOptions,
    GateOptions,
    HoldRules,
    AfterwardsOptions,
    Pick<UpgradeOptions, "outOfOrder" | "unknownOutcome" | "plan"> {
  /** The image or commit that is about to serve. Default: `actor.release`. */
  readonly release?: string
  /** Digest of the bundle that this deploy is for; any other is refused. At least its first twelve characters. */
  readonly expectBundle?: string
  /**
   * Takes a backup before anything is applied, and says in a line what it took and where; throws where it could not.
   * Default: none; the restore point is recorded anyway. `tables`: those whose data a revision destroys.
   */
  readonly backup?: (point: RestorePoint, tables: readonly string[]) => Promise<string>
  /** Where what a revision destroys is exported to first. Default: nowhere. */
  readonly exports?: ExportRules
}

/** Where a database can be taken back to, with whatever keeps its log. */
export interface RestorePoint {
  /** As `pg_current_wal_lsn()`. */
  readonly lsn: string
  /** The server's clock; ISO 8601, UTC. */
  readonly at: string
}

const deployKinds: OptionKinds<DeployOptions> = {
  ...projectKinds,
  ...targetKinds,
  ...runKinds,
  ...gateKinds,
  outOfOrder: ["error", "allow", "warn"],
  unknownOutcome: ["ask", "done", "again"],
  plan: "object",
  release: "text",
  expectBundle: "text",
  backup: "function",
  exports: "object",
  smoke: "function",
  smokeQueries: "list",
  watchMs: "milliseconds",
  soakMs: "milliseconds",
  releaseHold: "list",
}

export interface DeployResult {
  readonly database: string
  readonly environment?: string
  readonly release?: string
  /** Digest of the revisions that this build holds. */
  readonly bundle: string
  /** The lines of the preflight; where nothing was to do, only what somebody should look at. */
  readonly checks: readonly CheckedLine[]
  readonly applied: readonly FinishedRevision[]
  /** Contract revisions that wait, and why. */
  readonly held: readonly HeldRevision[]
  /** Where the database was before; absent where nothing was to do. */
  readonly restorePoint?: RestorePoint
  /** What the backup said. */
  readonly backup?: string
  /** What was exported, because a revision has destroyed it. */
  readonly exported?: ExportedData
  /** The revisions that the database is at now. */
  readonly current: readonly string[]
  readonly warnings: readonly Diagnostic[]
}

/**
 * Brings a database to what a release needs, before that release serves: looks at everything that speaks against it,
 * applies what is pending, and records the release. Safe to run again after any end; with nothing to do it writes
 * nothing.
 *
 * @throws ToolError `bundle-unexpected`, `preflight-stopped` before anything was changed, and what `upgrade` throws, with
 *   `facts.data` saying what was applied and where the database is
 */
export async function deploy(options: DeployOptions = {}): Promise<DeployResult> {
  checkOptions(options, deployKinds)
  overridesOf(options)
  const started = performance.now()
  const opened = await openProject(options)
  const bundle = bundleOf(opened.folder).digest
  refuseOther(bundle, options.expectBundle)
  const limited = withinDeadline(options)
  const target = await openTarget({ ...limited, command: "deploy", writes: true, folder: opened.folder })
  try {
    const { project } = await projectAt(opened, target.history, options)
    return await deployTo(project, target, { bundle, started }, limited)
  } catch (error) {
    throw overdue(error, limited, options)
  } finally {
    await target.close()
  }
}

interface DeployFacts {
  readonly bundle: string
  /** As `performance.now()` gave it. */
  readonly started: number
}

async function deployTo(
  project: Project,
  target: Target,
  { bundle, started }: DeployFacts,
  options: DeployOptions,
): Promise<DeployResult> {
  const release = options.release ?? options.actor?.release
  const { history } = target
  const ahead = await pendingOrOlder(project, target, bundle, options)
  if (ahead === "older") return deployOlder(project, target, { bundle, release }, options)
  const rules = { ...options, release }
  const decide = async (pending: readonly Revision[], now: History): Promise<Held> => {
    const decided = await decideHeld(project, target, { format: now.format, pending }, rules)
    return { ...decided, due: await planned(options.plan, target, { pending: decided.due, history: now }) }
  }
  let hold = await decide(ahead.pending, history)
  const common = { ...databaseOf(target), ...(release === undefined ? {} : { release }), bundle }
  const nothing = hold.due.length === 0
  const isKnown =
    nothing && !(await needsRecord(target, project, { bundle, release, held: hold.held }, options))
  if (!nothing) announce(target, options)
  const checks = nothing
    ? await lookAnyway(project, target, ahead.warnings, options)
    : await lookAhead(project, target, { ...hold, findings: ahead.warnings }, options)
  // What somebody lets pass is recorded, so that the next deploy knows of it.
  if (isKnown && !checks.some(({ overridden, state }) => overridden === true || state === "stop")) {
    const current = heads(project, history, [])
    await lookAfterwards(target, options, [], undefined)
    return { ...common, checks, applied: [], held: hold.held, current, warnings: ahead.warnings }
  }
  await refuseAndRecord(target, checks, {
    ...(options.actor === undefined ? {} : { actor: options.actor }),
    release,
  })
  const works = await buildAll(project, placeOf(target), hold.due, "up")
  refuseWays(target, works, {})
  const saved = nothing ? {} : await save(target, works, options)
  let runId: string | undefined
  const parts: RunParts = {
    command: "deploy",
    quiet: nothing,
    async choose(pending, now) {
      hold = await decide(pending, now)
      return hold.due
    },
    beforehand: (run) => recordSaved(run, saved, works, options),
    afterwards: (run, finished) => {
      runId = run.context.runId
      return record(run, { saved, bundle, release, checks, held: hold.held, finished, options, project })
    },
  }
  const actor = { ...options.actor, ...(release === undefined ? {} : { release }) }
  try {
    const runOptions = remaining({ ...options, actor }, started)
    const result = await applyAll(project, target, works, runOptions, parts)
    const { applied, current, warnings } = result
    await lookAfterwards(target, options, applied, runId)
    const seen =
      applied.length === 0 ? checks : [...checks, ...(await lookAtNewPaths(project, target, options))]
    return { ...common, checks: seen, applied, held: hold.held, ...saved, current, warnings }
  } catch (error) {
    throw withState(error, project, target)
  }
}

/** A path that this deploy's own revisions have opened stops the next one; here it is told. */
async function lookAtNewPaths(
  project: Project,
  target: Target,
  options: DeployOptions,
): Promise<readonly CheckedLine[]> {
  if (options.preflight?.roles === "off") return []
  const policy = { ...options, preflight: { roles: "stop" }, override: [] } as const
  const [line] = await lookAhead(project, target, { due: [], findings: [] }, policy, [roles])
  return line?.state === "stop" ? [{ ...line, state: "warning" }] : []
}

/**
 * Also where nothing is to be applied: that this image has all of its files, for one that lacks the newest finds nothing to
 * do; that the schema is the one that new code was written for, and that nobody has opened a way to change it.
 */
async function lookAnyway(
  project: Project,
  target: Target,
  findings: readonly Diagnostic[],
  options: DeployOptions,
): Promise<readonly CheckedLine[]> {
  const lines = await lookAhead(project, target, { due: [], findings }, options, [bundleBeside, drift, roles])
  return lines.filter(({ state }) => state !== "ok" && state !== "unknown")
}

type Saved = Pick<DeployResult, "restorePoint" | "backup" | "exported">

/**
 * Notes where the database is before anything is applied, takes a backup where one is asked for, and exports what is going
 * to be destroyed.
 */
async function save(
  target: Target,
  works: readonly Work[],
  { backup, exports: rules, signal, now }: DeployOptions,
): Promise<Saved> {
  const { connection } = target
  const [row] = await connection.query<{ lsn: string; at: string }>(
    `select pg_catalog.pg_current_wal_lsn()::text as lsn,
  pg_catalog.to_char(pg_catalog.clock_timestamp() at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') as at`,
  )
  if (row === undefined) throw new Error("the server answered the question for its log with no row")
  const restorePoint = { lsn: row.lsn, at: row.at }
  if (backup === undefined && rules === undefined) return { restorePoint }
  const destroyed = await destroyedBy(connection, works)
  const tables = [...new Set(destroyed.map(({ relation }) => relation))]
  const said = backup === undefined ? {} : { backup: await backup(restorePoint, tables) }
  if (rules === undefined || destroyed.length === 0) return { restorePoint, ...said }
  const about = { ...databaseOf(target), at: now ?? new Date(row.at), signal }
  const exported = await exportAll(connection, destroyed, rules, about)
  return { restorePoint, ...said, ...(exported === undefined ? {} : { exported }) }
}

/** Under the lock and before the first revision: that it began and what was saved is found, however the run ends. */
async function recordSaved(
  { context }: StartedRun,
  { restorePoint, backup, exported }: Saved,
  works: readonly Work[],
  { because }: DeployOptions,
): Promise<void> {
  const { schema, runId } = context
  const plan = planDigest(works.map(({ revision }) => revision))
  const texts = [
    ...(works.length === 0
      ? []
      : [
          insertEvent(schema, runId, {
            kind: "begun",
            details: { revisions: works.map(({ revision }) => revision.id), restorePoint, plan },
          }),
        ]),
    ...(backup === undefined
      ? []
      : [
          insertEvent(schema, runId, {
            kind: "backed-up",
            message: backup,
            details: { restorePoint, plan, because },
          }),
        ]),
    ...(exported === undefined
      ? []
      : [
          insertEvent(schema, runId, {
            kind: "exported",
            message: exported.place,
            details: { ...exported, plan },
          }),
        ]),
  ]
  if (texts.length > 0) await changeHistory(context, texts.join(";\n"))
}

/** @throws ToolError `bundle-unexpected` where a build is another than the one that was expected */
export function refuseOther(bundle: string, expected: string | undefined): void {
  if (expected === undefined) return
  const wanted = expected.replace(/^sha256:/, "").toLowerCase()
  if (wanted.length >= 12 && bundle.startsWith(wanted)) return
  throw new ToolError("bundle-unexpected", "this build holds other revisions than those of the deploy", {
    details: [`expected ${expected}`, `found    ${bundle}`],
    hint: "start the deploy with the image that it is for; lockstep hash prints the digest of what an image holds",
    subject: bundle,
    data: { expected, found: bundle },
  })
}

/** Where the database is after a failure; what the run itself has said stays. */
function withState(error: unknown, project: Project, { facts, history }: Target): unknown {
  if (!(error instanceof ToolError)) return error
  const finished = (error.facts.data?.applied ?? []) as readonly FinishedRevision[]
  const current = heads(project, history, finished)
  const at = current.length === 0 ? "base" : current.join(", ")
  return new ToolError(error.code, error.message, {
    ...error.facts,
    details: [...(error.facts.details ?? []), `state: ${facts.database} is at ${at}`],
    data: { ...error.facts.data, current },
  })
}
