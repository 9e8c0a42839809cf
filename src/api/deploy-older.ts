import type { HeldRevision } from "../deploy/hold.ts"
import { diagnostic, ToolError } from "../diagnostic.ts"
import { readIncompatible, wasDeployed } from "../history/releases.ts"
import { unknownApplied } from "../revisions/resolve.ts"
import { checkHistory } from "../runner/checks.ts"
import { startRun } from "../runner/start.ts"
import { databaseOf, type Target } from "../runner/target.ts"
import type { DeployOptions, DeployResult } from "./deploy.ts"
import { heads, needsRecord, type RecordFacts, record } from "./deploy-record.ts"
import type { Project } from "./project.ts"
import { type PendingWork, pendingWork } from "./upgrade.ts"

/**
 * What is pending; or that this build is one that was deployed here before, as after a rollback: the database is ahead of
 * it by revisions that are compatible with older code.
 */
export async function pendingOrOlder(
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
export async function deployOlder(
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
