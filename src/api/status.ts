import type { Diagnostic } from "../diagnostic.ts"
import type { InFlight } from "../history/read.ts"
import { appliedHeads } from "../revisions/resolve.ts"
import { checkHistory, type OutOfOrderPolicy } from "../runner/checks.ts"
import { openTarget } from "../runner/target.ts"
import type { ProjectOptions, TargetOptions } from "./options.ts"
import { openProject, type RevisionSummary, summary } from "./project.ts"
import { databaseOf } from "./upgrade.ts"

export interface StatusOptions extends ProjectOptions, TargetOptions {
  /** What to say about a pending revision that comes before an applied one. Default: `error`. */
  readonly outOfOrder?: OutOfOrderPolicy
}

export interface StatusResult {
  readonly database: string
  readonly environment?: string
  readonly protected: boolean
  /** For example `18.4`. */
  readonly server: string
  readonly user: string
  /** False where Lockstep has never written to this database. */
  readonly managed: boolean
  /** How many revisions of the folder are applied. */
  readonly appliedCount: number
  /** The applied revisions that nothing applied comes after. */
  readonly current: readonly RevisionSummary[]
  readonly heads: readonly RevisionSummary[]
  /** Not applied yet, in the order in which they would run; repeatables that changed come last. */
  readonly pending: readonly RevisionSummary[]
  /** Revisions that an interrupted run has begun. */
  readonly inFlight: readonly InFlight[]
  readonly findings: readonly Diagnostic[]
}

/** Says where a database stands. Reads only: a database that Lockstep never touched stays untouched. */
export async function status(options: StatusOptions = {}): Promise<StatusResult> {
  const { folder } = await openProject(options)
  const target = await openTarget({ ...options, command: "status", writes: false })
  try {
    const { history, facts } = target
    const applied = new Set(history.applied.keys())
    const { graph } = folder
    const pending = [
      ...graph.revisions.filter(({ id }) => !applied.has(id)),
      ...folder.repeatables.filter(({ id, checksum }) => history.repeatables.get(id) !== checksum),
    ]
    return {
      ...databaseOf(target),
      protected: target.protected,
      server: facts.serverVersionText,
      user: facts.user,
      managed: history.format > 0,
      appliedCount: graph.revisions.length - graph.revisions.filter(({ id }) => !applied.has(id)).length,
      current: appliedHeads(graph, applied).map(summary),
      heads: graph.heads.map(summary),
      pending: pending.map(summary),
      inFlight: history.inFlight,
      findings: checkHistory(graph, history, options.outOfOrder ?? "error"),
    }
  } finally {
    await target.close()
  }
}
