import { randomBytes } from "node:crypto"
import { mkdirSync } from "node:fs"
import { resolve } from "node:path"
import { findLedgers, type LedgerTable, type TableSurvey } from "../adopt/find-ledgers.ts"
import { type Matched, matchLedger } from "../adopt/match.ts"
import { type Diagnostic, diagnostic, ToolError } from "../diagnostic.ts"
import type { History } from "../history/read.ts"
import { appliedHeads } from "../revisions/resolve.ts"
import type { Revision } from "../revisions/revision.ts"
import { linkInOrder } from "../revisions/revision-graph.ts"
import { newRevision, type WrittenFile } from "../revisions/write.ts"
import { keepFingerprint } from "../runner/keep-fingerprint.ts"
import { startRun } from "../runner/start.ts"
import { databaseOf, openTarget, type Target } from "../runner/target.ts"
import { changeHistory } from "../runner/transaction.ts"
import type { ScratchOptions } from "../scratch/scratch.ts"
import { type Baseline, baselineOf } from "./baseline.ts"
import { checkOptions, type OptionKinds, projectKinds, runKinds, targetKinds } from "./check-options.ts"
import { catalogDiffers, openLineage } from "./lineage.ts"
import type { ProjectOptions, RunOptions, TargetOptions } from "./options.ts"
import { openProject, type Project, type RevisionSummary, summary } from "./project.ts"
import { stampText } from "./stamp.ts"

export interface AdoptOptions extends ProjectOptions, TargetOptions, RunOptions {
  /** Begins from the database's schema, also where another tool's files could be taken over. Default: false. */
  readonly baseline?: boolean
  /** Title of the baseline. Default: `baseline`. */
  readonly title?: string
  /** Stamps what the other tool's history says without comparing the catalog; recorded as such. Default: false. */
  readonly unverified?: boolean
  /** Why; recorded. Needed in a protected environment. */
  readonly because?: string
  /** False: only say what would be written and stamped. Default: true. */
  readonly write?: boolean
  readonly scratch?: ScratchOptions
}

const adoptKinds: OptionKinds<AdoptOptions> = {
  ...projectKinds,
  ...targetKinds,
  ...runKinds,
  baseline: "flag",
  title: "text",
  unverified: "flag",
  because: "text",
  write: "flag",
  scratch: "object",
}

export interface AdoptResult {
  readonly database: string
  readonly environment?: string
  /**
   * `ledger`: another tool's history said what is applied. `catalog`: the revision was found whose catalog the database
   * has. `baseline`: its schema was written down as the first revision.
   */
  readonly way: "ledger" | "catalog" | "baseline"
  /** The other tool's history, where there is one. It is only read. */
  readonly ledger?: { readonly tool: string; readonly table: string; readonly applied: number }
  /** The baseline's file. */
  readonly files: readonly WrittenFile[]
  /** What counts as applied now. */
  readonly stamped: readonly RevisionSummary[]
  /** What is left for the next upgrade. */
  readonly pending: readonly RevisionSummary[]
  readonly current: readonly string[]
  /** Whether the catalog was compared with what these revisions lead to, and is the same. */
  readonly verified: boolean
  readonly warnings: readonly Diagnostic[]
}

/** How a database is taken over, before anything is written. */
interface Way {
  readonly way: AdoptResult["way"]
  readonly ledger?: LedgerTable
  readonly stamped: readonly Revision[]
  /** The fingerprint of what was compared; absent where nothing was. */
  readonly seen?: string
  readonly baseline?: Baseline
}

/**
 * Brings an existing database under Lockstep, running nothing in it. Where another tool's history names files of the
 * folder, exactly those count as applied; where the folder has none, the database's schema becomes its first revision.
 * Either way it is proven on scratch that the revisions lead to the catalog that is there. The other tool's table is
 * only read.
 *
 * @throws ToolError `nothing-to-adopt`, `ledger-failed`, `ledger-unknown`, `catalog-differs`, `plan-not-proven`,
 *   `ambiguous-revision` where several revisions have the database's catalog, and what `openTarget` and `startRun` throw
 */
export async function adopt(options: AdoptOptions = {}): Promise<AdoptResult> {
  checkOptions(options, adoptKinds)
  const { historySchema = "lockstep" } = options
  const project = await projectOrNothing(options)
  const target = await openTarget({ ...options, command: "adopt", writes: true })
  try {
    const survey = await findLedgers(target.connection, historySchema)
    refuseNothing(target, survey)
    refuseWithoutReason(target, options)
    const way = await chooseWay(project, survey, target, options)
    const files = way.baseline === undefined ? [] : writeBaseline(project, way.baseline, way.ledger, options)
    // The baseline's file is a revision like any other from here on.
    const after = way.baseline !== undefined && options.write !== false ? await openProject(options) : project
    const stamped = way.baseline === undefined ? way.stamped : after.folder.revisions
    if (options.write !== false) await record(target, stamped, way, options)
    return resultOf(target, after, { ...way, stamped }, files)
  } finally {
    await target.close()
  }
}

