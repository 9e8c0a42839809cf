import { withoutLedgers } from "../adopt/without-ledgers.ts"
import type { Catalog } from "../catalog/catalog.ts"
import { keepDropped } from "../catalog/keep.ts"
import { loosen } from "../catalog/loosen.ts"
import { type Connection, ServerError } from "../db/connection.ts"
import { loadSources } from "../desired/load.ts"
import { ToolError } from "../diagnostic.ts"
import { diff } from "../diff/diff.ts"
import { type Stage, stagesOf } from "../plan/online.ts"
import { type Plan, type PlannedStep, plan } from "../plan/plan.ts"
import { findRenames, type Rename, refuseUnanswered, renameText, reverseOf } from "../plan/renames.ts"
import type { Phase } from "../revisions/revision.ts"
import { openScratch, type ScratchOptions } from "../scratch/scratch.ts"
import { copyOnScratch } from "./baseline.ts"
import { keyOf } from "./catalog-cache.ts"
import { introspectOwn, keptOrRead, readDatabase, readDesired, readingOn } from "./catalog-source.ts"
import type { SchemaSource, TargetOptions } from "./options.ts"
import { projectOnly } from "./project.ts"
import { openReplayed, type Replayed } from "./replayed.ts"
import { newRevision, type WriteOptions, type WrittenRevision } from "./write.ts"

export interface GenerateOptions extends WriteOptions {
  readonly title: string
  /** Where it is said what the schema shall be: files and folders of SQL, models. */
  readonly schema: readonly SchemaSource[]
  /** `old=new`: `public.users.name=full_name`, `public.users=people`. */
  readonly rename?: readonly string[]
  /** What is really meant to go although something new resembles it: `public.users.name`. */
  readonly drop?: readonly string[]
  /** A live database to start from, instead of what the revisions lead to; only read. */
  readonly against?: TargetOptions
  /**
   * `staged`: what adds, and what tightens or removes in revisions of their own, nothing holding up others. `all`: one
   * revision, for those who stop the application for a deploy. Default: `staged`.
   */
  readonly phases?: "staged" | "all"
  readonly author?: string
  readonly scratch?: ScratchOptions
  readonly historySchema?: string
}

export interface GeneratedRevision extends WrittenRevision {
  readonly phase: Phase
  /** What its statements lose, one entry a statement. */
  readonly losses: readonly string[]
}

export interface GenerateResult {
  /** In the order in which they follow each other; none where there is nothing to do. */
  readonly revisions: readonly GeneratedRevision[]
  /** What is left to people, because it needs what Lockstep does not read or reaches into another server. */
  readonly byHand: readonly { readonly object: string; readonly sql: string; readonly because: string }[]
}

/**
 * Writes the revisions that lead from what the revisions produce to what the SQL files say. What adds comes first;
 * what tightens or removes comes in revisions of its own, whose phase is `contract`. Nothing holds up readers or writers
 * of tables that exist while it works through their rows. Everything has run on scratch before it is written, forward
 * and backward, and the difference to what was wanted, and then to what was there, was empty.
 *
 * @throws ToolError `rename-or-drop` where something new resembles something that goes and nobody said which it is;
 *   `rows-in-the-way`, `plan-not-proven` where the plan does not lead there; what loading and replaying throw
 */
export async function generate(options: GenerateOptions): Promise<GenerateResult> {
  const { schema, root = "." } = options
  const starting =
    options.against === undefined ? openReplayed(options, options) : openCopy(options.against, options)
  const [printed, opened] = await bothOf(loadSources(schema, root), starting)
  await using start = opened
  const wanted = await readDesired(printed, start.scratch, options, true)
  const [connection, reader] = await Promise.all([
    start.database.connect("plan"),
    start.database.connect("read"),
  ])
  try {
    const read = () => introspectOwn(reader, options)
    const key = start.key && keyOf([start.key, readingOn(start.scratch, options)])
    const source = await keptOrRead(options.cache, key, read)
    const { drafts, byHand } = await draft(connection, read, source, wanted, options)
    return { revisions: await writeAll(drafts, options), byHand }
  } finally {
    await Promise.all([connection.close(), reader.close()])
  }
}

