import type { Finding } from "../lint/finding.ts"
import { type LintedScript, type LintScriptOptions, lintOn, lintScript } from "../lint/lint.ts"
import { type LiveSizes, readLive } from "../lint/live.ts"
import { type AcceptedFinding, type JudgedRevision, judgeRevision } from "../lint/revision.ts"
import { ruleBook } from "../lint/rule-settings.ts"
import { bodyOf, scriptsOf } from "../lint/scripts.ts"
import type { Statistics } from "../lint/size.ts"
import { type Facts, readFacts } from "../prove/facts.ts"
import { type Query, type ReleaseQueries, withReleases } from "../prove/query.ts"
import { queriesOf } from "../queries/read.ts"
import { appliedHeads, resolveRange } from "../revisions/resolve.ts"
import type { Revision } from "../revisions/revision.ts"
import { limitsOf } from "../runner/limits.ts"
import { openTarget } from "../runner/target.ts"
import type { Work } from "../runner/work.ts"
import { openScratch, type Scratch, type ScratchDatabase, type ScratchOptions } from "../scratch/scratch.ts"
import type { Source } from "../sql/source.ts"
import type { Statement } from "../sql/statements.ts"
import type { Observation } from "../trace/observation.ts"
import { openWatch, type Watch } from "../trace/watch.ts"
import { type ApplicationRole, applicationRoleKinds, makeApplicationRole } from "./application-role.ts"
import { loadOnScratch, replay } from "./catalog-source.ts"
import { checkOptions, type OptionKinds, projectKinds } from "./check-options.ts"
import type { ProjectOptions, RunOptions, TargetOptions } from "./options.ts"
import { openProject, type Project, type RevisionSummary, summary } from "./project.ts"
import { openReplayed, type Replayed } from "./replayed.ts"
import { readServed } from "./served.ts"
import { buildAll, pendingWork } from "./upgrade.ts"

export interface LintOptions
  extends ProjectOptions,
    ApplicationRole,
    Pick<RunOptions, "lockTimeoutMs" | "statementTimeoutMs"> {
  /**
   * `a:b`: from where the database is to where it shall be, in one run. Absent: what is pending in `target`; without a
   * target each revision as a deploy of its own, on the schema before it.
   */
  readonly range?: string
  /** Ids of revisions to report on, where each is a deploy of its own. Default: all. */
  readonly only?: readonly string[]
  /** A database whose pending revisions are meant; it is only read. */
  readonly target?: TargetOptions
  /** What the application issues: SQL, or a `queries.json`. What the releases that serve in `target` issue is added. */
  readonly queries?: readonly Source[]
  readonly statistics?: Statistics
  readonly scratch?: ScratchOptions
  /** How long a release counts as serving after the next one was deployed, in milliseconds. Default: an hour. */
  readonly soakMs?: number
}

export const lintKinds: OptionKinds<LintOptions> = {
  ...projectKinds,
  range: "text",
  only: "list",
  target: "object",
  queries: "objects",
  ...applicationRoleKinds,
  statistics: "object",
  scratch: "object",
  soakMs: "milliseconds",
  lockTimeoutMs: "milliseconds",
  statementTimeoutMs: "milliseconds",
}

export interface LintResult {
  readonly revisions: readonly RevisionSummary[]
  readonly findings: readonly Finding[]
  /** What reviewers have accepted in headers, with their reasons. */
  readonly accepted: readonly AcceptedFinding[]
}

/**
 * Runs revisions on a scratch server as the runner would, watches what they do, and says what that would do to a
 * database that serves. What leads to them is replayed first.
 *
 * @throws ToolError what the folder and the range throw, `embedded-server-missing`, and what a replay throws
 */
export async function lint(options: LintOptions = {}): Promise<LintResult> {
  checkOptions(options, lintKinds)
  ruleBook(options.lint)
  const project = await openProject(options)
  const span = await spanOf(project, options)
  if (span.together) return await lintTogether(project, span, options)
  await using scratch = await openScratch(scratchFor(span, options))
  return await lintEach(project, span.revisions, scratch, options)
}

