import { type Diagnostic, diagnostic, ToolError } from "../diagnostic.ts"
import type { History } from "../history/read.ts"
import { outOfOrder, unknownApplied } from "../revisions/resolve.ts"
import type { Revision } from "../revisions/revision.ts"
import type { RevisionGraph } from "../revisions/revision-graph.ts"

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
