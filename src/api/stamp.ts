import { ToolError } from "../diagnostic.ts"
import type { History } from "../history/read.ts"
import {
  deleteApplied,
  deleteSteps,
  insertApplied,
  insertEvent,
  replaceChecksum,
  table,
} from "../history/record.ts"
import { appliedHeads, planDowngrade, resolveMany, resolveOne } from "../revisions/resolve.ts"
import type { Revision } from "../revisions/revision.ts"
import type { RevisionGraph } from "../revisions/revision-graph.ts"
import type { RunContext } from "../runner/context.ts"
import { keepFingerprint } from "../runner/keep-fingerprint.ts"
import { startRun } from "../runner/start.ts"
import { databaseOf, openTarget } from "../runner/target.ts"
import { changeHistory } from "../runner/transaction.ts"
import type { ScratchOptions } from "../scratch/scratch.ts"
import { quoteLiteral } from "../sql/identifier.ts"
import { checkOptions, type OptionKinds, projectKinds, runKinds, targetKinds } from "./check-options.ts"
import { catalogDiffers, openLineage } from "./lineage.ts"
import type { ProjectOptions, RunOptions, TargetOptions } from "./options.ts"
import { openProject, type Project, projectAt } from "./project.ts"

export interface StampOptions extends ProjectOptions, TargetOptions, RunOptions {
  /** Revisions that the database is to be at; `base` for none. */
  readonly to?: string | readonly string[]
  /** Forgets everything that is recorded as applied first. Default: false. */
  readonly purge?: boolean
  /** Records the file's present checksum for these applied revisions, which were edited without consequence. */
  readonly acceptChecksum?: readonly string[]
  /**
   * Takes these revisions, which the folder no longer holds, out of the history; of one that was interrupted between
   * its steps, only those steps.
   */
  readonly forget?: readonly string[]
  /** Stamps although the catalog differs, or without comparing it; recorded as such. Default: false. */
  readonly unverified?: boolean
  /** Where the revisions are replayed. Default: the embedded server, of the database's major version. */
  readonly scratch?: ScratchOptions
  /** Why; recorded. Needed in a protected environment, and for `acceptChecksum` and `forget`. */
  readonly because?: string
}

const stampKinds: OptionKinds<StampOptions> = {
  ...projectKinds,
  ...targetKinds,
  ...runKinds,
  to: "texts",
  purge: "flag",
  acceptChecksum: "list",
  forget: "list",
  unverified: "flag",
  scratch: "object",
  because: "text",
}

export interface StampResult {
  readonly database: string
  readonly environment?: string
  readonly added: readonly string[]
  readonly removed: readonly string[]
  readonly accepted: readonly string[]
  /** Revisions whose interrupted steps were forgotten. */
  readonly forgotten: readonly string[]
  readonly current: readonly string[]
  /** Whether the catalog was compared with what these revisions lead to, and is the same. */
  readonly verified: boolean
}

/** What a stamp changes of a history. */
interface Changes {
  readonly removed: readonly string[]
  readonly added: readonly Revision[]
  readonly accepted: readonly Revision[]
  readonly forgotten: readonly string[]
  /** What counts as applied afterwards. */
  readonly applied: ReadonlySet<string>
}

/**
 * Changes what a database says that it is at, without running anything. The revisions named and all that they need
 * count as applied afterwards; what comes after them does not; other branches stay as they are.
 *
 * Where revisions are named, they are replayed on scratch first, and the database's catalog must be the one that they
 * lead to; nothing is written otherwise.
 *
 * @throws ToolError `catalog-differs`, `reason-needed`, `unknown-revision`, `embedded-server-missing` and what
 *   `openTarget` and `startRun` throw
 */
export async function stamp(options: StampOptions): Promise<StampResult> {
  checkOptions(options, stampKinds)
  const opened = await openProject(options)
  const target = await openTarget({ ...options, command: "stamp", writes: true })
  try {
    const { project } = await projectAt(opened, target.history, options)
    const { graph } = project.folder
    refuseWithoutReason(options, target.protected)
    const looked = changesOf(graph, target.history, options)
    let seen = await verify(project, looked, target.facts.database, options)
    const run = await startRun(target, { ...options, command: "stamp" })
    try {
      const { context, history } = run
      const changes = changesOf(graph, history, options)
      // Another runner may have been at work meanwhile.
      if (seen !== undefined && !isSame(changes.applied, looked.applied)) {
        seen = await verify(project, changes, target.facts.database, options)
      }
      const texts = textsOf(context, changes, options)
      if (texts.length > 0) await changeHistory(context, texts.join(";\n"))
      if (seen !== undefined) await keepFingerprint(context, { ...history, applied: changes.applied }, seen)
      return {
        ...databaseOf(target),
        added: changes.added.map(({ id }) => id),
        removed: changes.removed,
        accepted: changes.accepted.map(({ id }) => id),
        forgotten: changes.forgotten,
        current: appliedHeads(graph, changes.applied).map(({ id }) => id),
        verified: seen !== undefined,
      }
    } finally {
      await run.finish()
    }
  } finally {
    await target.close()
  }
}

