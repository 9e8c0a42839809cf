import { mkdirSync, rmSync, writeFileSync } from "node:fs"
import { dirname, resolve } from "node:path"
import type { ProjectOptions } from "../api/options.ts"
import { ToolError } from "../diagnostic.ts"
import { notWritable } from "../file-error.ts"
import { type Authored, fileExtension, foreignText, revisionText } from "./author.ts"
import { findRevision } from "./find.ts"
import type { RevisionFolder } from "./folder.ts"
import { folderFormats } from "./formats/all.ts"
import type { FolderFormat, RevisionFiles } from "./formats/format.ts"
import { foldersOf, shownPath } from "./listing.ts"
import { type Moment, momentOf } from "./moment.ts"
import { checkId, checkLabel } from "./names.ts"
import { fileNameOf, newId, slugOf } from "./naming.ts"
import { multipleHeads } from "./resolve.ts"
import type { Revision } from "./revision.ts"
import type { WrittenFile, WrittenRevision } from "./written.ts"

export { rebaseRevision } from "./rebase.ts"
export type { WrittenFile, WrittenRevision } from "./written.ts"

/** What every function that writes needs besides the project. */
export interface WriteOptions extends ProjectOptions {
  readonly now: Date
  /** Returns that many random bytes, for ids. */
  readonly random: (count: number) => Uint8Array
  /** False: only say what would be written. Default: true. */
  readonly write?: boolean
}

/** A new revision. Sections are SQL, or the bodies of `up` and `down` of a TypeScript revision. */
export interface NewRevisionOptions extends WriteOptions, Authored {
  /** Ids that it follows; none for a base. Default: the head, or the last file of a folder of another tool. */
  readonly parents?: readonly string[]
  /** Default: made in the configured style. */
  readonly id?: string
  /** Which of several folders. Default: that of its first parent. */
  readonly folder?: string
  /** What is written before it in the same go, and may not be there yet because nothing is really written. */
  readonly before?: readonly WrittenRevision[]
}

/**
 * Writes the file of a new revision: with a header that links it, or, in a folder of another tool, named and laid out
 * as the files there are. There too it gets a header where it needs one: it does not follow the last file, starts a
 * branch, depends on something, or is TypeScript.
 *
 * @throws ToolError `multiple-heads` where no parent is named and there are several; `unknown-revision`,
 * `unknown-dependency`, `invalid-revision-id`, `invalid-branch-label`, `duplicate-revision`, `duplicate-branch-label`,
 * `file-exists`, `not-writable`
 */
export function newRevision(folder: RevisionFolder, options: NewRevisionOptions): WrittenRevision {
  const { graph } = folder
  const { id, names, labels = [], dependsOn = [] } = options
  const parents = options.parents ?? onlyHead(folder)
  const known = parents.map(
    (parent) => graph.get(parent) ?? unwritten(options.before, parent) ?? findRevision(graph, parent),
  )
  for (const word of dependsOn) {
    if (graph.get(word) === undefined && graph.branches.get(word) === undefined) {
      throw new ToolError("unknown-dependency", `${word} is neither a revision nor a branch label`, {
        subject: word,
        hint: "`lockstep history` lists the revisions, `lockstep branches` the labels",
      })
    }
  }
  refuseLabels(folder, labels, options)
  if (id !== undefined) {
    const error = checkId(id, names)
    if (error !== undefined) throw error
    if (isTaken(folder, id)) {
      throw new ToolError("duplicate-revision", `there is a revision ${id} already`, {
        subject: id,
        hint: `choose another id; \`lockstep show ${id}\` tells what that one does`,
      })
    }
  }

  const place = placeOf(folder, options, known)
  const moment = momentOf(options.now, names?.timezone)
  const written = asForeign(place, known, options, moment) ?? asOwn(folder, place, known, options, moment)
  if (options.write !== false) writeNew(resolve(options.root ?? "."), written.files)
  return written
}

/** What has to be known of a revision that another one follows. */
type Parent = Pick<Revision, "id" | "file">

