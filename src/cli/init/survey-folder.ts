import { existsSync, readdirSync, readFileSync, statSync } from "node:fs"
import { join } from "node:path"
import type { ProjectOptions } from "../../api/options.ts"
import { ToolError } from "../../diagnostic.ts"
import { readFolder } from "../../revisions/folder.ts"

/** What `init` finds in a project's folder. */
export interface FolderSurvey {
  /** What a configuration is best written in. */
  readonly language: "ts" | "mjs" | "json"
  /** The first folder with revisions in it. */
  readonly migrations?: FoundFolder
}

export interface FoundFolder {
  /** Relative to the root, with forward slashes. */
  readonly path: string
  /** How many revisions it holds; absent where it cannot be read as it is. */
  readonly count?: number
  readonly formats?: readonly string[]
  /** Why it cannot be read as it is. */
  readonly problem?: string
}

/** Where projects keep their migrations, the most usual first. */
const usualFolders = [
  "migrations",
  "db/migrations",
  "database/migrations",
  "sql/migrations",
  "src/migrations",
  "src/db/migrations",
  "supabase/migrations",
  "prisma/migrations",
  "drizzle",
  "db/migrate",
  "src/main/resources/db/migration",
  "internal/db/migrations",
  "internal/database/migrations",
] as const

/** Looks at a project's folder without changing anything. */
export async function surveyFolder(root: string, options: ProjectOptions): Promise<FolderSurvey> {
  const language = languageOf(root)
  for (const path of usualFolders) {
    const found = await lookInto(root, path, options)
    if (found !== undefined) return { language, migrations: found }
  }
  return { language }
}

/** Reads one folder; undefined where it does not exist or holds no files. */
export async function lookInto(
  root: string,
  path: string,
  options: ProjectOptions,
): Promise<FoundFolder | undefined> {
  const absolute = join(root, path)
  if (!existsSync(absolute) || !statSync(absolute).isDirectory()) return undefined
  if (readdirSync(absolute).every((name) => name.startsWith("."))) return undefined
  try {
    const { revisions, repeatables } = await readFolder({
      ...options,
      root,
      migrations: path,
      cache: false,
    })
    const all = [...revisions, ...repeatables]
    const formats = [...new Set(all.map(({ format }) => format))]
    return { path, count: all.length, formats }
  } catch (error) {
    if (error instanceof ToolError) return { path, problem: error.message }
    throw error
  }
}

function languageOf(root: string): FolderSurvey["language"] {
  const manifest = join(root, "package.json")
  if (existsSync(join(root, "tsconfig.json"))) return "ts"
  if (!existsSync(manifest)) return "json"
  return /"typescript"\s*:/.test(readFileSync(manifest, "utf8")) ? "ts" : "mjs"
}
