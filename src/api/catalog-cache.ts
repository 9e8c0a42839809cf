import { createHash, randomBytes } from "node:crypto"
import {
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from "node:fs"
import { join, resolve } from "node:path"
import { gunzipSync, gzipSync } from "node:zlib"
import type { Catalog } from "../catalog/catalog.ts"
import type { Source } from "../sql/source.ts"
import { userCacheFolder } from "../user-cache.ts"
import { version } from "../version.ts"
import type { ProjectOptions } from "./options.ts"
import { openProject } from "./project.ts"

/**
 * Returns what a catalog depends on that is made on scratch from revisions: everything that runs, in which order, and how
 * it is read. Undefined where that is not known, because a program may do anything.
 *
 * @param reading how the catalog is read, and by which server: plain data
 */
export async function keyOfRevisions(
  project: ProjectOptions,
  to: readonly string[],
  reading: unknown,
): Promise<string | undefined> {
  const { folder } = await openProject(project)
  const all = [...folder.revisions, ...folder.repeatables]
  if (all.some(({ language }) => language !== "sql")) return undefined
  const order = all.map(({ id, parents, transaction }) => [id, parents, transaction])
  return keyOf(["revisions", folder.digest, order, to, project.variables ?? null, reading])
}

/** The same of SQL that describes a schema. */
export function keyOfSources(sources: readonly Source[], reading: unknown): string {
  return keyOf(["sql", sources.map(({ text }) => text), reading])
}

/** Returns the key of what a subject leads to, with this version of Lockstep. */
export function keyOf(subject: unknown): string {
  return createHash("sha256")
    .update(JSON.stringify([version, ownState(), subject]))
    .digest("hex")
}

/** While Lockstep itself is worked on, its version says nothing; the state of its files does. */
function ownState(): number {
  return statSync(new URL(import.meta.url)).mtimeMs
}

/** Returns a catalog that was kept, or undefined; where it cannot be read it is made anew. */
export function keptCatalog(place: ProjectOptions["cache"], key: string): Catalog | undefined {
  try {
    const file = fileOf(place, key)
    const catalog = JSON.parse(gunzipSync(readFileSync(file)).toString("utf8")) as Catalog
    const now = new Date()
    utimesSync(file, now, now)
    return catalog
  } catch {
    return undefined
  }
}

/** Keeps a catalog, where the cache can be written; a cache that cannot is no failure. */
export function keepCatalog(place: ProjectOptions["cache"], key: string, catalog: Catalog): void {
  try {
    const file = fileOf(place, key)
    mkdirSync(folderOf(place), { recursive: true, mode: 0o700 })
    const temporary = `${file}.${randomBytes(4).toString("hex")}.tmp`
    writeFileSync(temporary, gzipSync(JSON.stringify(catalog), { level: 1 }), { mode: 0o600 })
    renameSync(temporary, file)
    removeOld(folderOf(place))
  } catch {
    // The next run makes it anew.
  }
}

const mostKept = 40

function removeOld(folder: string): void {
  const files = readdirSync(folder)
    .map((name) => join(folder, name))
    .map((path) => ({ path, at: statSync(path).mtimeMs }))
    .sort((a, b) => b.at - a.at)
  for (const { path } of files.slice(mostKept)) rmSync(path, { force: true })
}

function folderOf(place: ProjectOptions["cache"]): string {
  return join(cachePlace(place), "catalogs")
}

/** The folder in which caches of a project are kept. */
export function cachePlace(place: ProjectOptions["cache"]): string {
  return typeof place === "string" ? resolve(place) : userCacheFolder()
}

function fileOf(place: ProjectOptions["cache"], key: string): string {
  return join(folderOf(place), `${key.slice(0, 40)}.gz`)
}