function changesOf(graph: RevisionGraph, history: History, options: StampOptions): Changes {
  const applied = new Set(history.applied.keys())
  const begun = new Set(history.inFlight.map(({ id }) => id))
  const forget = options.forget ?? []
  const forgetApplied = forget.filter((id) => !begun.has(id))
  const accepted = (options.acceptChecksum ?? []).map((word) => resolveOne(graph, applied, word))
  for (const id of [...forgetApplied, ...accepted.map(({ id }) => id)]) {
    if (!applied.has(id)) throw notApplied(id)
  }
  const wanted = options.to === undefined ? applied : wantedIds(graph, options, applied)
  const kept = options.purge === true && options.to === undefined ? new Set<string>() : wanted
  const removed = [...applied].filter((id) => !kept.has(id) || forgetApplied.includes(id))
  const added = graph.revisions.filter(({ id }) => kept.has(id) && !applied.has(id))
  return {
    removed,
    added,
    accepted,
    forgotten: forget.filter((id) => begun.has(id)),
    applied: new Set([...[...applied].filter((id) => !removed.includes(id)), ...added.map(({ id }) => id)]),
  }
}

/**
 * Compares the catalog with what would count as applied, where revisions are named.
 *
 * @returns the fingerprint of what was compared; undefined where nothing was
 */
async function verify(
  project: Project,
  { applied, added, removed }: Changes,
  database: string,
  options: StampOptions,
): Promise<string | undefined> {
  const isAsked = options.to !== undefined && options.unverified !== true
  if (!isAsked || added.length + removed.length === 0) return undefined
  const { graph, repeatables } = project.folder
  const revisions = graph.revisions.filter(({ id }) => applied.has(id))
  await using lineage = await openLineage(project, options)
  const changes = await lineage.differenceTo(revisions)
  if (changes.length === 0) return lineage.seen
  // What runs again whenever it changes is not stamped, and may be there or not.
  const isWhole = repeatables.length > 0 && revisions.length === graph.revisions.length
  if (isWhole && (await lineage.differenceTo([...revisions, ...repeatables])).length === 0)
    return lineage.seen
  const at = appliedHeads(graph, applied).map(({ id }) => id)
  throw catalogDiffers(
    database,
    at.length === 0 ? "base, an empty schema," : at.join(", "),
    changes,
    "name the revision that it is at; to vouch for it all the same: --unverified",
  )
}

function isSame(a: ReadonlySet<string>, b: ReadonlySet<string>): boolean {
  return a.size === b.size && [...a].every((id) => b.has(id))
}

function textsOf(
  { schema, runId }: Pick<RunContext, "schema" | "runId">,
  { removed, added, accepted, forgotten }: Changes,
  { because, unverified }: StampOptions,
): readonly string[] {
  return [
    ...removed.map((id) => deleteApplied(schema, runId, id, "unstamped", because)),
    ...added.map((revision) => stampText(schema, runId, revision, { because, unverified })),
    ...[...removed, ...added.map(({ id }) => id)].flatMap((id) => noSteps(schema, id)),
    ...accepted.map((revision) => acceptText(schema, runId, revision, because)),
    ...forgotten.flatMap((id) => forgetText(schema, runId, id, because)),
  ]
}

function wantedIds(
  graph: RevisionGraph,
  { to = [], purge }: StampOptions,
  applied: ReadonlySet<string>,
): ReadonlySet<string> {
  const words = typeof to === "string" ? [to] : to
  const isEndOfBranch = (word: string) => word.endsWith("@base")
  const targets = resolveMany(graph, applied, words).map(({ id }) => id)
  const needed = graph.ancestors(targets)
  if (purge === true || words.includes("base")) return needed
  const undone = words.filter(isEndOfBranch).flatMap((word) => planDowngrade(graph, applied, word))
  const named = resolveMany(
    graph,
    applied,
    words.filter((word) => !isEndOfBranch(word)),
  )
  const after = graph.descendants(named.map(({ id }) => id))
  const gone = new Set([...after, ...undone.map(({ id }) => id)])
  return new Set([...needed, ...[...applied].filter((id) => !gone.has(id))])
}

/** The statements that record a revision as applied that was not run. */
export function stampText(
  schema: string,
  runId: string,
  revision: Revision,
  how: { readonly because: string | undefined; readonly unverified: boolean | undefined },
): string {
  const compatible = revision.phase !== undefined && revision.phase !== "contract"
  return insertApplied(schema, runId, revision, { compatible, mode: "stamped", ...how })
}

/** Whoever says that a revision is applied, or not, says so of all of it. */
function noSteps(schema: string, id: string): readonly string[] {
  return [deleteSteps(schema, id, "up"), deleteSteps(schema, id, "down")]
}

function forgetText(
  schema: string,
  runId: string,
  id: string,
  because: string | undefined,
): readonly string[] {
  const event = { kind: "steps-forgotten", revision: id, details: { because } } as const
  return [...noSteps(schema, id), insertEvent(schema, runId, event)]
}

function acceptText(
  schema: string,
  runId: string,
  { id, checksum }: Revision,
  because: string | undefined,
): string {
  const update = `update ${table(schema, "revision")} set ${replaceChecksum(quoteLiteral(checksum))} where id = ${quoteLiteral(id)}`
  return `${update};\n${insertEvent(schema, runId, { kind: "checksum-accepted", revision: id, checksum, details: { because } })}`
}

function refuseWithoutReason(
  { because, acceptChecksum = [], forget = [] }: StampOptions,
  isProtected: boolean,
): void {
  if (because !== undefined && because.trim() !== "") return
  if (!isProtected && acceptChecksum.length === 0 && forget.length === 0) return
  throw new ToolError("reason-needed", "this change of the history needs a reason", {
    hint: 'add --because "..."; it is recorded',
  })
}

function notApplied(id: string): ToolError {
  return new ToolError("revision-not-applied", `${id} is not recorded as applied in this database`, {
    subject: id,
    hint: "`lockstep status` shows what is applied",
  })
}
