import { resolve } from "node:path"
import { manifestFile, readManifest } from "../bundle/manifest.ts"
import type { PreflightCheck, Situation } from "../deploy/check.ts"
import { checks } from "../deploy/checks/all.ts"
import type { HeldRevision } from "../deploy/hold.ts"
import { type CheckedLine, lookAll } from "../deploy/look.ts"
import { readVitals } from "../deploy/vitals.ts"
import { type Diagnostic, ToolError } from "../diagnostic.ts"
import type { Revision } from "../revisions/revision.ts"
import { databaseOf, openTarget, type Target } from "../runner/target.ts"
import { differences } from "./bundle.ts"
import { checkOptions, type OptionKinds, projectKinds, targetKinds } from "./check-options.ts"
import { type GateOptions, gateKinds, overridesOf, policiesOf } from "./gate.ts"
import { decideHeld, type HoldRules } from "./hold.ts"
import type { ProjectOptions, RunOptions, TargetOptions } from "./options.ts"
import { openProject, type Project, projectAt } from "./project.ts"
import { pendingWork, type UpgradeOptions } from "./upgrade.ts"

export interface PreflightOptions
  extends ProjectOptions,
    TargetOptions,
    GateOptions,
    Pick<HoldRules, "soakMs">,
    Pick<RunOptions, "actor">,
    Pick<UpgradeOptions, "to" | "outOfOrder"> {}

const preflightKinds: OptionKinds<PreflightOptions> = {
  ...projectKinds,
  ...targetKinds,
  ...gateKinds,
  actor: "object",
  soakMs: "milliseconds",
  to: "texts",
  outOfOrder: ["error", "allow", "warn"],
}

export interface PreflightResult {
  readonly database: string
  readonly environment?: string
  /** Whether a deploy would begin. */
  readonly ready: boolean
  /** One line of evidence each. */
  readonly checks: readonly CheckedLine[]
}

/** Looks at everything that a deploy would look at. Changes nothing, takes no lock, and works on a replica too. */
export async function preflight(options: PreflightOptions = {}): Promise<PreflightResult> {
  checkOptions(options, preflightKinds)
  const opened = await openProject(options)
  const target = await openTarget({
    ...options,
    anyEnvironment: true,
    command: "preflight",
    writes: false,
    folder: opened.folder,
  })
  try {
    const { project } = await projectAt(opened, target.history, options)
    const ahead = await withoutHeld(project, target, lookFor(project, target, options), options)
    const lines = await lookAhead(project, target, ahead, { ...options, forecast: true })
    const ready = lines.every(({ state }) => state !== "stop")
    return { ...databaseOf(target), ready, checks: lines }
  } finally {
    await target.close()
  }
}

/** What a deploy would apply, or why it could not. */
export interface Ahead {
  readonly due: readonly Revision[]
  readonly findings: readonly Diagnostic[]
  /** Contract revisions that it would hold. Default: none. */
  readonly held?: readonly HeldRevision[]
}

function lookFor(project: Project, { history }: Target, options: PreflightOptions): Ahead {
  try {
    const { pending, warnings } = pendingWork(project, history, options)
    return { due: pending, findings: warnings }
  } catch (error) {
    if (!(error instanceof ToolError)) throw error
    return { due: [], findings: [error.diagnostic, ...(error.facts.also ?? [])] }
  }
}

/** Leaves out what a deploy would hold; where that stands in the way of the rest, it is a finding. */
async function withoutHeld(
  project: Project,
  target: Target,
  ahead: Ahead,
  options: PreflightOptions,
): Promise<Ahead> {
  try {
    const given = { format: target.history.format, pending: ahead.due }
    const { due, held } = await decideHeld(project, target, given, {
      ...options,
      release: options.actor?.release,
    })
    return { ...ahead, due, held }
  } catch (error) {
    if (!(error instanceof ToolError)) throw error
    return { due: [], findings: [...ahead.findings, error.diagnostic] }
  }
}

/** What of a command's options the checks look at. */
type LookOptions = ProjectOptions &
  GateOptions &
  Pick<HoldRules, "soakMs"> &
  Pick<TargetOptions, "environment" | "urlOrigin" | "applicationRoles"> &
  Pick<RunOptions, "actor"> & {
    /** Forecast what is due although no limit is set. */
    readonly forecast?: boolean
  }

async function bundleBeside(options: LookOptions): Promise<Partial<Pick<Situation, "bundle">>> {
  const { root = ".", bundleFile: file = manifestFile, bundleName } = options
  const manifest = readManifest(resolve(root, file), file)
  if (manifest === undefined) return {}
  return { bundle: { file, differences: await differences(manifest, bundleName, options) } }
}

function once<Answer>(ask: () => Promise<Answer>): () => Promise<Answer> {
  let asked: Promise<Answer> | undefined
  return () => {
    asked ??= ask()
    return asked
  }
}

/** A deploy pays for a scratch server where somebody has said what it must not exceed, or queries are to be proven. */
function asksForForecast({ maxForecastMs, maxWaitingMs, forecast, preflight }: LookOptions): boolean {
  if (preflight?.forecast === "off") return false
  return forecast === true || maxForecastMs !== undefined || maxWaitingMs !== undefined
}

/** Runs the checks on a target that is open. */
export async function lookAhead(
  project: Project,
  target: Target,
  ahead: Ahead,
  options: LookOptions,
  list: readonly PreflightCheck[] = checks,
): Promise<readonly CheckedLine[]> {
  const { folder } = project
  const { environment, urlOrigin, preflight: policy = {}, actor, applicationRoles = [] } = options
  const overrides = overridesOf(options)
  const vitals = await readVitals(target.connection, target.schema)
  const situation: Situation = {
    ...ahead,
    target,
    vitals,
    folder,
    named: environment,
    urlOrigin,
    // A container's clock may be wrong; the server's is the one that wrote the history.
    now: options.now ?? new Date(vitals.now),
    givenNow: options.now,
    policies: policiesOf(options),
    actor,
    applicationRoles,
    ...(await bundleBeside(options)),
    foresee: once(async () =>
      // Only where something is due: it takes a server, and the parser.
      ahead.due.length === 0
        ? undefined
        : (await import("./foresee.ts")).foresee(project, target, ahead.due, {
            ...options,
            always: asksForForecast(options),
          }),
    ),
  }
  return lookAll(list, situation, policy, overrides)
}
