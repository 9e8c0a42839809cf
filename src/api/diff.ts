import { asRole } from "../catalog/as-role.ts"
import type { Catalog } from "../catalog/catalog.ts"
import { changesBetween, type ObjectChange } from "../diff/object-change.ts"
import { type Plan, plan } from "../plan/plan.ts"
import { printScript } from "../plan/print.ts"
import { openScratch, type Scratch, type ScratchOptions } from "../scratch/scratch.ts"
import {
  type CatalogSource,
  needsScratch,
  type ReadOptions,
  readDatabase,
  readLoaded,
} from "./catalog-source.ts"
import { countLosses, withCounts } from "./count-losses.ts"
import type { ProjectOptions } from "./options.ts"
import { readLive } from "./read-live.ts"

export interface DiffOptions extends ReadOptions, Pick<ProjectOptions, "cache"> {
  readonly from: CatalogSource
  readonly to: CatalogSource
  /** Where SQL and revisions are loaded. Default: the embedded server, of the major version of a live side. */
  readonly scratch?: ScratchOptions
}

export interface DiffResult {
  readonly equal: boolean
  readonly changes: readonly ObjectChange[]
  /** The psql script that leads from one to the other, transactions written out; empty where they are equal. */
  readonly sql: string
  /** What the script would lose, one entry a statement. */
  readonly losses: readonly { readonly loses: string; readonly sql: string }[]
}

/**
 * Compares the structures of two databases, each given as a live database, SQL files, revisions, or nothing. Live
 * databases are only read.
 *
 * @throws ToolError `unmodelled-object`, `schema-not-loadable`, `embedded-server-missing`, and what `openTarget` and
 *   `upgrade` throw
 */
export async function diff(options: DiffOptions): Promise<DiffResult> {
  const sides = await readSides(options)
  if (sides === "alike") return { equal: true, changes: [], sql: "", losses: [] }
  const [from, to] = sides
  const planned = plan(from, to)
  const counts =
    options.from.kind === "database" && planned.steps.some(({ losesData }) => losesData !== undefined)
      ? await countLosses(options.from.target, from, planned.steps)
      : new Map<string, string>()
  return resultOf(from, to, { ...planned, steps: withCounts(planned.steps, counts) })
}

/** Reads two sources; not those that are alike, which two live databases often are. */
async function readSides(options: DiffOptions): Promise<readonly [Catalog, Catalog] | "alike"> {
  const { from, to, scratch: _, ...selection } = options
  if (from.kind !== "database" || to.kind !== "database") return readBoth(options)
  const sides = await readLive(from.target, to.target, selection)
  return sides === "alike" ? sides : [sides[0], asRole(sides[1], sides[0].role)]
}

/** Reads two sources; scratch, where it is needed, has the major version of the live side. */
export async function readBoth({
  from,
  to,
  scratch,
  ...options
}: DiffOptions): Promise<readonly [Catalog, Catalog]> {
  const live = await Promise.all(
    [from, to].map((source) =>
      source.kind === "database" ? readDatabase(source.target, options) : undefined,
    ),
  )
  const liveSide = live.find((catalog) => catalog !== undefined)
  const major = majorOf(liveSide)
  // What is loaded on scratch belongs to the scratch server's superuser, and is meant to belong to whoever runs it.
  const liveRole = liveSide?.role
  const sides: Catalog[] = []
  await using opened =
    needsScratch(from) || needsScratch(to) ? await openScratch({ ...major, ...scratch }) : undefined
  for (const [place, source] of [from, to].entries()) {
    const loaded = live[place] ?? (await readSource(source, opened as Scratch, options))
    sides.push(liveRole === undefined ? loaded : asRole(loaded, liveRole))
  }
  return sides as unknown as readonly [Catalog, Catalog]
}

function majorOf(catalog: Catalog | undefined): { readonly major?: number } {
  return catalog === undefined ? {} : { major: Math.floor(catalog.serverVersion / 10_000) }
}

async function readSource(
  source: CatalogSource,
  scratch: Scratch,
  options: Omit<DiffOptions, "from" | "to" | "scratch">,
): Promise<Catalog> {
  return source.kind === "database"
    ? readDatabase(source.target, options)
    : readLoaded(source, scratch, options)
}

/** Compares two catalogs, and plans the way between them. */
export function compare(from: Catalog, to: Catalog): DiffResult {
  return resultOf(from, to, plan(from, to))
}

function resultOf(from: Catalog, to: Catalog, planned: Plan): DiffResult {
  const changes = changesBetween(from, to)
  return {
    equal: changes.length === 0,
    changes,
    sql: printScript(planned),
    losses: planned.steps.flatMap(({ losesData, sql }) =>
      losesData === undefined ? [] : [{ loses: losesData, sql }],
    ),
  }
}
