import { type Diagnostic, diagnostic, ToolError } from "../diagnostic.ts"
import type { History, InFlight } from "../history/read.ts"
import type { RevisionFolder } from "../revisions/folder.ts"
import { outOfOrder, unknownApplied } from "../revisions/resolve.ts"
import type { Revision } from "../revisions/revision.ts"
import type { RevisionGraph } from "../revisions/revision-graph.ts"
import type { Direction } from "./event.ts"

/** What to do about a pending revision that comes before an applied one. */
export type OutOfOrderPolicy = "error" | "warn" | "allow"

/**
 * Compares the folder with the history, before the first statement. Answers with findings, errors first; an empty
 * list means that the database is on the folder's road.
 */
export function checkHistory(
  graph: RevisionGraph,
  history: History,
  policy: OutOfOrderPolicy,
): readonly Diagnostic[] {
  return [...edited(graph, history), ...missing(graph, history), ...misplaced(graph, history, policy)]
}

/** What a command is about to do. */
export interface Intention {
  readonly direction: Direction
  readonly revisions: readonly Revision[]
}

/**
 * Compares what an interrupted run has begun with the folder and with what is asked for now: a revision of which some
 * steps have run must be finished, or be forgotten by somebody who has put the database right.
 */
export function checkInFlight(
  folder: Pick<RevisionFolder, "graph" | "repeatables">,
  history: History,
  intention?: Intention,
): readonly Diagnostic[] {
  return history.inFlight.flatMap((begun) => {
    const { id } = begun
    const revision = folder.graph.get(id) ?? folder.repeatables.find((repeatable) => repeatable.id === id)
    if (revision === undefined) return [inFlight(begun, "error", "and the folder does not hold it any more")]
    if (intention === undefined) return []
    const { direction, revisions } = intention
    if (direction === begun.direction && revisions.some((wanted) => wanted.id === id)) return []
    if (direction !== begun.direction && (direction === "up" || isBelow(folder.graph, revisions, id))) {
      return [inFlight(begun, "error", "and has to be finished first")]
    }
    return [inFlight(begun, "warning", "and stays as it is")]
  })
}

function inFlight(
  { id, direction, stepsDone }: InFlight,
  severity: "error" | "warning",
  fate: string,
): Diagnostic {
  const way = direction === "up" ? "applying" : "undoing"
  const finish = direction === "up" ? `lockstep upgrade ${id}` : "lockstep downgrade"
  return diagnostic(
    severity,
    "revision-in-flight",
    `${way} ${id} was interrupted between its steps, ${fate}`,
    {
      subject: id,
      details: [`${stepsDone} of its steps ${stepsDone === 1 ? "has" : "have"} run`],
      hint: `finish it with ${finish}, or put the database right and: lockstep stamp --forget ${id} --because "..."`,
    },
  )
}

/** Whether one of the revisions lies below `id`, so that undoing it would pull away what `id` was built on. */
function isBelow(graph: RevisionGraph, revisions: readonly Revision[], id: string): boolean {
  if (graph.get(id) === undefined) return true
  const below = graph.ancestors([id])
  return revisions.some((revision) => below.has(revision.id))
}

/** Throws the first error of `findings` with the others beside it; does nothing where there is none. */
export function refuseErrors(findings: readonly Diagnostic[]): void {
  const [first, ...others] = findings.filter(({ severity }) => severity === "error")
  if (first === undefined) return
  const { code, message, details, hint, subject, location } = first
  throw new ToolError(code as ConstructorParameters<typeof ToolError>[0], message, {
    details,
    hint,
    subject,
    location,
    also: others,
  })
}

function* edited(graph: RevisionGraph, history: History): Generator<Diagnostic> {
  for (const revision of graph.revisions) {
    const applied = history.applied.get(revision.id)
    if (applied === undefined || applied === revision.checksum) continue
    yield diagnostic("error", "revision-edited", `revision ${revision.id} was edited after it was applied`, {
      subject: revision.id,
      location: { file: revision.file, line: 1 },
      details: [`applied with checksum ${short(applied)}, the file now has ${short(revision.checksum)}`],
      hint: `restore ${revision.file} and write a new revision for the change`,
    })
  }
}

function short(checksum: string): string {
  return checksum.slice(0, 12)
}

function* missing(graph: RevisionGraph, history: History): Generator<Diagnostic> {
  const { ids, databaseAhead } = unknownApplied(graph, new Set(history.applied.keys()))
  if (ids.length === 0) return
  const count = ids.length === 1 ? "a revision" : `${ids.length} revisions`
  const details = ids.slice(0, 10).map((id) => `applied, but not in the folder: ${id}`)
  if (databaseAhead) {
    yield diagnostic("error", "database-ahead", `the database is ahead of the folder by ${count}`, {
      details,
      hint: "deploy a build that holds them; if this one should, check that its image copies the migrations folder",
      subject: ids[0],
    })
    return
  }
  yield diagnostic(
    "error",
    "revision-missing",
    `the database has applied ${count} that the folder does not hold`,
    {
      details,
      hint: "restore the files from the branch that has them",
      subject: ids[0],
    },
  )
}

function* misplaced(graph: RevisionGraph, history: History, policy: OutOfOrderPolicy): Generator<Diagnostic> {
  if (policy === "allow") return
  for (const { pending, applied } of outOfOrder(graph, new Set(history.applied.keys()))) {
    // What a deploy has held was passed on purpose.
    if (history.held.has(pending.id)) continue
    yield diagnostic(
      policy === "warn" ? "warning" : "error",
      "out-of-order",
      `revision ${pending.id} is pending, but ${applied.id}, which comes after it, is applied`,
      {
        subject: pending.id,
        location: { file: pending.file, line: 1 },
        details: [describe(pending), describe(applied)],
        hint: `lockstep rebase ${pending.id}, or --out-of-order allow`,
      },
    )
  }
}

function describe({ id, title, file }: Revision): string {
  return `${id} ${title} (${file})`
}
