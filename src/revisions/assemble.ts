import type { ProjectOptions } from "../api/options.ts"
import { ToolError } from "../diagnostic.ts"
import type { FileFacts } from "./facts.ts"
import { folderFormats } from "./formats/all.ts"
import type { FolderFile, FolderFormat, Role } from "./formats/format.ts"
import { shownPath } from "./listing.ts"
import { checkForeignId, checkId, checkLabel } from "./names.ts"
import type { Revision } from "./revision.ts"

/** The files of one folder and what they say. */
export interface ReadFiles {
  /** As shown to a person. */
  readonly folder: string
  readonly files: ReadonlyMap<string, FileFacts>
}

/** What the files of a folder are together. */
export interface Assembled {
  readonly revisions: readonly Revision[]
  /** In the order in which they run. */
  readonly repeatables: readonly Revision[]
  readonly problems: readonly ToolError[]
}

interface Recognised {
  readonly path: string
  readonly facts: FileFacts
  readonly format: FolderFormat
  readonly role: Role
}

/**
 * Makes revisions of the files of one folder: tells their format from their names and headers, chains those that no
 * header links, and gives each its rollback file.
 */
export function assemble(
  { folder, files }: ReadFiles,
  { format = "auto", names }: ProjectOptions,
): Assembled {
  const problems: ToolError[] = []
  const formats = folderFormats.filter(
    ({ name }) => format === "auto" || name === "lockstep" || name === format,
  )
  const has = (path: string) => files.has(path)

  const recognised: Recognised[] = []
  for (const [path, facts] of files) {
    const found = recognise(path, facts, formats, has)
    if (found !== undefined) recognised.push(found)
    else problems.push(unrecognized(shownPath(folder, path), facts, format))
  }
  problems.push(...mixed(recognised, folder))

  const downs = new Map<string, { readonly file: string; readonly facts: FileFacts }>()
  for (const { path, facts, role } of recognised) {
    if (role.kind !== "down") continue
    const [of] = role.of
    const file = shownPath(folder, path)
    if (of === undefined) problems.push(orphan(file, `${file} has no forward file beside it`))
    else if (downs.has(of)) problems.push(orphan(file, `${shownPath(folder, of)} has two rollback files`))
    else downs.set(of, { file, facts })
  }

  const revisions: Revision[] = []
  const repeatables: Revision[] = []
  const forward = recognised.filter(({ role }) => role.kind !== "down")
  for (const { name } of formats) {
    const group = forward.filter(({ format }) => format.name === name)
    for (const revision of chained(group, folder, downs, problems)) {
      const check = revision.format === "lockstep" ? checkId(revision.id, names) : checkForeignId(revision.id)
      for (const error of [check, ...revision.labels.map((label) => checkLabel(label, names))]) {
        if (error !== undefined) problems.push(at(revision.file, error))
      }
      if (revision.repeatable) repeatables.push(revision)
      else revisions.push(revision)
    }
  }
  return { revisions, repeatables, problems }
}

function recognise(
  path: string,
  facts: FileFacts,
  formats: readonly FolderFormat[],
  has: (path: string) => boolean,
): Recognised | undefined {
  const file: FolderFile = { path, headerId: facts.header.revision, headerTitle: facts.header.title }
  for (const format of formats) {
    const role = format.role(file, has)
    if (role !== undefined) return { path, facts, format, role }
  }
  return undefined
}

/** Makes the revisions of one format; where no header links them, each follows the one before it. */
function chained(
  group: readonly Recognised[],
  folder: string,
  downs: ReadonlyMap<string, { readonly file: string; readonly facts: FileFacts }>,
  problems: ToolError[],
): Revision[] {
  const format = group[0]?.format
  if (format === undefined) return []
  const forward = group.flatMap(({ path, facts, role }) =>
    role.kind === "down" ? [] : [{ path, facts, role }],
  )
  if (!format.linked) forward.sort((a, b) => format.compare(a.role.id, b.role.id))

  const numbers = new Map<string, string>()
  let previous: string | undefined
  return forward.map(({ path, facts, role }) => {
    const file = shownPath(folder, path)
    const down = downs.get(path)
    if (down !== undefined && facts.rollback !== "missing") {
      problems.push(orphan(down.file, `${file} has a rollback section and a rollback file`))
    }
    const isRollback = down !== undefined && (!down.facts.empty || facts.empty)
    const repeatable = role.kind === "repeatable"
    const number = repeatable ? undefined : format.number(role.id)
    const other = number === undefined ? undefined : numbers.get(number)
    if (other !== undefined) problems.push(duplicateNumber(number ?? "", other, file))
    else if (number !== undefined) numbers.set(number, file)

    const { header } = facts
    const parents = format.linked ? header.parents : repeatable || previous === undefined ? [] : [previous]
    if (!repeatable) previous = role.id
    return revisionOf(facts, {
      id: role.id,
      title: role.title,
      parents,
      file,
      format: facts.tool ?? format.name,
      repeatable,
      ...(isRollback ? { downFile: down.file } : {}),
      rollback: isRollback ? "sql" : facts.rollback,
    })
  })
}

type Placed = Pick<
  Revision,
  "id" | "title" | "parents" | "file" | "format" | "repeatable" | "downFile" | "rollback"
>

function revisionOf({ header, language, transaction, checksum }: FileFacts, placed: Placed): Revision {
  const { revision: _, noRollback: __, ...said } = header
  return Object.assign(said, placed, { language, transaction, checksum })
}

function unrecognized(file: string, { language, header }: FileFacts, format: string): ToolError {
  const hint =
    language === "sql"
      ? "give it a header (-- revision: <id>, -- parent: <id>), a name like 0042_add_phone.sql, or move it away"
      : "give it a header (// revision: <id>, // parent: <id>), or a name that begins with _ if it is no revision"
  const expected = format === "auto" ? "any known format" : `the format ${format}`
  return new ToolError("unrecognized-file", `${file} is no revision of ${expected}`, {
    hint,
    location: { file, line: 1 },
    subject: file,
    ...(header.parents.length > 0 ? { details: ["its header has a parent but no revision line"] } : {}),
  })
}

/** Two formats without links in one folder: nobody can say which chain goes first. */
function mixed(recognised: readonly Recognised[], folder: string): ToolError[] {
  const chains = recognised.filter(({ format }) => !format.linked)
  const [first] = chains
  const second = chains.find(({ format }) => format !== first?.format)
  if (first === undefined || second === undefined) return []
  const details = [first, second].map(({ path, format }) => `${shownPath(folder, path)}  (${format.name})`)
  return [
    new ToolError("mixed-formats", `the folder ${folder} holds files of two formats`, {
      details,
      hint: 'keep each in a folder of its own and name both in the "migrations" setting',
      subject: folder,
    }),
  ]
}

function orphan(file: string, message: string): ToolError {
  return new ToolError("orphan-rollback", message, { location: { file, line: 1 }, subject: file })
}

function duplicateNumber(number: string, first: string, second: string): ToolError {
  return new ToolError("duplicate-number", `two files have the number ${number}`, {
    details: [first, second],
    hint: "rename the one that is not applied anywhere yet",
    subject: second,
    data: { files: [first, second] },
  })
}

function at(file: string, error: ToolError): ToolError {
  return new ToolError(error.code, error.message, { ...error.facts, location: { file, line: 1 } })
}