/** Opens a scratch with a copy of a live database's schema. */
async function openCopy(against: TargetOptions, options: GenerateOptions): Promise<Replayed> {
  const live = withoutLedgers(await readDatabase(against, options))
  const scratch = await openScratch({ major: Math.floor(live.serverVersion / 10_000), ...options.scratch })
  const close = () => scratch[Symbol.asyncDispose]()
  try {
    return { scratch, database: await copyOnScratch(live, scratch, options), [Symbol.asyncDispose]: close }
  } catch (error) {
    await close()
    throw error
  }
}

/** Waits for both, so that what the second opens is not lost where the first fails. */
async function bothOf<A, B extends AsyncDisposable>(a: Promise<A>, b: Promise<B>): Promise<readonly [A, B]> {
  const [first, second] = await Promise.allSettled([a, b])
  if (first.status === "fulfilled" && second.status === "fulfilled") return [first.value, second.value]
  if (second.status === "fulfilled") await second.value[Symbol.asyncDispose]()
  throw first.status === "rejected" ? first.reason : (second as PromiseRejectedResult).reason
}

/** A revision that has run on scratch. */
interface Draft {
  readonly steps: readonly PlannedStep[]
  readonly transaction: Stage["transaction"]
  readonly phase: Phase
  readonly rollback: readonly PlannedStep[]
}

async function draft(
  connection: Connection,
  read: () => Promise<Catalog>,
  start: Catalog,
  wanted: Catalog,
  options: GenerateOptions,
): Promise<{ readonly drafts: readonly Draft[]; readonly byHand: Plan["byHand"] }> {
  const renames = findRenames(start, wanted, options.rename ?? [])
  if (diff(start, wanted).length === 0) return { drafts: [], byHand: [] }
  refuseUnanswered(start, wanted, renames, options.drop ?? [])
  const drafts: Draft[] = []
  let at = start
  const run = async (stages: readonly Stage[], phase: Phase, rollback?: readonly PlannedStep[]) => {
    for (const { steps, transaction } of stages) {
      await runStage(connection, steps, transaction)
      const next = await read()
      drafts.push({ steps, transaction, phase, rollback: rollback ?? plan(next, at).steps })
      at = next
    }
  }
  if (options.phases === "all") {
    const whole = await runWhole(connection, read, wanted, renames)
    if (whole !== undefined) drafts.push(whole)
    at = await read()
  } else await runStaged()
  const { byHand } = plan(at, wanted)
  const left = new Set(byHand.map(({ object }) => object))
  refuseDifference(at, wanted, left, "forward")
  for (const { rollback } of [...drafts].reverse()) await runStage(connection, rollback, "forbidden")
  refuseDifference(await read(), start, new Set(), "backward")
  return { drafts, byHand }

  async function runStaged(): Promise<void> {
    if (renames.length > 0) {
      const back = renameStage([...renames].reverse().map(reverseOf))
      await run([renameStage(renames)], "contract", back.steps)
    }
    const both = keepDropped(at, wanted)
    const loose = loosen(at, both)
    await run(stagesOf(plan(at, loose).steps, at, loose), "expand")
    await run(stagesOf(plan(at, both).steps, at, both), "contract")
    await run(stagesOf(plan(at, wanted).steps, at, wanted), "contract")
  }
}

/** Everything as one revision, in one transaction where PostgreSQL allows that. */
async function runWhole(
  connection: Connection,
  read: () => Promise<Catalog>,
  wanted: Catalog,
  renames: readonly Rename[],
): Promise<Draft | undefined> {
  const renaming = renames.length === 0 ? [] : renameStage(renames).steps
  await runStage(connection, renaming, "allowed")
  const renamed = await read()
  const { steps } = plan(renamed, wanted)
  const all = [...renaming, ...steps]
  if (all.length === 0) return undefined
  const isForbidden = (list: readonly PlannedStep[]) => list.some((step) => step.transaction === "forbidden")
  await runStage(connection, steps, isForbidden(steps) ? "forbidden" : "allowed")
  const back = renames.length === 0 ? [] : renameStage([...renames].reverse().map(reverseOf)).steps
  const removes = renames.length > 0 || diff(renamed, wanted).some(({ type }) => type !== "create")
  return {
    steps: all,
    transaction: isForbidden(all) ? "forbidden" : "allowed",
    phase: removes ? "contract" : "expand",
    rollback: [...plan(await read(), renamed).steps, ...back],
  }
}

