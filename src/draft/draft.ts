import type { Catalog } from "../catalog/catalog.ts"
import { groupBy, indexCatalog } from "../catalog/catalog-index.ts"
import { loosen } from "../catalog/loosen.ts"
import { shareWith } from "../catalog/share.ts"
import type { Connection } from "../db/connection.ts"
import { ToolError } from "../diagnostic.ts"
import { diff } from "../diff/diff.ts"
import { changesBetween, type ObjectChange } from "../diff/object-change.ts"
import { changesType } from "../plan/alter-column.ts"
import { backfill, custom, fill, keepInStep } from "../plan/in-step.ts"
import { type Stage, stagesOf } from "../plan/online.ts"
import { type Plan, type PlannedStep, plan } from "../plan/plan.ts"
import { findRenames, type Rename, refuseUnanswered, renameText, reverseOf } from "../plan/renames.ts"
import { type MadeUpRows, makeUpRows } from "../prove/made-up-rows.ts"
import type { Phase } from "../revisions/revision.ts"
import { meanwhileOf } from "./meanwhile.ts"
import { type Tie, tiesOf } from "./succession-ties.ts"
import { findSuccessions, type Succession } from "./successions.ts"
import { switchesOf } from "./switches.ts"
import { notProven, type ObservedLock, type Risk, runPlain, runWatched, type Stuck } from "./watched-stage.ts"

/** A revision that has run on scratch, and what it was seen to do. */
export interface Draft {
  readonly steps: readonly PlannedStep[]
  readonly transaction: Stage["transaction"]
  readonly phase: Phase
  readonly rollback: readonly PlannedStep[]
  /** Where the rollback leads, if it was planned. */
  readonly before?: Catalog
  readonly changes: readonly ObjectChange[]
  readonly locks: readonly ObservedLock[]
  readonly rewrites: readonly string[]
  readonly risks: readonly Risk[]
}

export interface DraftOptions {
  readonly rename?: readonly string[]
  readonly renameAs?: "now" | "expand"
  readonly drop?: readonly string[]
  /** `public.users.email='none'`: what rows get in which a new column has no value. */
  readonly fill?: readonly string[]
  /** Columns whose type changes in place, although that rewrites their table. */
  readonly rewrite?: readonly string[]
  readonly phases?: "staged" | "all"
}

/** A database on scratch that plans run in. */
export interface Ground {
  readonly connection: Connection
  readonly read: () => Promise<Catalog>
}

/**
 * Plans the way from one catalog to another in revisions, and runs them forward and backward, with rows in the tables
 * that they touch.
 *
 * @throws ToolError `rename-or-drop`, `invalid-rename`, `rows-in-the-way`, `plan-not-proven`
 */
export async function draft(
  ground: Ground,
  from: Catalog,
  wanted: Catalog,
  options: DraftOptions,
): Promise<{ readonly drafts: readonly Draft[]; readonly byHand: Plan["byHand"] }> {
  const start = shareWith(wanted, from)
  const renames = findRenames(start, wanted, options.rename ?? [])
  refuseUnanswered(start, wanted, renames, options.drop ?? [])
  if (diff(start, wanted).length === 0) return { drafts: [], byHand: [] }
  const ways = waysOf(options)
  let defect: ToolError | undefined
  for (const way of ways) {
    try {
      return await draftBy(way, ground, start, { wanted, renames, options })
    } catch (error) {
      if (!(error instanceof ToolError) || error.code !== "plan-not-proven") throw error
      defect ??= error
      if (!(await restore(ground, start))) break
    }
  }
  throw defect
}

/**
 * What code of before and code of after need cannot always be there side by side: two functions that are called alike.
 * Then all of it changes together, holding nobody up; and if that fails, in one transaction.
 */
type Way = "staged" | "online" | "at once"

