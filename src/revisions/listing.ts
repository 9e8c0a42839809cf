import { type Dirent, readdirSync, statSync } from "node:fs"
import { isAbsolute, join, relative, resolve, sep } from "node:path"
import type { ProjectOptions } from "../api/options.ts"
import { compareText } from "../compare-text.ts"
import { type Diagnostic, ToolError } from "../diagnostic.ts"
import { unreadable } from "../file-error.ts"
import { languageOf } from "./language.ts"

/** One folder of revisions and what is in it. Reading it opens no file. */
export interface Listing {
  /** As shown to a person. */
  readonly folder: string
  readonly absolute: string
  /** Paths inside the folder of all that may be a revision or its rollback, sorted, with forward slashes. */
  readonly files: readonly string[]
  /** Folders below it that were looked into, by their paths inside the folder. */
  readonly subfolders: readonly string[]
  /** What is there and cannot be a revision, or cannot be read. */
  readonly problems: readonly ToolError[]
}

/** The folders of a project's revisions, as absolute paths and as shown to a person. */
export function foldersOf({
  root,
  migrations = "migrations",
}: ProjectOptions): { absolute: string; shown: string }[] {
  const base = resolve(root ?? ".")
  const given = typeof migrations === "string" ? [migrations] : migrations
  return [...new Set(given.map((folder) => resolve(base, folder)))].map((absolute) => {
    const below = relative(base, absolute).split(sep).join("/")
    return { absolute, shown: below === "" ? "." : isAbsolute(below) ? absolute : below }
  })
}

/** Joins the shown name of a folder with a path inside it. */
export function shownPath(folder: string, path: string): string {
  return folder === "." ? path : `${folder}/${path}`
}

/**
 * Lists a folder of revisions.
 *
 * @throws ToolError `no-migrations-folder`, `unreadable-file` for the folder itself
 */
export function listFolder(absolute: string, folder: string): Listing {
  const files: string[] = []
  const subfolders: string[] = []
  const problems: ToolError[] = []
  for (const entry of entriesOf(absolute, folder)) {
    const { name } = entry
    if (isIgnored(name)) continue
    const kind = kindOf(entry, absolute)
    if (kind === "folder") {
      subfolders.push(name)
      const below = listSubfolder(join(absolute, name), name, shownPath(folder, name))
      files.push(...below.files)
      problems.push(...below.problems)
    } else if (languageOf(name) !== undefined) {
      if (kind === "file") files.push(name)
      else problems.push(unreadable(shownPath(folder, name), kind))
    }
  }
  files.sort(compareText)
  return { folder, absolute, files, subfolders, problems }
}

/** The snapshot of the schema may lie beside the revisions; `archive` keeps what was squashed. */
const ignored = new Set(["schema.sql", "archive", "node_modules"])

function isIgnored(name: string): boolean {
  if (name.startsWith(".") || ignored.has(name)) return true
  const isSql = languageOf(name) === "sql"
  return !isSql && (name.startsWith("_") || /\.(?:test|spec)\.\w+$/.test(name))
}

const inSubfolder = /^(?:migration|up|down)\.sql$/

function listSubfolder(absolute: string, name: string, shown: string) {
  const files: string[] = []
  const problems: ToolError[] = []
  for (const entry of entriesOf(absolute, shown)) {
    const kind = kindOf(entry, absolute)
    const file = shownPath(shown, entry.name)
    if (kind === "folder" || isIgnored(entry.name) || languageOf(entry.name) === undefined) continue
    if (kind !== "file") problems.push(unreadable(file, kind))
    else if (inSubfolder.test(entry.name)) files.push(`${name}/${entry.name}`)
    else {
      problems.push(
        new ToolError("unrecognized-file", `${file} is in a folder that is not read`, {
          hint: `name ${shown} in the "migrations" setting too, or move the file`,
          location: { file, line: 1 },
          subject: file,
        }),
      )
    }
  }
  return { files, problems }
}

function entriesOf(absolute: string, shown: string): Dirent[] {
  try {
    return readdirSync(absolute, { withFileTypes: true })
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    if (code === "ENOENT") {
      throw new ToolError("no-migrations-folder", `there is no folder ${shown}`, {
        hint: "`lockstep init` makes one; in an image, check that the Dockerfile copies it",
        subject: shown,
        data: { path: absolute },
      })
    }
    throw unreadable(shown, error)
  }
}

/** "file", "folder", or why it is neither. Links are followed: mounted configuration consists of them. */
function kindOf(entry: Dirent, folder: string): string {
  if (entry.isFile()) return "file"
  if (entry.isDirectory()) return "folder"
  if (!entry.isSymbolicLink()) return "it is neither a file nor a folder"
  try {
    const target = statSync(join(folder, entry.name))
    return target.isFile()
      ? "file"
      : target.isDirectory()
        ? "folder"
        : "it links to something that is no file"
  } catch {
    return "it is a link to nothing"
  }
}

/** Throws the first of several problems, the others beside it; does nothing where there is none. */
export function refuse(problems: readonly ToolError[]): void {
  const [first, ...others] = problems
  if (first === undefined) return
  if (others.length === 0) throw first
  const also: Diagnostic[] = others.slice(0, 49).map(({ diagnostic }) => diagnostic)
  throw new ToolError(first.code, first.message, {
    ...first.facts,
    also: [...(first.facts.also ?? []), ...also],
  })
}
