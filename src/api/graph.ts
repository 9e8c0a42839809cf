import { resolveMany, resolveOne } from "../revisions/resolve.ts"
import type { Revision, RevisionScript } from "../revisions/revision.ts"
import { openTarget } from "../runner/target.ts"
import { checkOptions, type OptionKinds, projectKinds, targetKinds } from "./check-options.ts"
import type { ProjectOptions, TargetOptions } from "./options.ts"
import { openProject, type RevisionSummary, summary } from "./project.ts"

export interface HeadsResult {
  /** The revisions that no other follows. */
  readonly heads: readonly RevisionSummary[]
}

/** Lists the heads of the folder. No database is asked. */
export async function heads(options: ProjectOptions = {}): Promise<HeadsResult> {
  checkOptions(options, projectKinds)
  const { folder } = await openProject(options)
  return { heads: folder.graph.heads.map(summary) }
}

/** A revision that several others follow, with those. */
export interface BranchPoint extends RevisionSummary {
  readonly branches: readonly RevisionSummary[]
}

export interface BranchesResult {
  readonly branchPoints: readonly BranchPoint[]
  /** Every branch label with the revision that gives it and the heads that it reaches. */
  readonly labels: readonly {
    readonly label: string
    readonly revision: RevisionSummary
    readonly heads: readonly string[]
  }[]
}

/** Lists where the graph forks, and its branch labels. No database is asked. */
export async function branches(options: ProjectOptions = {}): Promise<BranchesResult> {
  checkOptions(options, projectKinds)
  const { graph } = (await openProject(options)).folder
  const forks = graph.revisions.filter(({ id }) => graph.children(id).length > 1)
  return {
    branchPoints: forks.map((fork) => ({ ...summary(fork), branches: graph.children(fork.id).map(summary) })),
    labels: graph.revisions.flatMap((revision) =>
      revision.labels.map((label) => ({
        label,
        revision: summary(revision),
        heads: resolveMany(graph, new Set(), [`${label}@heads`]).map(({ id }) => id),
      })),
    ),
  }
}

export interface ShowOptions extends ProjectOptions, TargetOptions {
  /** A revision, in any form that names one; `current` asks the database. */
  readonly revision: string
}

const showKinds: OptionKinds<ShowOptions> = { ...projectKinds, ...targetKinds, revision: "text" }

export interface ShowResult {
  readonly revision: Revision
  readonly isHead: boolean
  readonly children: readonly RevisionSummary[]
  readonly script: RevisionScript
}

/** Shows one revision with its text. A database is asked only where the word counts from what is applied. */
export async function show(options: ShowOptions): Promise<ShowResult> {
  checkOptions(options, showKinds, ["revision"])
  const project = await openProject(options)
  const { graph } = project.folder
  const repeatable = project.folder.repeatables.find(({ id }) => id === options.revision)
  const applied = needsDatabase(options.revision) ? await appliedIds(options) : new Set<string>()
  const revision = repeatable ?? resolveOne(graph, applied, options.revision)
  const children = repeatable === undefined ? graph.children(revision.id) : []
  return {
    revision,
    isHead: repeatable === undefined && children.length === 0,
    children: children.map(summary),
    script: await project.readScript(revision),
  }
}

/** `current`, `+1` and `-1` count from what is applied. */
function needsDatabase(word: string): boolean {
  return /^(.*@)?(current|[+-]\d+)/.test(word)
}

async function appliedIds(options: TargetOptions): Promise<ReadonlySet<string>> {
  const target = await openTarget({ ...options, command: "show", writes: false })
  try {
    return new Set(target.history.applied.keys())
  } finally {
    await target.close()
  }
}