/** What was asked for beside the schema is only kept on the way by phases. */
function waysOf({ phases, renameAs, fill = [] }: DraftOptions): readonly Way[] {
  if (phases === "all") return ["at once"]
  return renameAs === "expand" || fill.length > 0 ? ["staged"] : ["staged", "online", "at once"]
}

interface Task {
  readonly wanted: Catalog
  readonly renames: readonly Rename[]
  readonly options: DraftOptions
}

async function draftBy(
  way: Way,
  ground: Ground,
  start: Catalog,
  { wanted, renames, options }: Task,
): Promise<Awaited<ReturnType<typeof draft>>> {
  const rows = await makeUpRows(ground.connection, start, touched(start, wanted))
  const drafting = new Drafting(ground, start, rows)
  if (way === "at once") await drafting.whole(wanted, renames)
  else if (way === "staged") await drafting.staged(wanted, renames, options)
  else await drafting.online(wanted, renames)
  const { drafts } = drafting
  const at = shareWith(wanted, drafting.at)
  const { byHand } = plan(at, wanted)
  const left = new Set(byHand.map(({ object }) => object))
  refuseDifference(at, wanted, left, "forward")
  const undone = await undo(ground, drafts, rows)
  refuseDifference(await ground.read(), start, new Set(), "backward")
  return { drafts: undone, byHand }
}

/** Brings the ground back to where it was, without rows; returns false where that fails. */
async function restore({ connection, read }: Ground, start: Catalog): Promise<boolean> {
  await connection.run("rollback")
  const { steps } = plan(await read(), start)
  const stuck = await runPlain(
    connection,
    steps.map(({ sql }) => sql),
    undefined,
  )
  return stuck === undefined && diff(await read(), start).length === 0
}

/**
 * Runs the rollbacks, the last first; returns the drafts with what really leads back. What a rollback makes again may
 * depend on something else than it did: a foreign key on another index over the same columns. What is behind it is then
 * planned anew.
 */
async function undo(ground: Ground, drafts: readonly Draft[], rows: MadeUpRows): Promise<readonly Draft[]> {
  const undone: Draft[] = []
  for (const each of [...drafts].reverse()) {
    const run = (steps: readonly PlannedStep[]) => runBack(ground.connection, steps, rows)
    const stuck = await run(each.rollback)
    if (stuck === undefined) {
      undone.unshift(each)
      continue
    }
    if (each.before === undefined) throw stuck.error
    const rest = plan(await ground.read(), each.before).steps
    const again = await run(rest)
    if (again !== undefined) throw again.error
    undone.unshift({ ...each, rollback: [...each.rollback.slice(0, stuck.place), ...rest] })
  }
  return undone
}

/** As the runner does: in one transaction. Where rows stand in the way, statement by statement. */
async function runBack(
  connection: Connection,
  steps: readonly PlannedStep[],
  rows: MadeUpRows,
): Promise<Stuck | undefined> {
  const sqls = steps.map(({ sql }) => sql)
  if (steps.every(({ transaction }) => transaction === "allowed")) {
    const stuck = await runPlain(connection, ["begin", ...sqls, "commit"], undefined)
    if (stuck === undefined) return undefined
    await connection.run("rollback")
  }
  return runPlain(connection, sqls, rows)
}

/** The tables that are there and that something happens to, or to a part of them. */
function touched(start: Catalog, wanted: Catalog): ReadonlySet<string> {
  const index = indexCatalog(start)
  const tables = new Set<string>()
  for (const change of diff(start, wanted)) {
    const object = change.type === "alter" ? change.before : change.object
    for (let each: typeof object | undefined = object; each !== undefined; ) {
      if (each.kind === "table") tables.add(each.identity)
      // What a foreign key refers to has to have a row before.
      each = each.parent === undefined ? undefined : (index.get(each.parent.id) ?? undefined)
    }
  }
  return tables
}

class Drafting {
  readonly drafts: Draft[] = []
  at: Catalog
  readonly #ground: Ground
  readonly #rows: MadeUpRows