/**
 * Opens a scratch server with a database as it is before the revisions of a span: replayed, or as a run before has kept
 * it.
 *
 * @throws ToolError what `openScratch` and a replay throw
 */
export async function openBefore(span: Span, options: LintOptions): Promise<Replayed> {
  const server = scratchFor(span, options)
  if (span.from.length > 0) return openReplayed(options, { to: span.from, scratch: server })
  const scratch = await openScratch(server)
  const database = await replayBefore(span, scratch, options)
  return { scratch, database, [Symbol.asyncDispose]: () => scratch[Symbol.asyncDispose]() }
}

/** Replays what leads to the revisions of a span in a new database of a scratch server. */
export function replayBefore(
  { from }: Span,
  scratch: Scratch,
  options: LintOptions,
): Promise<ScratchDatabase> {
  const source =
    from.length === 0
      ? { kind: "empty" as const }
      : { kind: "revisions" as const, project: options, to: from }
  return loadOnScratch(source, scratch)
}

/** A database on a scratch server as it is before the revisions that are looked at. */
export type Place = Pick<Replayed, "scratch" | "database">

/** The server of the target's major version, unless somebody names another. */
export function scratchFor({ major }: Span, { root, scratch }: LintOptions): ScratchOptions {
  return { ...(root === undefined ? {} : { root }), ...(major === undefined ? {} : { major }), ...scratch }
}

/** What is looked at, and from where. */
export interface Span {
  readonly revisions: readonly Revision[]
  /** Revisions that the database has. */
  readonly from: readonly string[]
  /** They run in one deploy: what one makes is no relation that serves for the next. */
  readonly together: boolean
  readonly major?: number
  /** Of the target; absent where there is none. */
  readonly live?: LiveSizes
  /** What the releases that may be running there issue. */
  readonly served?: readonly ReleaseQueries[]
}

/** Finds what is meant by a range or a target. */
export async function spanOf(project: Project, { range, target, soakMs }: LintOptions): Promise<Span> {
  const { graph } = project.folder
  if (range !== undefined) {
    const { from, pending } = resolveRange(graph, new Set(), range)
    return { revisions: pending, from: from.map(({ id }) => id), together: true }
  }
  if (target === undefined) return { revisions: graph.revisions, from: [], together: false }
  const opened = await openTarget({ ...target, command: "lint", writes: false })
  try {
    const { pending } = pendingWork(project, opened.history, { to: "heads", outOfOrder: "allow" })
    const applied = new Set(opened.history.applied.keys())
    return {
      revisions: pending,
      from: appliedHeads(graph, applied).map(({ id }) => id),
      together: true,
      major: Math.floor(opened.facts.serverVersion / 10_000),
      live: await readLive(opened.connection, opened.history.format === 0 ? undefined : opened.schema),
      served: await readServed(opened, soakMs),
    }
  } finally {
    await opened.close()
  }
}

async function lintTogether(project: Project, span: Span, options: LintOptions): Promise<LintResult> {
  await using at = await openBefore(span, options)
  const examined = await examineTogether(project, span, at, options)
  const judged = span.revisions.map((revision) => judgeOwn(revision, project, examined, options))
  return {
    revisions: span.revisions.map(summary),
    findings: judged.flatMap((each) => each.findings),
    accepted: judged.flatMap((each) => each.accepted),
  }
}

/** Judges one of several revisions by what was seen of all. */
export function judgeOwn(
  revision: Revision,
  { folder: { graph } }: Project,
  { findings, trace }: LintedScript,
  { lint: settings }: Pick<LintOptions, "lint">,
): JudgedRevision {
  const own = trace.observations.filter(({ statement }) => statement.file === revision.file)
  return judgeRevision(
    revision,
    findings.filter(({ file }) => file === revision.file),
    { graph, rules: ruleBook(settings), nodes: own.map(({ node }) => node) },
  )
}

/** Returns what was seen of the statements of each revision, without those that the runner puts around them. */
export function ownObservations(
  { revisions }: Span,
  { works, scripts, trace }: Examined,
  options: Pick<LintOptions, "lockTimeoutMs" | "statementTimeoutMs">,
): readonly (readonly Observation[])[] {
  let first = 0
  return revisions.map((revision, index) => {
    const script = scripts[index] ?? []
    const [from, to] = bodyOf(script, revision, works[index]?.mode ?? "transaction", limitsOf(options))
    const own = trace.observations.slice(first + from, first + to)
    first += script.length
    return own
  })
}

