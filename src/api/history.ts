import { type AppliedFacts, type LoggedEvent, readApplied, readEvents } from "../history/log.ts"
import { asApplied } from "../revisions/archive.ts"
import { appliedHeads, resolveRange } from "../revisions/resolve.ts"
import type { Phase, Revision } from "../revisions/revision.ts"
import { openTarget } from "../runner/target.ts"
import { checkOptions, type OptionKinds, projectKinds, targetKinds } from "./check-options.ts"
import type { ProjectOptions, TargetOptions } from "./options.ts"
import { openProject, type RevisionSummary, summary } from "./project.ts"

/** One revision of the folder, with what a database says of it where one was asked. */
export interface HistoryEntry extends RevisionSummary {
  readonly parents: readonly string[]
  readonly dependsOn: readonly string[]
  readonly labels: readonly string[]
  readonly phase?: Phase
  readonly version?: string
  readonly author?: string
  readonly created?: string
  readonly why?: string
  readonly isHead: boolean
  readonly isCurrent: boolean
  readonly applied?: AppliedFacts
}

export interface HistoryOptions extends ProjectOptions, TargetOptions {
  /** `a:b`. Default: everything. `current` needs `withDatabase`. */
  readonly range?: string
  /** Asks the database what is applied. Default: false; then no database has to run. */
  readonly withDatabase?: boolean
}

const historyKinds: OptionKinds<HistoryOptions> = {
  ...projectKinds,
  ...targetKinds,
  range: "text",
  withDatabase: "flag",
}

export interface HistoryResult {
  /** Newest first. */
  readonly revisions: readonly HistoryEntry[]
  /** Those that run again whenever they change, in the order in which they do; none where a range was asked for. */
  readonly repeatables: readonly HistoryEntry[]
}

/** Lists the revisions of the folder, newest first; with what a database says of each, where asked. */
export async function history(options: HistoryOptions = {}): Promise<HistoryResult> {
  checkOptions(options, historyKinds)
  const opened = await openProject(options)
  const facts = options.withDatabase === true ? await appliedFacts(options) : new Map<string, AppliedFacts>()
  const { graph, repeatables } = asApplied(opened.folder, facts.keys(), options).folder
  const applied = new Set(facts.keys())
  const chosen =
    options.range === undefined ? graph.revisions : resolveRange(graph, applied, options.range).between
  const heads = new Set(graph.heads.map(({ id }) => id))
  const current = new Set(appliedHeads(graph, applied).map(({ id }) => id))
  const described = (revision: Revision): HistoryEntry => ({
    ...entry(revision),
    isHead: heads.has(revision.id),
    isCurrent: current.has(revision.id),
    ...(facts.has(revision.id) ? { applied: facts.get(revision.id) as AppliedFacts } : {}),
  })
  return {
    revisions: [...chosen].reverse().map(described),
    repeatables: options.range === undefined ? repeatables.map(described) : [],
  }
}

function entry(revision: Revision): Omit<HistoryEntry, "isHead" | "isCurrent"> {
  const { parents, dependsOn, labels, phase, version, author, created, why } = revision
  return {
    ...summary(revision),
    parents,
    dependsOn,
    labels,
    ...(phase === undefined ? {} : { phase }),
    ...(version === undefined ? {} : { version }),
    ...(author === undefined ? {} : { author }),
    ...(created === undefined ? {} : { created }),
    ...(why === undefined ? {} : { why }),
  }
}

async function appliedFacts(options: TargetOptions): Promise<ReadonlyMap<string, AppliedFacts>> {
  const target = await openTarget({ ...options, command: "history", writes: false })
  try {
    return target.history.format === 0 ? new Map() : await readApplied(target.connection, target.schema)
  } finally {
    await target.close()
  }
}

export interface EventsOptions extends TargetOptions {
  /** Only what failed, was interrupted or cut off. Default: false. */
  readonly failed?: boolean
  /** Default: 50. */
  readonly limit?: number
}

const eventsKinds: OptionKinds<EventsOptions> = { ...targetKinds, failed: "flag", limit: "count" }

export interface EventsResult {
  /** Newest first. */
  readonly events: readonly LoggedEvent[]
}

/** Reads what was done and tried on a database, newest first. */
export async function events(options: EventsOptions = {}): Promise<EventsResult> {
  checkOptions(options, eventsKinds)
  const target = await openTarget({ ...options, command: "history", writes: false })
  try {
    if (target.history.format === 0) return { events: [] }
    const { failed = false, limit = 50 } = options
    return { events: await readEvents(target.connection, target.schema, { failed, limit }) }
  } finally {
    await target.close()
  }
}
