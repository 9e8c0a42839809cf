import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { ownFolder, removeStale, touch } from "./cache-folder.ts"
import { copyTemplate, type Template } from "./data-directory.ts"
import type { EmbeddedServer } from "./embedded.ts"
import { publish } from "./runnable.ts"

/** What a stopped server has left, for others to begin with: the same programs find the same database in a copy of it. */
export interface KeptServer extends Template {
  readonly folder: string
  readonly key: string
  readonly database: string
}

/** Returns what is kept under the first of these keys that there is. */
export function keptServer(place: string, keys: readonly string[]): KeptServer | undefined {
  const key = keys.find((each) => existsSync(folderOf(place, each)))
  if (key === undefined) return undefined
  try {
    const folder = folderOf(place, key)
    const read = (name: string) => readFileSync(join(folder, name), "utf8")
    touch(folder)
    return {
      folder,
      key,
      dataDir: join(folder, "data"),
      password: read("password"),
      database: read("database"),
    }
  } catch {
    // Somebody removes it just now.
    return undefined
  }
}

/**
 * Stops a server and keeps its data under a key, for those whose programs are the same. The server's folder stays to be
 * removed with `stop`.
 */
export async function keepServer(
  server: EmbeddedServer,
  database: string,
  place: string,
  key: string,
): Promise<void> {
  await server.halt()
  mkdirSync(place, { recursive: true, mode: 0o700 })
  removeStale(place, Date.now())
  const building = ownFolder(place, "building")
  try {
    await copyTemplate(server, join(building, "data"), undefined)
    writeFileSync(join(building, "password"), server.password, { mode: 0o600 })
    writeFileSync(join(building, "database"), database)
    publish(building, folderOf(place, key))
  } finally {
    rmSync(building, { recursive: true, force: true })
  }
  removeOld(place)
}

/** Each takes 30 MB and what its database holds. */
const mostKept = 6

function removeOld(place: string): void {
  const kept = readdirSync(place)
    .filter((name) => name.startsWith("replayed-"))
    .map((name) => join(place, name))
    .map((path) => ({ path, at: statSync(path).mtimeMs }))
    .sort((a, b) => b.at - a.at)
  for (const { path } of kept.slice(mostKept)) forget(path)
}

/** Removes what is kept in a folder; nobody finds half of it. */
export function forget(folder: string): void {
  rmSync(join(folder, "database"), { force: true })
  rmSync(folder, { recursive: true, force: true, maxRetries: 3 })
}

function folderOf(place: string, key: string): string {
  return join(place, `replayed-${key.slice(0, 16)}`)
}