/** A folder that is not there yet is empty. */
async function projectOrNothing(options: ProjectOptions): Promise<Project> {
  try {
    return await openProject(options)
  } catch (error) {
    if (!(error instanceof ToolError) || error.code !== "no-migrations-folder") throw error
    const graph = linkInOrder([])
    const empty = {
      revisions: [],
      repeatables: [],
      graph,
      count: 0,
      heads: [],
      effectiveHeads: [],
      digest: "",
    }
    return { folder: empty, root: options.root ?? ".", readScript: () => Promise.reject(error) }
  }
}

function refuseNothing({ facts, history }: Target, { tables, ledgers }: TableSurvey): void {
  const { database } = facts
  if (history.applied.size > 0) {
    throw new ToolError("nothing-to-adopt", `Lockstep manages ${database} already`, {
      subject: database,
      hint: "lockstep status shows where it stands; lockstep stamp corrects that",
    })
  }
  if (tables > 0 || ledgers.some(({ rows = [] }) => rows.length > 0)) return
  throw new ToolError("nothing-to-adopt", `${database} holds no tables`, {
    subject: database,
    hint: "lockstep upgrade makes them from the revisions",
  })
}

function refuseWithoutReason(target: Target, { because }: AdoptOptions): void {
  if (!target.protected || (because !== undefined && because.trim() !== "")) return
  throw new ToolError("reason-needed", "this change of the history needs a reason", {
    hint: 'add --because "..."; it is recorded',
  })
}

async function chooseWay(
  project: Project,
  survey: TableSurvey,
  target: Target,
  options: AdoptOptions,
): Promise<Way> {
  const { folder } = project
  const ledger = survey.ledgers.find(({ rows = [] }) => rows.length > 0) ?? survey.ledgers[0]
  const given = ledger === undefined ? {} : { ledger }
  if (ledger !== undefined) refuseFailed(ledger, options)
  if (folder.count === 0) return { ...(await byBaseline(project, target, options)), ...given }
  if (options.baseline === true) throw folderNotEmpty(project)
  const matched = ledger && matchLedger(ledger, folder, options.root ?? ".")
  if (ledger !== undefined && matched !== undefined && matched.applied.length > 0) {
    refuseUnknown(ledger, matched)
    return byLedger(project, target, ledger, matched, options)
  }
  return { ...(await byCatalog(project, target, options)), ...given }
}

function refuseFailed(
  { ledger, table, rows = [] }: LedgerTable,
  { baseline, unverified }: AdoptOptions,
): void {
  const [failed] = rows.filter(({ state }) => state === "failed")
  if (failed === undefined || baseline === true || unverified === true) return
  throw new ToolError(
    "ledger-failed",
    `${ledger.tool} says that ${failed.name} failed or is half done (${table})`,
    {
      subject: failed.name,
      hint: `bring the database to one side and tell ${ledger.tool}, then run lockstep adopt again`,
    },
  )
}

function refuseUnknown({ ledger, table }: LedgerTable, { unknown }: Matched): void {
  const [first] = unknown
  if (first === undefined) return
  throw new ToolError(
    "ledger-unknown",
    `${ledger.tool} has applied ${unknown.length === 1 ? "a migration" : `${unknown.length} migrations`} that the folder does not hold (${table})`,
    {
      subject: first,
      details: unknown.slice(0, 20),
      hint: `restore the files, or check the setting migrations; lockstep history lists what is there`,
    },
  )
}

function folderNotEmpty({ folder }: Project): ToolError {
  const [first] = folder.revisions
  return new ToolError("file-exists", `the folder holds revisions already, the first is ${first?.file}`, {
    hint: "a baseline is the first revision: name an empty folder in the setting migrations",
    subject: first?.file,
  })
}

async function byBaseline(project: Project, target: Target, options: AdoptOptions): Promise<Way> {
  await using lineage = await openLineage(project, options)
  const baseline = await baselineOf(lineage.live, lineage.scratch, {
    ...options,
    historySchema: target.schema,
  })
  return { way: "baseline", stamped: [], seen: lineage.seen, baseline }
}

async function byLedger(
  project: Project,
  target: Target,
  ledger: LedgerTable,
  { applied }: Matched,
  options: AdoptOptions,
): Promise<Way> {
  const way = { way: "ledger", ledger, stamped: applied } as const
  if (options.unverified === true) return way
  await using lineage = await openLineage(project, options)
  const changes = await lineage.differenceTo(applied)
  if (changes.length === 0) return { ...way, seen: lineage.seen }
  throw catalogDiffers(
    target.facts.database,
    `what ${ledger.ledger.tool} says that it has applied (${applied.at(-1)?.id})`,
    changes,
    "correct the database or the files; to take it over as it is: --unverified",
  )
}

