import { withoutLedgers } from "../adopt/without-ledgers.ts"
import type { Selection } from "../catalog/select.ts"
import type { History } from "../history/read.ts"
import { compare, type DiffResult, readBoth } from "./diff.ts"
import type { DriftOptions } from "./drift.ts"
import { openLineage } from "./lineage.ts"
import type { Project } from "./project.ts"

/** Where a database is. */
export interface Place {
  readonly history: History
  /** The revisions that nothing applied comes after. */
  readonly current: readonly string[]
  /** False where it has applied what was squashed since. */
  readonly isWhole: boolean
}

/** Compares every object of a live database with what its history leads to, replayed on scratch. */
export async function compareWithHistory(
  project: Project,
  { history, current, isWhole }: Place,
  options: DriftOptions,
): Promise<DiffResult> {
  if (!isWhole) return differenceTo(project, history, options)
  const { historySchema, scratch, cache } = options
  const [live, expected] = await readBoth({
    from: { kind: "database", target: options },
    to: current.length === 0 ? { kind: "empty" } : { kind: "revisions", project: options, to: current },
    ...(scratch === undefined ? {} : { scratch }),
    ...(cache === undefined ? {} : { cache }),
    ...(historySchema === undefined ? {} : { historySchema }),
    ...selectionOf(options),
  })
  return compare(withoutLedgers(live), expected)
}

/** Of a database that has what was squashed, exactly what it has applied is replayed. */
async function differenceTo(
  project: Project,
  { applied }: History,
  options: DriftOptions,
): Promise<DiffResult> {
  await using lineage = await openLineage(project, options)
  const revisions = project.folder.revisions.filter(({ id }) => applied.has(id))
  return compare(lineage.live, await lineage.catalogOf(revisions))
}

function selectionOf({ include, exclude }: Selection): Selection {
  return { ...(include === undefined ? {} : { include }), ...(exclude === undefined ? {} : { exclude }) }
}
