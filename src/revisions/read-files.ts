import { readFileSync, statSync } from "node:fs"
import { join } from "node:path"
import { ToolError } from "../diagnostic.ts"
import { unreadable } from "../file-error.ts"
import { type RevisionCache, States } from "./cache.ts"
import { type FileFacts, readFacts } from "./facts.ts"
import { languageOf } from "./language.ts"
import { type Listing, shownPath } from "./listing.ts"

/** What the files of several folders say. */
export interface FilesRead {
  /** For each folder, what each of its files says, by its path inside the folder. */
  readonly files: readonly ReadonlyMap<string, FileFacts>[]
  /** How each folder, its subfolders and its files looked before they were read. */
  readonly states: States
  readonly problems: readonly ToolError[]
}

/** Reads what the files of folders say; those that are as the cache saw them are not opened. */
export function readFiles(listings: readonly Listing[], cache?: RevisionCache): FilesRead {
  const problems: ToolError[] = []
  const count = listings.reduce((sum, { subfolders, files }) => sum + 1 + subfolders.length + files.length, 0)
  const states = new States(cache === undefined ? 0 : count)
  const unchanged = cache?.unchanged()
  const now = Date.now()

  const read = (absolute: string, shown: string): FileFacts => {
    // Looked at before it is read: a change in between shows the next time.
    const stats = cache === undefined ? undefined : statSync(absolute)
    if (stats !== undefined) states.add(stats, now)
    const known = stats === undefined ? undefined : unchanged?.(absolute, stats)
    return known ?? readFacts(readFileSync(absolute), shown, languageOf(absolute) ?? "sql")
  }

  const files = listings.map(({ absolute, folder, subfolders, files }) => {
    if (cache !== undefined) {
      for (const path of ["", ...subfolders]) states.add(statSync(join(absolute, path)), now)
    }
    const facts = new Map<string, FileFacts>()
    for (const path of files) {
      const shown = shownPath(folder, path)
      try {
        facts.set(path, read(join(absolute, path), shown))
      } catch (error) {
        problems.push(error instanceof ToolError ? error : unreadable(shown, error))
      }
    }
    return facts
  })
  return { files, states, problems }
}
