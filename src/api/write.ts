import { randomBytes } from "node:crypto"
import { ToolError } from "../diagnostic.ts"
import type { RevisionFolder } from "../revisions/folder.ts"
import { asOneWriter } from "../revisions/one-writer.ts"
import { resolveMany, resolveOne } from "../revisions/resolve.ts"
import type { Revision } from "../revisions/revision.ts"
import {
  mergeRevision,
  rebaseRevision,
  type NewRevisionOptions as WriteNewOptions,
  type WrittenFile,
  type WrittenRevision,
  newRevision as writeNewRevision,
} from "../revisions/write.ts"
import { openTarget } from "../runner/target.ts"
import { checkOptions, type OptionKinds, projectKinds, targetKinds } from "./check-options.ts"
import type { ProjectOptions, TargetOptions } from "./options.ts"
import { openProject, type RevisionSummary, summary } from "./project.ts"

/** What the functions that write revision files need besides the project. */
export interface WriteOptions extends ProjectOptions {
  /** For file names, ids and the `created` header. Default: now. */
  readonly now?: Date
  /** Returns that many random bytes, for ids. Default: from the operating system. */
  readonly random?: (count: number) => Uint8Array
  /** False: only say what would be written. Default: true. */
  readonly write?: boolean
}

const writeKinds: OptionKinds<WriteOptions> = {
  ...projectKinds,
  now: "date",
  random: "function",
  write: "flag",
}

export type { WrittenFile, WrittenRevision }

export interface NewRevisionOptions
  extends WriteOptions,
    Omit<WriteNewOptions, keyof WriteOptions | "parents"> {
  /** What it follows, in any form that names revisions; `base` for nothing. Default: the only head. */
  readonly parents?: readonly string[]
}

const authoredKinds = {
  ...writeKinds,
  title: "text",
  labels: "list",
  dependsOn: "list",
  phase: ["expand", "migrate", "contract"],
  transaction: ["none"],
  statementTimeout: "text",
  version: "text",
  author: "text",
  why: "text",
  accepts: "objects",
  renames: "list",
  drops: "list",
  replaces: "list",
  up: "text",
  verify: "text",
  rollback: "text",
  noRollback: "text",
  template: "text",
  id: "text",
  folder: "text",
  before: "objects",
} as const

const newKinds: OptionKinds<NewRevisionOptions> = {
  ...authoredKinds,
  language: ["sql", "typescript"],
  parents: "list",
}

/**
 * Writes the file of a new revision, linked to the current head.
 *
 * @throws ToolError `multiple-heads` where no parent is named and there are several; `invalid-revision-id`,
 *   `invalid-branch-label`, `duplicate-revision`, `unknown-dependency`, `file-exists`
 */
export async function newRevision(options: NewRevisionOptions): Promise<WrittenRevision> {
  checkOptions(options, newKinds, ["title"])
  return alone(options, async () => {
    const { folder } = await openProject(options)
    const { parents, ...rest } = options
    return writeNewRevision(folder, {
      ...rest,
      ...sources(options),
      ...(parents === undefined ? {} : { parents: parents.flatMap((word) => placesOf(folder, word, rest)) }),
    })
  })
}

function alone<T>(options: WriteOptions, write: () => Promise<T>): Promise<T> {
  return options.write === false ? write() : asOneWriter(options, write)
}

/** What is not written yet is named by its id. */
function placesOf(
  folder: RevisionFolder,
  word: string,
  { before = [] }: Pick<NewRevisionOptions, "before">,
): readonly string[] {
  return before.some(({ id }) => id === word) ? [word] : idsOf(folder, [word])
}

export interface MergeOptions
  extends WriteOptions,
    Omit<WriteNewOptions, keyof WriteOptions | "parents" | "title" | "language"> {
  /** The revisions to join. Default: all heads. */
  readonly revisions?: readonly string[]
  /** Default: `merge <a> and <b>`. */
  readonly title?: string
}

const mergeKinds: OptionKinds<MergeOptions> = { ...authoredKinds, revisions: "list" }

/**
 * Writes a revision without statements that joins several heads.
 *
 * @throws ToolError `nothing-to-merge`, and what `newRevision` throws
 */
export async function merge(options: MergeOptions = {}): Promise<WrittenRevision> {
  checkOptions(options, mergeKinds)
  return alone(options, async () => {
    const { folder } = await openProject(options)
    const { revisions = ["heads"], ...rest } = options
    return mergeRevision(folder, idsOf(folder, revisions), { ...rest, ...sources(options) })
  })
}

export interface RebaseOptions extends WriteOptions, TargetOptions {
  readonly revision: string
  /** What it shall follow. Default: the head that it does not lead to; the only head where it is out of order. */
  readonly onto?: readonly string[]
  /** Asks the database whether the revision is applied there, and refuses then. Default: where an address is given. */
  readonly withDatabase?: boolean
}

const rebaseKinds: OptionKinds<RebaseOptions> = {
  ...writeKinds,
  ...targetKinds,
  revision: "text",
  onto: "list",
  withDatabase: "flag",
}

export interface RebaseResult {
  /** The files whose parent changed. */
  readonly rebased: readonly WrittenRevision[]
}