function unwritten(before: NewRevisionOptions["before"], id: string): Parent | undefined {
  const written = before?.find((each) => each.id === id)
  return written && { id, file: written.files[0]?.path ?? "" }
}

/**
 * Writes a revision without statements that joins several heads.
 *
 * @throws ToolError `nothing-to-merge` where fewer than two are named, or one descends from another; what
 * `newRevision` throws
 */
export function mergeRevision(
  folder: RevisionFolder,
  ids: readonly string[],
  options: Omit<NewRevisionOptions, "parents" | "title" | "language"> & { readonly title?: string },
): WrittenRevision {
  const { graph } = folder
  const parents = [...new Set(ids.map((id) => graph.get(id)?.id ?? findRevision(graph, id).id))]
  if (parents.length < 2) {
    throw new ToolError("nothing-to-merge", "a merge joins at least two revisions", {
      hint: "`lockstep heads` lists what there is to join",
    })
  }
  for (const id of parents) {
    const above = parents.find((other) => other !== id && graph.ancestors([other]).has(id))
    if (above !== undefined) {
      throw new ToolError("nothing-to-merge", `${above} comes after ${id} already`, {
        subject: id,
        hint: `leave ${id} out: what follows ${above} has it`,
      })
    }
  }
  const title = options.title ?? `merge ${parents.slice(0, 3).join(" and ")}`
  return newRevision(folder, { ...options, title, parents, up: "", rollback: "" })
}

function onlyHead({ graph }: RevisionFolder): readonly string[] {
  const { heads } = graph
  if (heads.length > 1) throw multipleHeads("head", undefined, heads)
  return heads.map(({ id }) => id)
}

function refuseLabels(
  { graph }: RevisionFolder,
  labels: readonly string[],
  { names }: NewRevisionOptions,
): void {
  for (const label of labels) {
    const error = checkLabel(label, names)
    if (error !== undefined) throw error
    const other = graph.branches.get(label) ?? graph.get(label)
    if (other === undefined) continue
    throw new ToolError(
      "duplicate-branch-label",
      `the label ${label} is taken by ${other.id} (${other.title})`,
      {
        subject: label,
        hint: "what descends from there carries it already",
      },
    )
  }
}

function isTaken({ graph, repeatables }: RevisionFolder, id: string): boolean {
  return graph.get(id) !== undefined || graph.branches.has(id) || repeatables.some((other) => other.id === id)
}

/** The folder that a new file goes into. */
interface Place {
  readonly shown: string
  /** The last file there of a format whose order is the chain, and that format. */
  readonly last: { readonly revision: Revision; readonly format: FolderFormat } | undefined
  /** No file there has a header. */
  readonly isForeign: boolean
}

function placeOf(folder: RevisionFolder, options: NewRevisionOptions, parents: readonly Parent[]): Place {
  const folders = foldersOf(options)
  const [first] = folders
  const wanted =
    options.folder === undefined ? undefined : foldersOf({ ...options, migrations: options.folder })[0]
  const [parent] = parents
  const beside = parent && folders.find(({ shown }) => isIn(parent, shown))
  const shown = (wanted ?? beside ?? first)?.shown ?? "migrations"

  const inside = folder.graph.revisions.filter((revision) => isIn(revision, shown))
  const format = formatOf(inside, shown)
  const chain = format && inside.filter((revision) => revision.format !== "lockstep")
  const revision = chain?.sort((a, b) => format?.compare(a.id, b.id) ?? 0).at(-1)
  return {
    shown,
    last: format === undefined || revision === undefined ? undefined : { revision, format },
    isForeign: inside.length > 0 && inside.every((other) => other.format !== "lockstep"),
  }
}

/** The format without links that the folder has. */
function formatOf(inside: readonly Revision[], shown: string): FolderFormat | undefined {
  const foreign = inside.find((revision) => revision.format !== "lockstep")
  if (foreign === undefined) return undefined
  const file = { path: within(foreign.file, shown), headerId: undefined, headerTitle: undefined }
  return folderFormats.find((format) => format.role(file, () => false)?.kind === "revision")
}

