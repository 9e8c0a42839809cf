import { existsSync, readFileSync } from "node:fs"
import { basename, join } from "node:path"
import type { ProjectOptions } from "../api/options.ts"
import { readFacts } from "../revisions/facts.ts"
import { languageOf } from "../revisions/language.ts"
import { foldersOf } from "../revisions/listing.ts"
import { gitChanges } from "./git.ts"

/** One file of a folder of revisions that means something else than at another commit. */
export interface ChangedFile {
  readonly file: string
  /** `shared`: no revision itself, but code that revisions may import. */
  readonly change: "added" | "edited" | "removed" | "shared"
}

/** What changed in the revisions of one project. */
export interface ChangedRevisions {
  /** The commit that was compared with. */
  readonly commit: string
  readonly files: readonly ChangedFile[]
}

/** Says which revisions mean something else than at a commit: comments, white space and a README do not count. */
export async function changedRevisions(options: ProjectOptions, since: string): Promise<ChangedRevisions> {
  const root = options.root ?? "."
  const folders = foldersOf(options)
  const { commit, changed, readAt } = await gitChanges(
    root,
    since,
    folders.map(({ absolute }) => absolute),
  )
  const files: ChangedFile[] = []
  for (const file of changed) {
    const language = languageOf(basename(file))
    if (language === undefined || basename(file) === "schema.sql") continue
    const path = join(root, file)
    const change = changeOf(
      file,
      language,
      await readAt(file),
      existsSync(path) ? readFileSync(path) : undefined,
    )
    if (change !== undefined) files.push({ file, change })
  }
  return { commit, files }
}

function changeOf(
  file: string,
  language: "sql" | "typescript",
  before: Buffer | undefined,
  now: Buffer | undefined,
): ChangedFile["change"] | undefined {
  const isShared = language === "typescript" && basename(file).startsWith("_")
  const meaning = (bytes: Buffer) => meaningOf(bytes, file, language)
  if (before !== undefined && now !== undefined && meaning(before) === meaning(now)) return undefined
  if (isShared) return "shared"
  if (before === undefined) return "added"
  return now === undefined ? "removed" : "edited"
}

/** What of a file counts; of one that cannot be read as a revision, every byte does. */
function meaningOf(bytes: Buffer, file: string, language: "sql" | "typescript"): string {
  try {
    const { checksum, header } = readFacts(bytes, file, language)
    const { revision, parents, phase } = header
    return JSON.stringify([checksum, revision, parents, phase])
  } catch {
    return bytes.toString("base64")
  }
}
