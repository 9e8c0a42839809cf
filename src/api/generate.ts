import { withoutLedgers } from "../adopt/without-ledgers.ts"
import type { Catalog } from "../catalog/catalog.ts"
import { loadSources } from "../desired/load.ts"
import type { ObjectChange } from "../diff/object-change.ts"
import { type Draft, draft } from "../draft/draft.ts"
import type { ObservedLock, Risk } from "../draft/watched-stage.ts"
import type { PlannedStep } from "../plan/plan.ts"
import type { Phase } from "../revisions/revision.ts"
import { openScratch, type ScratchOptions } from "../scratch/scratch.ts"
import { copyOnScratch } from "./baseline.ts"
import { keyOf } from "./catalog-cache.ts"
import { introspectOwn, keptOrRead, readDatabase, readDesired, readingOn } from "./catalog-source.ts"
import { countLosses, withCounts } from "./count-losses.ts"
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
  /**
   * How columns get new names. `now`: at once, when all code is stopped or uses neither. `expand`: beside the old one,
   * which a trigger keeps the same until it is dropped in the last of several deploys. Default: `now`.
   */
  readonly renameAs?: "now" | "expand"
  /** What is really meant to go although something new resembles it: `public.users.name`. */
  readonly drop?: readonly string[]
  /** `public.users.email='none'`: an expression for the rows in which a column that needs a value has none. */
  readonly fill?: readonly string[]
  /** Columns whose type changes in place although that writes every row again; else such a change takes several deploys. */
  readonly rewrite?: readonly string[]
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
  /** What it changes. */
  readonly changes: readonly ObjectChange[]
  /** Locks that keep others waiting, on tables that were there before, as seen on scratch. */
  readonly locks: readonly ObservedLock[]
  /** Tables whose rows are all written again. */
  readonly rewrites: readonly string[]
  /** Columns that get values in rows that are there, in batches. */
  readonly fills: readonly string[]
  /** Rows that would make it fail, if there are such: the statement, and what the server says. */
  readonly risks: readonly Risk[]
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
    const { drafts, byHand } = await draft({ connection, read }, source, wanted, options)
    const counted = options.against === undefined ? drafts : await countAll(drafts, options.against, source)
    return { revisions: await writeAll(counted, options), byHand }
  } finally {
    await Promise.all([connection.close(), reader.close()])
  }
}

/** Says in numbers what of the live database is lost. */
async function countAll(
  drafts: readonly Draft[],
  against: TargetOptions,
  source: Catalog,
): Promise<readonly Draft[]> {
  const counts = await countLosses(
    against,
    source,
    drafts.flatMap(({ steps }) => steps),
  )
  return drafts.map((each) => ({ ...each, steps: withCounts(each.steps, counts) }))
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
  for (const [place, draft] of drafts.entries()) {
    const { steps, transaction, phase, rollback, changes, locks, rewrites, risks } = draft
    const previous = written.at(-1)
    const losses = steps.flatMap(({ losesData }) => losesData ?? [])
    const alone =
      phase === "migrate" ||
      (transaction === "forbidden" && steps.some((step) => step.transaction === "allowed"))
    const revision = await newRevision({
      ...rest,
      title: place === 0 ? title : `${title}, ${place + 1}`,
      why: [title, ...losses.map((loss) => `loses ${loss}`)].join("; "),
      phase,
      ...(place === 0 ? { renames, drops } : {}),
      up: textOf(steps),
      rollback: textOf(rollback),
      ...(alone ? { transaction: "none" as const } : {}),
      ...(phase === "migrate" ? { statementTimeout: "0" } : {}),
      ...(previous === undefined ? {} : { parents: [previous.id], before: written }),
    })
    const fills = phase === "migrate" ? steps.map(({ object }) => object.replace(/^table column /, "")) : []
    written.push({ ...revision, phase, losses, changes, locks, rewrites, fills, risks })
  }
  return written
}

function textOf(steps: readonly PlannedStep[]): string {
  return steps
    .map(({ sql, losesData }) => `${losesData === undefined ? "" : `-- loses ${losesData}\n`}${sql};`)
    .join("\n\n")
}
