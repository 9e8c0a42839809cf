import { randomBytes } from "node:crypto"
import { mkdirSync, renameSync } from "node:fs"
import { basename, dirname, resolve } from "node:path"
import type { Catalog } from "../catalog/catalog.ts"
import { ToolError } from "../diagnostic.ts"
import { changesBetween, describeChanges } from "../diff/object-change.ts"
import { plan } from "../plan/plan.ts"
import { archiveName } from "../revisions/archive.ts"
import { resolveRange } from "../revisions/resolve.ts"
import type { Revision } from "../revisions/revision.ts"
import type { RevisionGraph } from "../revisions/revision-graph.ts"
import { newRevision, rebaseRevision, type WrittenRevision } from "../revisions/write.ts"
import { openScratch, type ScratchOptions } from "../scratch/scratch.ts"
import { splitStatements } from "../sql/statements.ts"
import { openProject, type Project, projectOnly, type RevisionSummary, summary } from "./project.ts"
import { openRehearsal, type Rehearsal } from "./rehearsal.ts"
import type { WriteOptions } from "./write.ts"

export interface SquashOptions extends WriteOptions {
  /** `a:b`, both included; `:b` from the first revision on. */
  readonly range: string
  /** Default: `squash <first> to <last>`. */
  readonly title?: string
  /** Puts the statements of all files one behind the other, instead of what the catalog needs. Default: false. */
  readonly keepStatements?: boolean
  /** Leaves out the rows that the range writes. Default: false. */
  readonly dropRows?: boolean
  readonly scratch?: ScratchOptions
  readonly historySchema?: string
}

export interface SquashResult {
  /** The revision that replaces the others. */
  readonly revision: WrittenRevision
  readonly replaced: readonly RevisionSummary[]
  /** From where to where the files went. */
  readonly moved: readonly { readonly from: string; readonly to: string }[]
  /** Revisions that follow it now. */
  readonly rebased: readonly string[]
}

/**
 * Replaces an unbroken piece of the graph by one revision that leads to the same catalog, which is proven on scratch.
 * The files that it replaces go to `archive/<its id>`, which is still read: a database that has applied all of them
 * needs no change, and one that has applied some applies the rest.
 *
 * @throws ToolError `not-squashable`, `squash-loses-rows`, `plan-not-proven`, and what resolving and replaying throw
 */
export async function squash(options: SquashOptions): Promise<SquashResult> {
  const { root = ".", historySchema = "lockstep" } = options
  const project = await openProject(options)
  const { folder } = project
  const { between } = resolveRange(folder.graph, new Set(), options.range)
  const piece = pieceOf(folder.graph, between)
  await using scratch = await openScratch({ root, ...options.scratch })
  await using rehearsal = await openRehearsal(project, scratch, { ...options, historySchema })
  const below = folder.graph.ancestors(piece.parents)
  const run = async (revisions: readonly Revision[]) => {
    for (const revision of revisions) await rehearsal.run(revision, "up")
  }
  const beneath = folder.graph.revisions.filter(({ id }) => below.has(id))
  await run(beneath)
  const before = await rehearsal.catalog()
  const rowsBefore = await tablesWithRows(rehearsal)
  await run(between)
  const after = await rehearsal.catalog()
  if (options.keepStatements !== true && options.dropRows !== true) {
    refuseRows((await tablesWithRows(rehearsal)).filter((table) => !rowsBefore.includes(table)))
  }
  const up = options.keepStatements === true ? await statementsOf(project, between) : sqlOf(before, after)
  const rollback = sqlOf(after, before)
  await proveSame(project, scratch, { below: beneath, up, rollback }, { before, after }, options)
  return await write(project, piece, { up, rollback }, options)
}

/** A piece of the graph with one way in and one way out. */
interface Piece {
  readonly revisions: readonly Revision[]
  readonly last: Revision
  /** What its first revision follows. */
  readonly parents: readonly string[]
  /** What follows its last. */
  readonly children: readonly Revision[]
}

function pieceOf(graph: RevisionGraph, revisions: readonly Revision[]): Piece {
  const ids = new Set(revisions.map(({ id }) => id))
  const firsts = revisions.filter(({ parents }) => parents.every((id) => !ids.has(id)))
  const lasts = revisions.filter(({ id }) => graph.children(id).every((child) => !ids.has(child.id)))
  const [first] = firsts
  const [last] = lasts
  if (first === undefined || last === undefined || revisions.length < 2) {
    throw notSquashable("the range holds fewer than two revisions")
  }
  if (firsts.length > 1 || lasts.length > 1) throw notSquashable("the range has more than one end")
  for (const revision of revisions) {
    const { id, file, format, parents } = revision
    if (revision.labels.length > 0)
      throw notSquashable(`${id} begins the branch ${revision.labels.join(", ")}`)
    if (format !== "lockstep") throw notSquashable(`${file} has no header that links it`)
    const outside = graph.dependents(id).filter((other) => !ids.has(other.id))
    const hangsOn = outside[0]
    if (id !== last.id && hangsOn !== undefined)
      throw notSquashable(`${hangsOn.id} needs ${id}, inside the range`)
    if (id !== first.id && parents.some((parent) => !ids.has(parent))) {
      throw notSquashable(`${id}, inside the range, follows something outside`)
    }
  }
  return { revisions, last, parents: first.parents, children: graph.children(last.id) }
}