  constructor(ground: Ground, start: Catalog, rows: MadeUpRows) {
    this.#ground = ground
    this.#rows = rows
    this.at = start
  }

  /** What adds, what fills, and what tightens or removes, in revisions of their own. */
  async staged(wanted: Catalog, renames: readonly Rename[], options: DraftOptions): Promise<void> {
    const { connection } = this.#ground
    const later = options.renameAs === "expand" ? renames.filter(({ kind }) => kind === "column") : []
    const now = renames.filter((rename) => !later.includes(rename))
    await this.#rename(now)
    const asked = { renames: later, inPlace: options.rewrite ?? [] }
    const successions = await findSuccessions(connection, this.at, wanted, asked)
    const successors = successions.filter(({ isSameName }) => isSameName).map(({ successor }) => successor)
    const ties = tiesOf(successors, indexCatalog(this.at))
    if (successions.length > 0) await this.#begin(successions, ties)
    const meanwhile = successions.reduce(
      (catalog, each) => each.meanwhile(catalog, this.at),
      meanwhileOf(this.at, wanted),
    )
    await this.to(loosen(this.at, meanwhile), "expand")
    const fills = (options.fill ?? []).map((word) => this.#fillOf(word))
    if (fills.length > 0) await this.#runFills(fills)
    for (const { steps, back } of switchesOf(successions, ties)) {
      await this.run([{ transaction: "allowed", steps }], "contract", back)
    }
    await this.to(meanwhileOf(this.at, wanted), "contract")
    await this.to(wanted, "contract")
  }

  /** What renames, and then everything else. */
  async online(wanted: Catalog, renames: readonly Rename[]): Promise<void> {
    await this.#rename(renames)
    const adds = diff(this.at, wanted).every(({ type }) => type === "create")
    await this.to(wanted, adds ? "expand" : "contract")
  }

  /** Everything as one revision, in one transaction where PostgreSQL allows that. */
  async whole(wanted: Catalog, renames: readonly Rename[]): Promise<void> {
    const { read } = this.#ground
    const start = this.at
    const renaming = renames.length === 0 ? [] : renameStage(renames).steps
    const first = await runWatched(
      this.#ground.connection,
      { steps: renaming, transaction: "allowed" },
      this.#rows,
    )
    const renamed = renames.length === 0 ? start : await read()
    const { steps } = plan(renamed, wanted)
    const all = [...renaming, ...steps]
    if (all.length === 0) return
    const isForbidden = (list: readonly PlannedStep[]) =>
      list.some((step) => step.transaction === "forbidden")
    const transaction = isForbidden(steps) ? "forbidden" : "allowed"
    const second = await runWatched(this.#ground.connection, { steps, transaction }, this.#rows)
    const next = await read()
    const back = renames.length === 0 ? [] : renameStage([...renames].reverse().map(reverseOf)).steps
    const removes = renames.length > 0 || diff(renamed, wanted).some(({ type }) => type !== "create")
    this.drafts.push({
      steps: all,
      transaction: isForbidden(all) ? "forbidden" : "allowed",
      phase: removes ? "contract" : "expand",
      rollback: [...plan(next, renamed).steps, ...back],
      changes: changesBetween(start, next),
      locks: [...first.locks, ...second.locks],
      rewrites: second.rewrites,
      risks: [...first.risks, ...second.risks],
    })
    this.at = next
  }

  async #rename(renames: readonly Rename[]): Promise<void> {
    if (renames.length === 0) return
    const back = renameStage([...renames].reverse().map(reverseOf))
    await this.run([renameStage(renames)], "contract", back.steps)
  }

  /** Goes to a catalog, online. */
  async to(target: Catalog, phase: Phase): Promise<void> {
    await this.run(stagesOf(plan(this.at, target).steps, this.at, target), phase)
  }

  /** @param rollback what undoes it, where no difference of catalogs says it */
  async run(stages: readonly Stage[], phase: Phase, rollback?: readonly PlannedStep[]): Promise<void> {
    let held = phase
    for (const { steps, transaction } of stages) {
      const observed = await runWatched(this.#ground.connection, { steps, transaction }, this.#rows)
      const next = phase === "migrate" ? this.at : shareWith(this.at, await this.#ground.read())
      // Code of before may not find its way with another type, and waits while all rows are written again.
      if (held === "expand" && observed.rewrites.length > 0 && steps.some(({ sql }) => changesType(sql)))
        held = "contract"
      this.drafts.push({
        steps,
        transaction,
        phase: held,
        ...(rollback === undefined ? { rollback: plan(next, this.at).steps, before: this.at } : { rollback }),
        changes: changesBetween(this.at, next),
        ...observed,
      })
      this.at = next
    }
  }

  /** Puts new columns beside the old ones, in step with them, and fills them. */
  async #begin(successions: readonly Succession[], ties: readonly Tie[]): Promise<void> {
    for (const together of byTable(successions)) {
      const beside = together.reduce((catalog, { addColumn }) => addColumn(catalog), this.at)
      const triggers = together.flatMap(({ successor }) => keepInStep(successor))
      await this.run(
        [{ transaction: "allowed", steps: [...plan(this.at, beside).steps, ...triggers] }],
        "expand",
      )
    }
    const fills = successions.map(({ successor }) => fill(successor))
    await this.run([{ transaction: "forbidden", steps: fills }], "migrate", [nothing])
    const indexes = [...ties.flatMap(({ build }) => build), ...successions.flatMap((each) => each.indexes)]
    if (indexes.length > 0) await this.run([{ transaction: "forbidden", steps: indexes }], "expand")
    const adding = [...groupBy(ties, ({ tables }) => tables.join()).values()]
    const prepared = [
      ...adding.map((list) => list.flatMap(({ add }) => add)),
      ties.flatMap(({ validate }) => validate),
    ]
    for (const steps of prepared)
      if (steps.length > 0) await this.run([{ transaction: "allowed", steps }], "expand")
  }

  /** What fails here is not the planner's. */
  async #runFills(steps: readonly PlannedStep[]): Promise<void> {
    try {
      await this.run([{ transaction: "forbidden", steps }], "migrate", [nothing])
    } catch (error) {
      if (!(error instanceof ToolError) || error.code !== "plan-not-proven") throw error
      throw new ToolError(
        "invalid-option",
        `--fill cannot be run: ${error.message.replace(/^.*failed: /, "")}`,
        {
          hint: "the expression may use the other columns of the same row, under the names that they have by then",
          cause: error,
        },
      )
    }
  }

  /** Gives rows a value in a column that has none there. */
  #fillOf(word: string): PlannedStep {
    const place = word.indexOf("=")
    const [identity, value] = [word.slice(0, place), word.slice(place + 1)]
    const column = this.at.objects.find((object) => object.kind === "column" && object.identity === identity)
    if (place < 1 || value === "" || column?.parent === undefined) {
      throw new ToolError(
        "invalid-option",
        `--fill ${word}: there is no new column of that name, or no value`,
        {
          hint: "write public.users.email='unknown': the column, and an expression for rows that have nothing in it",
          subject: word,
        },
      )
    }
    return backfill(column.parent.identity, column.name, value, `${column.name} is null`)
  }
}

/** A transaction that locks one table does not wait for another meanwhile. */
function byTable(successions: readonly Succession[]): readonly (readonly Succession[])[] {
  return [...groupBy(successions, ({ successor }) => successor.table).values()]
}

/** A rollback has to say something. */
const nothing = custom("select 'what was filled needs no undoing'")

function renameStage(renames: readonly Rename[]): Stage {
  return {
    transaction: "allowed",
    steps: renames.map((rename) => ({ ...custom(renameText(rename)), object: rename.from })),
  }
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