/** Traces revisions as one deploy, and proves the queries where there are some. */
export async function examineTogether(
  project: Project,
  { revisions, live, served = [] }: Span,
  { scratch, database: template }: Place,
  options: LintOptions,
  more: Pick<LintScriptOptions, "removals"> = {},
): Promise<Examined> {
  const works = await buildAll(project, placeOn(scratch), revisions, "up")
  const scripts = await scriptsOf(works, template, scratch, limitsOf(options))
  const statements = scripts.flat()
  const queries = await allQueries(options, served)
  const made = queries === undefined ? undefined : await makeApplicationRole(scratch, template, options)
  const linted = await lintScript({
    scratch,
    template,
    statements,
    ...live,
    ...sized(options),
    ...more,
    ...(made === undefined ? {} : { role: made.role }),
    ...(queries === undefined ? {} : { queries }),
  })
  return { ...linted, works, scripts, statements, ...(queries === undefined ? {} : { queries }) }
}

/** What was seen of revisions that run in one deploy. */
export interface Examined extends LintedScript {
  readonly works: readonly Work[]
  /** The statements of each of them, with those that the runner puts around them. */
  readonly scripts: readonly (readonly Statement[])[]
  /** All of them. */
  readonly statements: readonly Statement[]
  /** Those that were proven. */
  readonly queries?: readonly Query[]
}

async function allQueries(
  { queries }: LintOptions,
  served: readonly ReleaseQueries[],
): Promise<readonly Query[] | undefined> {
  if (queries === undefined && served.length === 0) return undefined
  return withReleases(queriesOf(queries ?? []), served)
}

function sized({
  statistics,
  tenants,
  lint: settings,
}: Pick<LintOptions, "statistics" | "tenants" | "lint">) {
  return {
    ...(settings === undefined ? {} : { rules: ruleBook(settings) }),
    ...(tenants === undefined ? {} : { tenants }),
    ...(statistics === undefined ? {} : { statistics }),
  }
}

function placeOn(scratch: Scratch) {
  return { schema: "lockstep", serverVersion: scratch.serverVersion }
}

/** Each revision on the schema that those before it have left. */
export async function lintEach(
  project: Project,
  revisions: readonly Revision[],
  scratch: Scratch,
  options: Omit<LintOptions, "target">,
): Promise<LintResult> {
  const only = options.only === undefined ? undefined : new Set(options.only)
  const database: ScratchDatabase = await scratch.database()
  const first = only === undefined ? 0 : revisions.findIndex(({ id }) => only.has(id))
  // What nobody asks about only has to have run.
  const earlier = revisions.slice(0, first === -1 ? 0 : first).map(({ id }) => id)
  if (earlier.length > 0) await replay(database, scratch, options, earlier)
  const works = await buildAll(project, placeOn(scratch), revisions.slice(earlier.length), "up")
  let watch: Watch | undefined
  let before: Facts | undefined
  const reported: Revision[] = []
  const findings: Finding[] = []
  const accepted: AcceptedFinding[] = []
  try {
    for (const work of works) {
      if (work.steps === undefined) {
        // A program runs in a copy, which cannot be made while somebody is connected.
        await watch?.[Symbol.asyncDispose]()
        watch = undefined
      }
      const [statements = []] = await scriptsOf([work], database, scratch, limitsOf(options))
      watch ??= await openWatch(database)
      before ??= await readFacts(watch.observer, { sequenceValues: false })
      const linted = await lintOn(watch, { scratch, statements, before, ...sized(options) })
      before = linted.after
      if (only !== undefined && !only.has(work.revision.id)) continue
      const judged = judgeOwn(work.revision, project, linted, options)
      reported.push(work.revision)
      findings.push(...judged.findings)
      accepted.push(...judged.accepted)
    }
  } finally {
    await watch?.[Symbol.asyncDispose]()
  }
  return { revisions: reported.map(summary), findings, accepted }
}
