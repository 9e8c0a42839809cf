import { randomUUID } from "node:crypto"
import { bundleOf } from "../bundle/bundle.ts"
import { drift } from "../deploy/checks/drift.ts"
import { roles } from "../deploy/checks/roles.ts"
import type { HeldRevision } from "../deploy/hold.ts"
import type { CheckedLine } from "../deploy/look.ts"
import { type Diagnostic, diagnostic, ToolError } from "../diagnostic.ts"
import type { History } from "../history/read.ts"
import { insertEvent, insertRun } from "../history/record.ts"
import {
  insertRelease,
  queriesFormat,
  readIncompatible,
  readQueriesDigest,
  readReleases,
  releasesFormat,
  replaceHeld,
  type StoredQueries,
  wasDeployed,
} from "../history/releases.ts"
import { currentFormat } from "../history/tables.ts"
import { appliedHeads, resolveOne, unknownApplied } from "../revisions/resolve.ts"
import type { Revision } from "../revisions/revision.ts"
import { checkHistory } from "../runner/checks.ts"
import type { FinishedRevision } from "../runner/run.ts"
import { migratorTransaction } from "../runner/session.ts"
import { needsUpkeep, type StartedRun, startRun } from "../runner/start.ts"
import { databaseOf, openTarget, type Target } from "../runner/target.ts"
import { changeHistory } from "../runner/transaction.ts"
import { version } from "../version.ts"
import { checkOptions, type OptionKinds, projectKinds, runKinds, targetKinds } from "./check-options.ts"
import { type GateOptions, gateKinds, overridesOf } from "./gate.ts"
import { decideHeld, type Held, type HoldRules } from "./hold.ts"
import type { ProjectOptions, RunOptions, TargetOptions } from "./options.ts"
import { lookAhead } from "./preflight.ts"
import { openProject, type Project, projectAt } from "./project.ts"
import {
  announce,
  applyAll,
  buildAll,
  type PendingWork,
  pendingWork,
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
    Pick<UpgradeOptions, "outOfOrder" | "unknownOutcome" | "plan"> {
  /** The image or commit that is about to serve. Default: `actor.release`. */
  readonly release?: string
  /** Digest of the bundle that this deploy is for; any other is refused. At least its first twelve characters. */
  readonly expectBundle?: string
  /**
   * Takes a backup before anything is applied, and says in a line what it took and where; throws where it could not.
   * Default: none; the restore point is recorded anyway.
   */
  readonly backup?: (point: RestorePoint) => Promise<string>
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
    : await lookAhead(project, target, { due: hold.due, findings: ahead.warnings }, options)
  // What somebody lets pass is recorded, so that the next deploy knows of it.
  if (isKnown && !checks.some(({ overridden, state }) => overridden === true || state === "stop")) {
    const current = heads(project, history, [])
    return { ...common, checks, applied: [], held: hold.held, current, warnings: ahead.warnings }
  }
  await refuseAndRecord(target, checks, {
    ...(options.actor === undefined ? {} : { actor: options.actor }),
    release,
  })
  const works = await buildAll(project, placeOf(target), hold.due, "up")
  refuseWays(target, works, {})
  const saved = nothing ? {} : await backUp(target, options)
  const parts: RunParts = {
    command: "deploy",
    quiet: nothing,
    async choose(pending, now) {
      hold = await decide(pending, now)
      return hold.due
    },
    afterwards: (run, finished) =>
      record(run, { saved, bundle, release, checks, held: hold.held, finished, options, project }),
  }
  const actor = { ...options.actor, ...(release === undefined ? {} : { release }) }
  try {
    const runOptions = remaining({ ...options, actor }, started)
    const result = await applyAll(project, target, works, runOptions, parts)
    const { applied, current, warnings } = result
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
 * Also where nothing is to be applied: that the schema is the one that new code was written for, and that nobody has opened
 * a way to change it.
 */
async function lookAnyway(
  project: Project,
  target: Target,
  findings: readonly Diagnostic[],
  options: DeployOptions,
): Promise<readonly CheckedLine[]> {
  const lines = await lookAhead(project, target, { due: [], findings }, options, [drift, roles])
  return lines.filter(({ state }) => state !== "ok" && state !== "unknown")
}

/**
 * What is pending; or that this build is one that was deployed here before, as after a rollback: the database is ahead of
 * it by revisions that are compatible with older code.
 */
async function pendingOrOlder(
  project: Project,
  { history, connection, schema }: Target,
  bundle: string,
  options: DeployOptions,
): Promise<PendingWork | "older"> {
  try {
    return pendingWork(project, history, options)
  } catch (error) {
    if (!(error instanceof ToolError) || error.code !== "database-ahead") throw error
    const { graph } = project.folder
    const errors = checkHistory(graph, history, "allow").filter(({ severity }) => severity === "error")
    const isWhole = graph.revisions.every(({ id }) => history.applied.has(id))
    if (errors.length > 1 || !isWhole || history.inFlight.length > 0) throw error
    // An image that lacks files looks the same as an older one, but was never deployed.
    if (!(await wasDeployed(connection, schema, bundle))) throw error
    const { ids } = unknownApplied(graph, new Set(history.applied.keys()))
    const incompatible = await readIncompatible(connection, schema, ids)
    if (incompatible.length === 0) return "older"
    throw new ToolError(error.code, error.message, {
      ...error.facts,
      details: [
        ...(error.facts.details ?? []),
        ...incompatible.map((id) => `not compatible with older code: ${id}`),
      ],
    })
  }
}

/** Nothing is to be applied; that this release serves again is recorded. */
async function deployOlder(
  project: Project,
  target: Target,
  { bundle, release }: Omit<RecordFacts, "held">,
  options: DeployOptions,
): Promise<DeployResult> {
  const warning = diagnostic(
    "note",
    "database-ahead",
    "the database is ahead of this build, and compatible with it",
    {
      subject: target.facts.database,
    },
  )
  const facts = { bundle, release, held: [] }
  if (await needsRecord(target, project, { ...facts, held: heldNow(target) }, options)) {
    const actor = { ...options.actor, ...(release === undefined ? {} : { release }) }
    const run = await startRun(target, { ...options, actor, command: "deploy" })
    try {
      await record(run, {
        ...facts,
        held: heldNow(target),
        checks: [],
        finished: [],
        saved: {},
        options,
        project,
      })
    } finally {
      await run.finish()
    }
  }
  return {
    ...databaseOf(target),
    ...(release === undefined ? {} : { release }),
    bundle,
    checks: [],
    applied: [],
    held: [],
    current: heads(project, target.history, []),
    warnings: [warning],
  }
}

/** What a later build has left waiting stays as that one has said. */
function heldNow({ history }: Target): readonly HeldRevision[] {
  return [...history.held].map(([id, reasons]) => ({ id, title: id, file: "", reasons }))
}

interface RecordFacts {
  readonly bundle: string
  readonly release: string | undefined
  readonly held: readonly HeldRevision[]
}

/** Whether the history does not say yet what this deploy has to say, although nothing is to be applied. */
async function needsRecord(
  target: Target,
  { folder }: Project,
  { bundle, release, held }: RecordFacts,
  options: DeployOptions,
): Promise<boolean> {
  const { history, connection, schema } = target
  if (await needsUpkeep(target, options)) return true
  if (history.format < releasesFormat) return release !== undefined && folder.count > 0
  if (held.length !== history.held.size || held.some(({ id }) => !history.held.has(id))) return true
  if (release === undefined) return false
  const [last] = await readReleases(connection, schema, 1)
  if (last?.id !== release || last.bundle !== bundle || last.state === "retired") return true
  const queries = await queriesToStore(options)
  if (queries === undefined) return false
  return (
    history.format < queriesFormat ||
    (await readQueriesDigest(connection, schema, release)) !== queries.digest
  )
}

/** What the release issues. Reading it loads nothing where nobody has said it. */
async function queriesToStore(options: DeployOptions): Promise<StoredQueries | undefined> {
  const { comingQueries, storedQueries } = await import("./proof.ts")
  const queries = comingQueries(options)
  return queries === undefined ? undefined : storedQueries(queries)
}

async function record(
  { context }: StartedRun,
  facts: RecordFacts & {
    readonly checks: readonly CheckedLine[]
    readonly finished: readonly FinishedRevision[]
    readonly saved: Pick<DeployResult, "restorePoint" | "backup">
    readonly options: DeployOptions
    readonly project: Project
  },
): Promise<void> {
  const { schema, runId } = context
  const { bundle, release, held, finished, options, project } = facts
  const concerns = facts.checks
    .filter(({ state }) => state !== "ok")
    .map(({ check, evidence, overridden }) => ({ check, evidence, overridden }))
  const { because, releaseHold = [] } = options
  const contracts = project.folder.revisions.flatMap(({ id, phase }) => (phase === "contract" ? [id] : []))
  const queries = release === undefined ? undefined : await queriesToStore(options)
  const applied = finished.map(({ id }) => id)
  const released = releaseHold.map((word) => resolveOne(project.folder.graph, new Set(), word).id)
  await changeHistory(
    context,
    [
      ...(release === undefined
        ? []
        : [insertRelease(schema, runId, { id: release, bundle, contracts, queries })]),
      replaceHeld(
        schema,
        runId,
        held.map(({ id, reasons }) => ({ revision: id, reasons })),
        release,
      ),
      ...released
        .filter((id) => applied.includes(id))
        .map((id) =>
          insertEvent(schema, runId, { kind: "contract-released", revision: id, details: { because } }),
        ),
      insertEvent(schema, runId, {
        kind: "deployed",
        message: release,
        details: {
          bundle,
          applied,
          ...facts.saved,
          held: held.map(({ id }) => id),
          concerns,
          because,
          paths: facts.checks.find(({ check }) => check === roles.id)?.paths,
        },
      }),
    ].join(";\n"),
  )
}

/** Notes where the database is before anything is applied, and takes a backup where one is asked for. */
async function backUp(
  { connection }: Target,
  { backup }: DeployOptions,
): Promise<Pick<DeployResult, "restorePoint" | "backup">> {
  const [row] = await connection.query<{ lsn: string; at: string }>(
    `select pg_catalog.pg_current_wal_lsn()::text as lsn,
  pg_catalog.to_char(pg_catalog.clock_timestamp() at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') as at`,
  )
  if (row === undefined) throw new Error("the server answered the question for its log with no row")
  const restorePoint = { lsn: row.lsn, at: row.at }
  return backup === undefined ? { restorePoint } : { restorePoint, backup: await backup(restorePoint) }
}

/** A deploy that does not begin is an attempt too: the container that would have told is gone soon. */
async function refuseAndRecord(
  target: Target,
  checks: readonly CheckedLine[],
  options: Pick<DeployOptions, "actor"> & { readonly release: string | undefined },
): Promise<void> {
  try {
    refuseStopped(checks)
  } catch (error) {
    const { history, connection, schema } = target
    if (error instanceof ToolError && history.format === currentFormat && !target.pooled) {
      const { actor, release } = options
      const runId = randomUUID()
      const run = insertRun(schema, {
        id: runId,
        command: "deploy",
        toolVersion: version,
        osUser: actor?.user,
        host: actor?.host,
        pid: process.pid,
        platform: actor?.platform,
        commit: actor?.commit,
        release: release ?? actor?.release,
        environment: target.environment,
      })
      const event = insertEvent(schema, runId, {
        kind: "failed",
        errorCode: error.code,
        message: error.message,
        details: { details: error.facts.details },
      })
      // Whoever may not write is told by what stopped the deploy.
      await connection.run(migratorTransaction(`${run};\n${event}`)).catch(() => connection.run("rollback"))
    }
    throw error
  }
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

function refuseStopped(checks: readonly CheckedLine[]): void {
  const stops = checks.filter(({ state }) => state === "stop")
  const [first] = stops
  if (first === undefined) return
  throw new ToolError("preflight-stopped", `the deploy does not begin: ${first.check}: ${first.evidence}`, {
    details: [
      ...(first.details ?? []),
      ...stops.slice(1).map(({ check, evidence }) => `${check}: ${evidence}`),
      "nothing was changed",
    ],
    hint: first.fix,
    subject: first.check,
    data: { checks: stops },
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

function heads(
  { folder }: Project,
  history: History,
  finished: readonly FinishedRevision[],
): readonly string[] {
  if (history.matchesFolder && finished.length === 0) return folder.effectiveHeads.map(({ id }) => id)
  const applied = new Set([...history.applied.keys(), ...finished.map(({ id }) => id)])
  return appliedHeads(folder.graph, applied).map(({ id }) => id)
}

/**
 * A runner looks at its deadline between steps only. A deploy ends at it: the platform would kill it otherwise, and
 * what a cancelled statement leaves is known.
 */
function withinDeadline(options: DeployOptions): DeployOptions {
  const { deadlineMs = 0, signal } = options
  if (deadlineMs === 0) return options
  const timer = AbortSignal.timeout(deadlineMs)
  return { ...options, signal: signal === undefined ? timer : AbortSignal.any([signal, timer]) }
}

/** What is left of the deadline for the run. */
function remaining(options: UpgradeOptions, started: number): UpgradeOptions {
  const { deadlineMs = 0 } = options
  if (deadlineMs === 0) return options
  return { ...options, deadlineMs: Math.max(1, deadlineMs - (performance.now() - started)) }
}

/** An interruption that nobody but the deadline asked for. */
function overdue(error: unknown, limited: DeployOptions, { signal, deadlineMs }: DeployOptions): unknown {
  const own = limited.signal?.aborted === true && signal?.aborted !== true
  if (!own || !(error instanceof ToolError) || error.code !== "interrupted") return error
  return new ToolError("deadline-reached", `the deadline of ${deadlineMs} ms is over`, {
    ...error.facts,
    hint: "run the same command again to go on",
  })
}
