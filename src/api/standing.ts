import type { History } from "../history/read.ts"
import type { RevisionFolder } from "../revisions/folder.ts"
import { appliedHeads } from "../revisions/resolve.ts"
import { checkHistory, checkInFlight, type OutOfOrderPolicy } from "../runner/checks.ts"
import { summary } from "./project.ts"
import type { StatusResult } from "./status.ts"

/** Where a database stands to a folder. */
export type Standing = Pick<StatusResult, "appliedCount" | "current" | "pending" | "findings">

/** Compares a history with a folder, revision by revision. */
export function compare(
  { graph, repeatables }: RevisionFolder,
  history: History,
  policy: OutOfOrderPolicy,
): Standing {
  const applied = new Set(history.applied.keys())
  const missing = graph.revisions.filter(({ id }) => !applied.has(id))
  const changed = repeatables.filter(({ id, checksum }) => history.repeatables.get(id) !== checksum)
  return {
    appliedCount: graph.revisions.length - missing.length,
    current: appliedHeads(graph, applied).map(summary),
    pending: [...missing, ...changed].map(summary),
    findings: [...checkHistory(graph, history, policy), ...checkInFlight({ graph, repeatables }, history)],
  }
}
