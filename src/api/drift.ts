import { ToolError } from "../diagnostic.ts"
import { type History, isSettled } from "../history/read.ts"
import { fingerprint } from "../introspect/fingerprint.ts"
import type { RevisionFolder } from "../revisions/folder.ts"
import { isAsRecorded } from "../runner/fingerprint.ts"
import { databaseOf, openTarget, type Target } from "../runner/target.ts"
import type { ScratchOptions } from "../scratch/scratch.ts"
import { checkOptions, type OptionKinds, projectKinds, runKinds, targetKinds } from "./check-options.ts"
import type { DiffResult } from "./diff.ts"
import type { ProjectOptions, RunOptions, TargetOptions } from "./options.ts"
import { openProject, projectAt } from "./project.ts"

export interface DriftOptions extends ProjectOptions, TargetOptions, RunOptions {
  /** Compares every object, also where the fingerprint says that nothing has changed. Default: false. */
  readonly full?: boolean
  /**
   * Keeps the fingerprint of a catalog that was found to be what its history says, so that the next call needs no
   * scratch: the only thing that is written. Default: false.
   */
  readonly record?: boolean
  /** Where the history is replayed. Default: the embedded server, of the database's major version. */
  readonly scratch?: ScratchOptions
}

const driftKinds: OptionKinds<DriftOptions> = {
  ...projectKinds,
  ...targetKinds,
  ...runKinds,
  full: "flag",
  record: "flag",
  scratch: "object",
}

/** `equal` where there is no drift. `sql` brings the database back to where its history says that it is. */
export interface DriftResult extends DiffResult {
  readonly database: string
  readonly environment?: string
  /** The revisions that the database says that it is at. */
  readonly current: readonly string[]
  /** `fingerprint`: nothing has changed since the catalog was known to be right. `catalog`: every object was compared. */
  readonly compared: "fingerprint" | "catalog"
}

/**
 * Says whether a database's catalog is the one that its history leads to. Fingerprints are compared first, which needs
 * no scratch; where they differ or none was kept, what the database has applied is replayed on scratch, and the two are
 * compared. Only reads the database, unless it is told to keep the fingerprint.
 *
 * @throws ToolError `not-managed` where it has no history; `revision-edited`, `revision-missing`, `database-ahead`
 *   where what it has applied is not in the folder as it ran
 */
export async function drift(options: DriftOptions): Promise<DriftResult> {
  checkOptions(options, driftKinds)
  const opened = await openProject(options)
  const { folder } = opened
  let asked: Promise<string> | undefined
  const target = await openTarget({
    ...options,
    command: "drift",
    writes: options.record === true,
    folder,
    meanwhile: (connection) => {
      if (options.full === true) return
      asked = fingerprint(connection, [options.historySchema ?? "lockstep"])
      // Where the database turns out to be another one than is meant, nobody waits for it.
      asked.catch(() => undefined)
    },
  })
  try {
    const { history, facts, connection, schema } = target
    if (history.format === 0) throw notManaged(facts.database)
    const { project } = await projectAt(opened, history, options)
    const current = await headsOf(project.folder, history)
    const about = { ...databaseOf(target), current }
    if (options.full !== true && (await isAsRecorded(connection, schema, history, asked))) {
      return { ...about, equal: true, changes: [], sql: "", losses: [], compared: "fingerprint" }
    }
    const seen = await fingerprint(connection, [schema])
    // Most databases are as they were left; then nothing that compares is loaded.
    const { compareWithHistory } = await import("./compare-with-history.ts")
    const result = await compareWithHistory(
      project,
      { isWhole: project === opened, history, current },
      options,
    )
    if (result.equal && options.record === true) await keep(target, seen, options)
    return { ...about, ...result, compared: "catalog" }
  } finally {
    await target.close()
  }
}

/** Returns the ids of the revisions that a database is at; throws where its history is not that of the folder. */
async function headsOf(folder: RevisionFolder, history: History): Promise<readonly string[]> {
  if (isSettled(history)) return folder.effectiveHeads.map(({ id }) => id)
  const [{ checkHistory, refuseErrors }, { appliedHeads }] = await Promise.all([
    import("../runner/checks.ts"),
    import("../revisions/resolve.ts"),
  ])
  refuseErrors(checkHistory(folder.graph, history, "allow"))
  return appliedHeads(folder.graph, new Set(history.applied.keys())).map(({ id }) => id)
}

async function keep(target: Target, seen: string, options: DriftOptions): Promise<void> {
  const [{ startRun }, { keepFingerprint }] = await Promise.all([
    import("../runner/start.ts"),
    import("../runner/keep-fingerprint.ts"),
  ])
  const run = await startRun(target, { ...options, command: "drift" })
  try {
    const isSame = run.history.applied.size === target.history.applied.size
    if (isSame) await keepFingerprint(run.context, run.history, seen)
  } finally {
    await run.finish()
  }
}

function notManaged(database: string): ToolError {
  return new ToolError("not-managed", `database ${database} has no history to compare it with`, {
    subject: database,
    hint: "lockstep diff compares it with the revisions, a file or another database",
  })
}