function renameStage(renames: readonly Rename[]): Stage {
  const steps = renames.map(
    (rename): PlannedStep => ({
      sql: renameText(rename),
      file: "",
      line: 1,
      transaction: "allowed",
      verb: "alter",
      object: rename.from,
    }),
  )
  return { transaction: "allowed", steps }
}

async function runStage(
  connection: Connection,
  steps: readonly PlannedStep[],
  transaction: Stage["transaction"],
): Promise<void> {
  if (transaction === "allowed") await connection.run("begin")
  for (const { sql } of steps) {
    try {
      await connection.run(sql)
    } catch (error) {
      if (error instanceof ServerError && isAboutRows(error)) throw rowsInTheWay(sql, error)
      if (error instanceof ServerError) throw notProven(`its statement failed: ${error.message}`, [sql])
      throw error
    }
  }
  if (transaction === "allowed") await connection.run("commit")
}

/** Class 23: integrity constraint violation. The rows on scratch are those that the revisions themselves write. */
function isAboutRows({ sqlState }: ServerError): boolean {
  return sqlState.startsWith("23")
}

function rowsInTheWay(sql: string, server: ServerError): ToolError {
  const { detail, table } = server.fields
  return new ToolError(
    "rows-in-the-way",
    `rows that the revisions write do not fit the schema: ${server.message}`,
    {
      subject: table,
      details: [sql, ...(detail === undefined ? [] : [detail])],
      hint: "let the schema allow them for now, generate, correct the rows in a revision (lockstep new --phase migrate), then tighten the schema and generate again",
      cause: server,
    },
  )
}

function refuseDifference(
  reached: Catalog,
  wanted: Catalog,
  byHand: ReadonlySet<string>,
  direction: "forward" | "backward",
): void {
  const objects = diff(reached, wanted)
    .map((change) => (change.type === "alter" ? change.after.id : change.object.id))
    .filter((id) => !byHand.has(id))
  if (objects.length === 0) return
  const message =
    direction === "forward"
      ? "it does not lead to the schema that is wanted"
      : "its rollback does not lead back to what was there"
  throw notProven(message, objects)
}

function notProven(reason: string, details: readonly string[]): ToolError {
  return new ToolError("plan-not-proven", `the plan failed its proof on scratch: ${reason}`, {
    details: details.slice(0, 20),
    hint: "this is a defect of Lockstep: report it with both schemas; nothing was written",
  })
}

async function writeAll(
  drafts: readonly Draft[],
  options: GenerateOptions,
): Promise<readonly GeneratedRevision[]> {
  const { title, rename: renames = [], drop: drops = [], now, random, write, author } = options
  const rest = {
    ...projectOnly(options),
    ...(now === undefined ? {} : { now }),
    ...(random === undefined ? {} : { random }),
    ...(write === undefined ? {} : { write }),
    ...(author === undefined ? {} : { author }),
  }
  const written: GeneratedRevision[] = []
  for (const [place, { steps, transaction, phase, rollback }] of drafts.entries()) {
    const previous = written.at(-1)
    const losses = steps.flatMap(({ losesData }) => losesData ?? [])
    const revision = await newRevision({
      ...rest,
      title: place === 0 ? title : `${title}, ${place + 1}`,
      why: [title, ...losses.map((loss) => `loses ${loss}`)].join("; "),
      phase,
      ...(place === 0 ? { renames, drops } : {}),
      up: textOf(steps),
      rollback: textOf(rollback),
      ...(transaction === "forbidden" && steps.some((step) => step.transaction === "allowed")
        ? { transaction: "none" as const }
        : {}),
      ...(previous === undefined ? {} : { parents: [previous.id] }),
    })
    written.push({ ...revision, phase, losses })
  }
  return written
}

function textOf(steps: readonly PlannedStep[]): string {
  return steps
    .map(({ sql, losesData }) => `${losesData === undefined ? "" : `-- loses ${losesData}\n`}${sql};`)
    .join("\n\n")
}