function notSquashable(reason: string): ToolError {
  return new ToolError("not-squashable", `these revisions cannot be replaced by one: ${reason}`, {
    hint: "lockstep history --graph draws what hangs on what",
  })
}

async function tablesWithRows({ database }: Rehearsal): Promise<readonly string[]> {
  const connection = await database.connect()
  try {
    const tables = await connection.query<{ name: string }>(
      `select c.oid::regclass::text as name from pg_catalog.pg_class c join pg_catalog.pg_namespace n on n.oid = c.relnamespace
where c.relkind = 'r' and c.oid >= 16384 and n.nspname !~ '^pg_' and n.nspname <> 'lockstep' order by 1`,
    )
    const filled: string[] = []
    for (const { name } of tables) {
      const [row] = await connection.query(`select from ${name} limit 1`)
      if (row !== undefined) filled.push(name)
    }
    return filled
  } finally {
    await connection.close()
  }
}

function refuseRows(tables: readonly string[]): void {
  if (tables.length === 0) return
  throw new ToolError("squash-loses-rows", `the range writes rows into ${tables.slice(0, 5).join(", ")}`, {
    details: tables.slice(0, 20),
    hint: "--keep-statements puts the statements of all files into the one; --drop-rows leaves the rows out",
    data: { tables },
  })
}

function sqlOf(from: Catalog, to: Catalog): string {
  return plan(from, to)
    .steps.map(({ sql }) => `${sql};`)
    .join("\n\n")
}

async function statementsOf({ readScript }: Project, revisions: readonly Revision[]): Promise<string> {
  const texts: string[] = []
  for (const revision of revisions) {
    if (revision.language !== "sql") throw notSquashable(`${revision.file} is a program`)
    const { up } = await readScript(revision)
    texts.push(`-- ${revision.id} ${revision.title}\n${up.text.trim()}`)
  }
  return texts.join("\n\n")
}

/** Runs the one in a database that has what comes before, forward and backward. */
async function proveSame(
  project: Project,
  scratch: Awaited<ReturnType<typeof openScratch>>,
  {
    below,
    up,
    rollback,
  }: { readonly below: readonly Revision[]; readonly up: string; readonly rollback: string },
  { before, after }: { readonly before: Catalog; readonly after: Catalog },
  options: SquashOptions,
): Promise<void> {
  const { historySchema = "lockstep" } = options
  await using other = await openRehearsal(project, scratch, { ...options, historySchema })
  for (const revision of below) await other.run(revision, "up")
  const connection = await other.database.connect()
  const run = async (sql: string, wanted: Catalog, direction: string) => {
    for (const statement of splitStatements({ text: sql, file: "squash", line: 1 })) {
      if (statement.copy === undefined) await connection.run(statement.sql)
      else await connection.copyIn(statement.sql, statement.copy)
    }
    const changes = changesBetween(await other.catalog(), wanted)
    if (changes.length === 0) return
    throw new ToolError("plan-not-proven", `the one revision does not lead ${direction}`, {
      details: describeChanges(changes),
      hint: "this is a defect of Lockstep: report it with the revisions; nothing was written. --keep-statements may help meanwhile",
    })
  }
  try {
    await run(up, after, "to the catalog of those that it replaces")
    await run(rollback, before, "back to what was there before them")
  } finally {
    await connection.close()
  }
}

async function write(
  project: Project,
  { revisions, last, parents, children }: Piece,
  { up, rollback }: { readonly up: string; readonly rollback: string },
  options: SquashOptions,
): Promise<SquashResult> {
  const { folder, root } = project
  const [first] = revisions
  const { write: really = true, now = new Date(), random = randomBytes } = options
  const common = { ...projectOnly(options), now, random }
  const inside = new Set(revisions.map(({ id }) => id))
  const dependsOn = [...new Set(revisions.flatMap((revision) => revision.dependsOn))].filter(
    (id) => !inside.has(id),
  )
  const kept = revisions.every(({ phase }) => phase === "expand") ? "expand" : "contract"
  const draft = newRevision(folder, {
    ...common,
    title: options.title ?? `squash ${first?.title} to ${last.title}`,
    parents,
    folder: dirname(last.file),
    ...(dependsOn.length === 0 ? {} : { dependsOn }),
    replaces: revisions.map(({ id }) => id),
    phase: kept,
    ...(revisions.some(({ transaction }) => transaction === "none") && options.keepStatements === true
      ? { transaction: "none" as const }
      : {}),
    up,
    rollback,
    write: really,
  })
  const moved = revisions.flatMap(({ file, downFile }) =>
    [file, ...(downFile === undefined ? [] : [downFile])].map((from) => ({
      from,
      to: `${dirname(file)}/${archiveName}/${draft.id}/${basename(from)}`,
    })),
  )
  if (really) {
    const { folder: both } = await openProject(options)
    for (const child of children) {
      const onto = child.parents.map((id) => (id === last.id ? draft.id : id))
      rebaseRevision(both, child.id, onto, { root })
    }
    for (const { from, to } of moved) {
      mkdirSync(dirname(resolve(root, to)), { recursive: true })
      renameSync(resolve(root, from), resolve(root, to))
    }
  }
  return { revision: draft, replaced: revisions.map(summary), moved, rebased: children.map(({ id }) => id) }
}