function isIn({ file }: Parent, shown: string): boolean {
  return shown === "." || file.startsWith(`${shown}/`)
}

function within(file: string, shown: string): string {
  return shown === "." ? file : file.slice(shown.length + 1)
}

/** A file like the others, where the folder belongs to another tool and nothing asks for a header. */
function asForeign(
  { shown, last, isForeign }: Place,
  parents: readonly Parent[],
  options: NewRevisionOptions,
  moment: Moment,
): WrittenRevision | undefined {
  const { language = "sql", labels = [], dependsOn = [], id, template, names = {} } = options
  const needsHeader =
    language !== "sql" ||
    labels.length > 0 ||
    dependsOn.length > 0 ||
    id !== undefined ||
    template !== undefined
  const follows = parents.length === 1 && parents[0]?.id === last?.revision.id
  if (last === undefined || !isForeign || needsHeader || !follows) return undefined

  const { revision, format } = last
  const { file, downFile } = revision
  const backward = downFile === undefined ? {} : { backward: within(downFile, shown) }
  const slug = slugOf(options.title, names)
  const files = format.successor?.({ forward: within(file, shown), ...backward }, slug, moment)
  if (files === undefined) return undefined
  const contents = foreignText(options, revision.format, files.backward !== undefined)
  const role = format.role({ path: files.forward, headerId: undefined, headerTitle: undefined }, () => false)
  return {
    id: role?.kind === "revision" ? role.id : slug,
    title: options.title,
    parents: [revision.id],
    files: pathsOf(files).map((path, index) => ({
      path: shownPath(shown, path),
      content: (index === 0 ? contents.forward : contents.backward) ?? "",
    })),
  }
}

function pathsOf({ forward, backward }: RevisionFiles): string[] {
  return backward === undefined ? [forward] : [forward, backward]
}

function asOwn(
  folder: RevisionFolder,
  { shown }: Place,
  parents: readonly Parent[],
  options: NewRevisionOptions,
  moment: Moment,
): WrittenRevision {
  const { names = {}, title } = options
  const sequence = nextSequence(folder) + (options.write === false ? (options.before?.length ?? 0) : 0)
  const source = { isTaken: (id: string) => isTaken(folder, id), moment, sequence, random: options.random }
  const id = options.id ?? newId(source, names)
  const invalid = checkId(id, names)
  if (invalid !== undefined) throw invalid
  const name = fileNameOf({ id, slug: slugOf(title, names), moment, sequence }, names)
  const path = shownPath(shown, `${name}${fileExtension(options)}`)
  const ids = parents.map((parent) => parent.id)
  const content = revisionText(options, { id, parents: ids, created: moment.iso })
  return { id, title, parents: ids, files: [{ path, content }] }
}

/** One more than the greatest number in front of a file name; dates do not count. */
function nextSequence({ graph }: RevisionFolder): number {
  let greatest = 0
  for (const { file, id } of graph.revisions) {
    for (const name of [file.slice(file.lastIndexOf("/") + 1), id]) {
      const [, digits] = /^(\d{1,7})(?:[^\da-f]|$)/.exec(name) ?? []
      greatest = Math.max(greatest, Number(digits ?? 0))
    }
  }
  return greatest + 1
}

/** Writes files that must not be there yet; on a failure none of them stays. */
function writeNew(root: string, files: readonly WrittenFile[]): void {
  const done: string[] = []
  for (const { path, content } of files) {
    const absolute = resolve(root, path)
    try {
      mkdirSync(dirname(absolute), { recursive: true })
      writeFileSync(absolute, content, { flag: "wx" })
      done.push(absolute)
    } catch (error) {
      for (const file of done) rmSync(file, { force: true })
      if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw notWritable(path, error)
      throw new ToolError("file-exists", `${path} is there already`, {
        hint: "choose another title, or wait a second where the name has only the time",
        subject: path,
      })
    }
  }
}
