import { randomUUID } from "node:crypto"
import { roles } from "../deploy/checks/roles.ts"
import type { HeldRevision } from "../deploy/hold.ts"
import type { CheckedLine } from "../deploy/look.ts"
import { ToolError } from "../diagnostic.ts"
import type { History } from "../history/read.ts"
import { insertEvent, insertRun } from "../history/record.ts"
import {
  insertRelease,
  queriesFormat,
  readQueriesDigest,
  readReleases,
  releasesFormat,
  replaceHeld,
  type StoredQueries,
} from "../history/releases.ts"
import { currentFormat } from "../history/tables.ts"
import { appliedHeads, resolveOne } from "../revisions/resolve.ts"
import type { FinishedRevision } from "../runner/run.ts"
import { migratorTransaction } from "../runner/session.ts"
import { needsUpkeep, runFacts, type StartedRun } from "../runner/start.ts"
import type { Target } from "../runner/target.ts"
import { changeHistory } from "../runner/transaction.ts"
import type { DeployOptions, DeployResult } from "./deploy.ts"
import type { Project } from "./project.ts"

export interface RecordFacts {
  readonly bundle: string
  readonly release: string | undefined
  readonly held: readonly HeldRevision[]
}

/** Whether the history does not say yet what this deploy has to say, although nothing is to be applied. */
export async function needsRecord(
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

/** Writes down what was deployed. */
export async function record(
  { context }: StartedRun,
  facts: RecordFacts & {
    readonly checks: readonly CheckedLine[]
    readonly finished: readonly FinishedRevision[]
    readonly saved: Pick<DeployResult, "restorePoint" | "backup" | "exported">
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
          exported: facts.saved.exported?.place,
          held: held.map(({ id }) => id),
          concerns,
          because,
          paths: facts.checks.find(({ check }) => check === roles.id)?.paths,
        },
      }),
    ].join(";\n"),
  )
}

/** A deploy that does not begin is an attempt too: the container that would have told is gone soon. */
export async function refuseAndRecord(
  target: Target,
  checks: readonly CheckedLine[],
  options: Pick<DeployOptions, "actor"> & { readonly release: string | undefined },
): Promise<void> {
  try {
    refuseStopped(checks)
  } catch (error) {
    const { history, connection, schema } = target
    if (error instanceof ToolError && history.format === currentFormat && !target.pooled) {
      const runId = randomUUID()
      const actor = {
        ...options.actor,
        ...(options.release === undefined ? {} : { release: options.release }),
      }
      const run = insertRun(schema, { ...runFacts(target, { actor, command: "deploy" }), id: runId })
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

/** @throws ToolError `preflight-stopped` */
export function refuseStopped(checks: readonly CheckedLine[]): void {
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

/** The revisions that the database is at when `finished` has run. */
export function heads(
  { folder }: Project,
  history: History,
  finished: readonly FinishedRevision[],
): readonly string[] {
  if (history.matchesFolder && finished.length === 0) return folder.effectiveHeads.map(({ id }) => id)
  const applied = new Set([...history.applied.keys(), ...finished.map(({ id }) => id)])
  return appliedHeads(folder.graph, applied).map(({ id }) => id)
}