/**
 * Moves a revision that is not applied onto the new head: the usual cure where two pull requests met. What follows
 * it moves along; an applied revision that follows it stays where it is and follows what it followed.
 *
 * @throws ToolError `revision-applied`, `nothing-to-rebase`, `ambiguous-revision`, `not-rebasable`
 */
export async function rebase(options: RebaseOptions): Promise<RebaseResult> {
  checkOptions(options, rebaseKinds, ["revision"])
  const { folder } = await openProject(options)
  const { graph } = folder
  const applied = await appliedOf(options)
  const named = resolveOne(graph, applied, options.revision)
  if (applied.has(named.id)) throw isApplied(named)
  const stays = graph.children(named.id).filter(({ id }) => applied.has(id))
  const onto =
    options.onto === undefined ? newHead(folder, named, stays) : resolveMany(graph, applied, options.onto)
  const moved = options.onto === undefined ? start(folder, named, onto, applied) : named
  const rebased = stays.map((child) => {
    const parents = child.parents.flatMap((id) => (id === named.id ? named.parents : [id]))
    return rebaseRevision(folder, child.id, parents, options)
  })
  const after = stays.length === 0 || options.write === false ? folder : (await openProject(options)).folder
  const ids = onto.map(({ id }) => id)
  return { rebased: [...rebased, rebaseRevision(after, moved.id, ids, options)] }
}

/** The head that `named` does not lead to. Where applied revisions follow it, the head that they lead to. */
function newHead(
  { graph }: RevisionFolder,
  named: Revision,
  stays: readonly Revision[],
): readonly Revision[] {
  const above = graph.descendants([named.id])
  const others = graph.heads.filter(({ id }) => stays.length > 0 || !above.has(id))
  const [head, ...more] = others
  if (head === undefined) {
    throw new ToolError("nothing-to-rebase", `${named.id} is on the way to the only head`, {
      hint: "name another place with --onto",
      subject: named.id,
    })
  }
  if (more.length > 0) {
    throw new ToolError("ambiguous-revision", `there are ${others.length} heads to rebase ${named.id} onto`, {
      details: others.map(({ id, title, file }) => `${id} ${title} (${file})`),
      hint: `name one: --onto ${head.id}`,
      subject: named.id,
    })
  }
  return others
}

/** Where the branch of `named` begins: naming its last revision moves all of it. */
function start(
  { graph }: RevisionFolder,
  named: Revision,
  onto: readonly Revision[],
  applied: ReadonlySet<string>,
): Revision {
  const there = graph.ancestors(onto.map(({ id }) => id))
  for (let first = named; ; ) {
    const below = graph.parents(first.id).filter(({ id }) => !there.has(id) && !applied.has(id))
    const [only, ...others] = below
    if (only === undefined || others.length > 0) return first
    first = only
  }
}

function isApplied({ id, title }: Revision): ToolError {
  return new ToolError("revision-applied", `${id} (${title}) is applied in this database`, {
    hint: "a revision that ran keeps its place; rebase the one that is pending",
    subject: id,
  })
}

async function appliedOf(options: RebaseOptions): Promise<ReadonlySet<string>> {
  const hasAddress = options.url !== undefined || options.connect !== undefined
  if (!(options.withDatabase ?? hasAddress)) return new Set()
  const target = await openTarget({ ...options, command: "rebase", writes: false })
  try {
    return new Set(target.history.applied.keys())
  } finally {
    await target.close()
  }
}

export interface RevertOptions extends WriteOptions {
  readonly revision: string
  /** Default: `revert <title>`. */
  readonly title?: string
}

const revertKinds: OptionKinds<RevertOptions> = { ...writeKinds, revision: "text", title: "text" }

export interface RevertResult extends WrittenRevision {
  readonly reverts: RevisionSummary
  /** False where the revision has no rollback section: then the new file holds a place to write it. */
  readonly complete: boolean
}

/**
 * Writes a new revision that compensates an older one: what its rollback section says moves forward, and what it did
 * is the rollback. It comes after the head like any other, and is reviewed and deployed like any other.
 */
export async function revert(options: RevertOptions): Promise<RevertResult> {
  checkOptions(options, revertKinds, ["revision"])
  return alone(options, () => writeRevert(options))
}

async function writeRevert(options: RevertOptions): Promise<RevertResult> {
  const project = await openProject(options)
  const { graph } = project.folder
  const reverted = resolveOne(graph, new Set(), options.revision)
  const script = await project.readScript(reverted)
  const isSql = reverted.language === "sql"
  const up = isSql ? script.down?.text.trim() : undefined
  const written = writeNewRevision(project.folder, {
    ...options,
    ...sources(options),
    title: options.title ?? `revert ${reverted.title}`,
    why: `reverts ${reverted.id}${script.noRollback === undefined ? "" : `, of which it is said: ${script.noRollback}`}`,
    phase: "contract",
    ...(reverted.transaction === "none" ? { transaction: "none" as const } : {}),
    ...(up === undefined ? {} : { up, rollback: script.up.text.trim() }),
  })
  return { ...written, reverts: summary(reverted), complete: up !== undefined }
}

function idsOf({ graph }: RevisionFolder, words: readonly string[]): readonly string[] {
  return resolveMany(graph, new Set(), words).map(({ id }) => id)
}

function sources({ now, random }: WriteOptions): Pick<WriteNewOptions, "now" | "random"> {
  return { now: now ?? new Date(), random: random ?? randomBytes }
}
