import { withoutLedgers } from "../adopt/without-ledgers.ts"
import { ToolError } from "../diagnostic.ts"
import { appliedHeads } from "../revisions/resolve.ts"
import { checkHistory, refuseErrors } from "../runner/checks.ts"
import { openTarget } from "../runner/target.ts"
import type { ScratchOptions } from "../scratch/scratch.ts"
import { compare, type DiffResult, readBoth } from "./diff.ts"
import type { ProjectOptions, TargetOptions } from "./options.ts"
import { openProject } from "./project.ts"

export interface DriftOptions extends ProjectOptions, TargetOptions {
  /** Where the history is replayed. Default: the embedded server, of the database's major version. */
  readonly scratch?: ScratchOptions
}

/** `equal` where there is no drift. `sql` brings the database back to where its history says that it is. */
export interface DriftResult extends DiffResult {
  readonly database: string
  readonly environment?: string
  /** The revisions that the database says that it is at. */
  readonly current: readonly string[]
}

/**
 * Says whether a database's catalog is the one that its history leads to: what it has applied is replayed on scratch,
 * and the two are compared. Only reads the database.
 *
 * @throws ToolError `not-managed` where it has no history; `revision-edited`, `revision-missing`, `database-ahead`
 *   where what it has applied is not in the folder as it ran
 */
export async function drift(options: DriftOptions): Promise<DriftResult> {
  const { graph } = (await openProject(options)).folder
  const { historySchema, scratch } = options
  const target = await openTarget({ ...options, command: "drift", writes: false })
  const { history, facts, environment } = target
  await target.close()
  if (history.format === 0) throw notManaged(facts.database)
  refuseErrors(checkHistory(graph, history, "allow"))
  const current = appliedHeads(graph, new Set(history.applied.keys())).map(({ id }) => id)
  const [live, expected] = await readBoth({
    from: { kind: "database", target: options },
    to: current.length === 0 ? { kind: "empty" } : { kind: "revisions", project: options, to: current },
    ...(scratch === undefined ? {} : { scratch }),
    ...(historySchema === undefined ? {} : { historySchema }),
  })
  return {
    database: facts.database,
    ...(environment === undefined ? {} : { environment }),
    current,
    ...compare(withoutLedgers(live), expected),
  }
}

function notManaged(database: string): ToolError {
  return new ToolError("not-managed", `database ${database} has no history to compare it with`, {
    subject: database,
    hint: "lockstep diff compares it with the revisions, a file or another database",
  })
}
