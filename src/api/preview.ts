import { randomUUID } from "node:crypto"
import { type Diagnostic, ToolError } from "../diagnostic.ts"
import { type RevisionRange, resolveRange } from "../revisions/resolve.ts"
import { limitsOf } from "../runner/limits.ts"
import { scriptOf } from "../runner/script.ts"
import { databaseOf, openTarget } from "../runner/target.ts"
import type { Work } from "../runner/work.ts"
import { version } from "../version.ts"
import { checkOptions, type OptionKinds, projectKinds, runKinds } from "./check-options.ts"
import type { ProjectOptions, RunOptions, TargetOptions } from "./options.ts"
import { openProject, projectAt, type RevisionSummary, summary } from "./project.ts"
import { buildAll, pendingWork, placeOf, refuseWays, type UpgradeOptions, upgradeKinds } from "./upgrade.ts"

/** One revision that would run. */
export interface PreviewedRevision extends RevisionSummary {
  /** `steps`: outside a transaction, each step recorded. */
  readonly mode: "transaction" | "steps"
  /** Absent where a TypeScript revision decides while it runs. */
  readonly steps?: readonly PreviewedStep[]
}

export interface PreviewedStep {
  readonly sql: string
  readonly line: number
  readonly transaction: "allowed" | "forbidden"
  readonly because?: string
}

export interface PreviewResult {
  readonly database: string
  readonly environment?: string
  readonly revisions: readonly PreviewedRevision[]
  readonly warnings: readonly Diagnostic[]
}

/**
 * Says what `upgrade` would run, from the database's real state. Writes nothing, not even the history tables, and
 * takes no lock. Refuses what `upgrade` would refuse before its first statement.
 */
export async function previewUpgrade(options: UpgradeOptions = {}): Promise<PreviewResult> {
  checkOptions(options, upgradeKinds)
  const opened = await openProject(options)
  const target = await openTarget({ ...options, command: "upgrade", writes: false })
  try {
    const { project, findings } = await projectAt(opened, target.history, options)
    const { pending, warnings: others } = pendingWork(project, target.history, options)
    const warnings = [...findings, ...others]
    const works = await buildAll(project, placeOf(target), pending, "up")
    refuseWays(target, works, options)
    return { ...databaseOf(target), revisions: works.map(preview), warnings }
  } finally {
    await target.close()
  }
}

function preview({ revision, mode, steps }: Work): PreviewedRevision {
  const shown = steps?.map(({ sql, line, transaction, because }) => ({
    sql,
    line,
    transaction,
    ...(because === undefined ? {} : { because }),
  }))
  return { ...summary(revision), mode, ...(shown === undefined ? {} : { steps: shown }) }
}

export interface ScriptResult {
  /** A psql script. */
  readonly sql: string
  readonly revisions: readonly RevisionSummary[]
}

export interface ScriptUpgradeOptions
  extends ProjectOptions,
    RunOptions,
    Pick<TargetOptions, "historySchema" | "environment" | "owner"> {
  /** `a:b`: from where the database is to where it shall be. Default: `base:heads`. */
  readonly range?: string
}

const scriptKinds: OptionKinds<ScriptUpgradeOptions> = {
  ...projectKinds,
  ...runKinds,
  historySchema: "text",
  environment: "text",
  owner: "object",
  range: "text",
}

/**
 * Prints the revisions of a range as one psql script, history rows included, for those who must hand a script to
 * somebody. No database is asked. Running it leaves the same state as `upgrade`.
 */
export async function scriptUpgrade(options: ScriptUpgradeOptions = {}): Promise<ScriptResult> {
  checkOptions(options, scriptKinds)
  const project = await openProject(options)
  const { graph, repeatables } = project.folder
  const range = resolveRange(graph, new Set(), options.range ?? "base:heads")
  refuseBackward(range, options.range)
  const atHeads = graph.heads.every(({ id }) => range.to.some((revision) => revision.id === id))
  const revisions = [...range.pending, ...(atHeads ? repeatables : [])]
  const schema = options.historySchema ?? "lockstep"
  const { actor, environment } = options
  const sql = await scriptOf(await buildAll(project, { schema }, revisions, "up"), {
    schema,
    limits: limitsOf(options),
    ...(options.owner === undefined ? {} : { owner: options.owner }),
    from: range.from.map(({ id }) => id),
    run: {
      id: randomUUID(),
      command: "upgrade --sql",
      toolVersion: version,
      osUser: actor?.user,
      host: actor?.host,
      platform: actor?.platform,
      commit: actor?.commit,
      release: actor?.release,
      environment,
    },
  })
  return { sql, revisions: revisions.map(summary) }
}

/** A range that ends before it begins would print a script that does nothing and says so to nobody. */
function refuseBackward({ from, to, pending }: RevisionRange, text: string | undefined): void {
  const isOnePlace = from.length === to.length && from.every(({ id }, index) => to[index]?.id === id)
  if (pending.length > 0 || isOnePlace) return
  throw new ToolError("wrong-direction", `the range ${text} ends before it begins`, {
    hint: "write the earlier revision first",
    ...(text === undefined ? {} : { subject: text }),
  })
}
