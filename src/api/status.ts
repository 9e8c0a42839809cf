import type { Diagnostic } from "../diagnostic.ts"
import { type History, type InFlight, isSettled } from "../history/read.ts"
import type { RevisionFolder } from "../revisions/folder.ts"
import type { OutOfOrderPolicy } from "../runner/checks.ts"
import { databaseOf, openTarget } from "../runner/target.ts"
import { checkOptions, type OptionKinds, projectKinds, targetKinds } from "./check-options.ts"
import { emptiness } from "./emptiness.ts"
import type { ProjectOptions, TargetOptions } from "./options.ts"
import { openProject, projectAt, type RevisionSummary, summary } from "./project.ts"
import type { Standing } from "./standing.ts"

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
  /** Pending contract revisions that the last deploy has held, and why. */
  readonly held: readonly { readonly id: string; readonly reasons: readonly string[] }[]
  /** Revisions that an interrupted run has begun. */
  readonly inFlight: readonly InFlight[]
  readonly findings: readonly Diagnostic[]
}

const statusKinds: OptionKinds<StatusOptions> = {
  ...projectKinds,
  ...targetKinds,
  outOfOrder: ["error", "allow", "warn"],
}

/** Says where a database stands. Reads only: a database that Lockstep never touched stays untouched. */
export async function status(options: StatusOptions = {}): Promise<StatusResult> {
  checkOptions(options, statusKinds)
  const opened = await openProject(options)
  const target = await openTarget({
    ...options,
    command: "status",
    writes: false,
    folder: opened.folder,
  })
  try {
    const { history, facts } = target
    const { project, findings } = await projectAt(opened, history, options)
    const { folder } = project
    const standing = await standingOf(folder, history, options.outOfOrder ?? "error")
    return {
      ...databaseOf(target),
      protected: target.protected,
      server: facts.serverVersionText,
      user: facts.user,
      managed: history.format > 0,
      heads: folder.heads.map(summary),
      held: [...history.held].map(([id, reasons]) => ({ id, reasons })),
      inFlight: history.inFlight,
      ...standing,
      findings: [...emptiness(folder), ...findings, ...standing.findings],
    }
  } finally {
    await target.close()
  }
}

/** Most databases are where their folder is; then neither the graph nor what compares with it is loaded. */
async function standingOf(
  folder: RevisionFolder,
  history: History,
  policy: OutOfOrderPolicy,
): Promise<Standing> {
  if (!isSettled(history)) return (await import("./standing.ts")).compare(folder, history, policy)
  return {
    appliedCount: folder.count,
    current: folder.effectiveHeads.map(summary),
    pending: [],
    findings: [],
  }
}