/** No history names revisions of the folder: the catalog has to tell. */
async function byCatalog(project: Project, target: Target, options: AdoptOptions): Promise<Way> {
  const { revisions, heads } = project.folder
  const { database } = target.facts
  if (options.unverified === true) {
    throw new ToolError("wrong-operands", "nothing says which revisions the database has", {
      hint: "say so: lockstep stamp <revision> --unverified",
    })
  }
  await using lineage = await openLineage(project, options)
  const fitting: Revision[] = []
  for await (const { revision, changes } of lineage.replay(revisions)) {
    if (changes.length === 0) fitting.push(revision)
  }
  const last = fitting.at(-1)
  if (last === undefined) {
    throw catalogDiffers(
      database,
      heads.map(({ id }) => id).join(", "),
      await lineage.differenceTo(revisions),
      "nor is it what any revision before leads to; name the nearest: lockstep stamp <revision> --unverified",
    )
  }
  if (fitting.length > 1) {
    throw new ToolError(
      "ambiguous-revision",
      `${fitting.length} revisions lead to the catalog of ${database}`,
      {
        details: fitting.map(({ id, title }) => `${id}  ${title}`),
        hint: `say which is the last that it has: lockstep stamp ${last.id}`,
        data: { candidates: fitting.map(({ id }) => id) },
      },
    )
  }
  return { way: "catalog", stamped: revisions.slice(0, revisions.indexOf(last) + 1), seen: lineage.seen }
}

function writeBaseline(
  { folder, root }: Project,
  { sql, byHand }: Baseline,
  ledger: LedgerTable | undefined,
  options: AdoptOptions,
): readonly WrittenFile[] {
  const { title = "baseline", migrations = "migrations", write = true } = options
  const [first = "migrations"] = [migrations].flat()
  if (write) mkdirSync(resolve(root, first), { recursive: true })
  const left = byHand.map(
    (step) => `-- by hand, since ${step.because}:\n${`${step.sql};`.replaceAll(/^/gm, "--   ")}\n`,
  )
  const from = ledger === undefined ? "" : `, made by ${ledger.ledger.tool}`
  const written = newRevision(folder, {
    ...options,
    title,
    why: `the schema that was there${from}`,
    parents: [],
    now: new Date(),
    random: randomBytes,
    up: [sql, ...left].join("\n\n"),
    noRollback: "it was there before Lockstep",
  })
  return written.files
}

async function record(
  target: Target,
  stamped: readonly Revision[],
  { seen }: Way,
  options: AdoptOptions,
): Promise<void> {
  const run = await startRun(target, { ...options, command: "adopt" })
  try {
    const { context, history } = run
    if (history.applied.size > 0) {
      throw new ToolError("nothing-to-adopt", "another runner has just taken the database over", {
        hint: "lockstep status",
      })
    }
    const how = { because: options.because, unverified: seen === undefined }
    const texts = stamped.map((revision) => stampText(context.schema, context.runId, revision, how))
    if (texts.length > 0) await changeHistory(context, texts.join(";\n"))
    if (seen !== undefined) await keepFingerprint(context, placeAfter(history, stamped), seen)
  } finally {
    await run.finish()
  }
}

function placeAfter(history: History, stamped: readonly Revision[]) {
  const of = (repeatable: boolean) =>
    new Map(
      stamped
        .filter((revision) => revision.repeatable === repeatable)
        .map(({ id, checksum }) => [id, checksum]),
    )
  return { ...history, applied: of(false), repeatables: of(true) }
}

function resultOf(
  target: Target,
  { folder }: Project,
  { way, ledger, stamped, seen, baseline }: Way,
  files: readonly WrittenFile[],
): AdoptResult {
  const ids = new Set(stamped.map(({ id }) => id))
  const { revisions, repeatables, graph } = folder
  return {
    ...databaseOf(target),
    way,
    ...(ledger === undefined
      ? {}
      : {
          ledger: {
            tool: ledger.ledger.tool,
            table: ledger.table,
            applied: (ledger.rows ?? []).filter(({ state }) => state === "applied").length,
          },
        }),
    files,
    stamped: stamped.map(summary),
    pending: [...revisions, ...repeatables].filter(({ id }) => !ids.has(id)).map(summary),
    current: appliedHeads(graph, ids).map(({ id }) => id),
    verified: seen !== undefined,
    warnings: (baseline?.byHand ?? []).map(({ object, because }) =>
      diagnostic("warning", "unmodelled-object", `${object} is left to people: ${because}`, {
        subject: object,
      }),
    ),
  }
}
