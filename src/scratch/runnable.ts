import { createHash } from "node:crypto"
import { existsSync, readFileSync, renameSync, rmSync, statSync, symlinkSync } from "node:fs"
import { basename, dirname, join } from "node:path"
import { ToolError } from "../diagnostic.ts"
import type { ServerFolder } from "./binaries.ts"
import { ownFolder, touch } from "./cache-folder.ts"
import { execute } from "./execute.ts"
import { canReach, type ServerUser } from "./server-user.ts"

/**
 * Returns binaries that `user` can run: the given ones with their library links in place, or a copy in the cache
 * where the links cannot be made or the user cannot reach the folder.
 *
 * npm packages hold no symbolic links; the package makes them in an install script, which npm may have blocked.
 */
export async function makeRunnable<Folder extends ServerFolder>(
  binaries: Folder,
  user: ServerUser | undefined,
  cache: string,
): Promise<Folder> {
  const reachable = user === undefined || canReach(join(binaries.binDir, "postgres"), user)
  if (process.platform === "win32" || (reachable && linkLibraries(binaries.directory))) return binaries
  const directory = await copy(binaries, cache)
  return { ...binaries, directory, binDir: join(directory, "bin") }
}

interface LibraryLink {
  /** The file that exists, as a path inside the package: `native/lib/libpq.so.5.18`. */
  readonly source: string
  /** The name that is wanted: `native/lib/libpq.so.5`. */
  readonly target: string
}

/** Makes the links that are missing; returns false where that is not possible. */
function linkLibraries(directory: string): boolean {
  for (const { source, target } of libraryLinks(directory)) {
    const link = join(dirname(directory), target)
    if (existsSync(link)) continue
    try {
      symlinkSync(basename(source), link)
    } catch (error) {
      // Another process may have made it just now.
      if ((error as NodeJS.ErrnoException).code !== "EEXIST") return false
    }
  }
  return true
}

function libraryLinks(directory: string): readonly LibraryLink[] {
  const list = join(directory, "pg-symlinks.json")
  return existsSync(list) ? (JSON.parse(readFileSync(list, "utf8")) as LibraryLink[]) : []
}

async function copy(binaries: ServerFolder, cache: string): Promise<string> {
  const { size, mtimeMs } = statSync(join(binaries.binDir, "postgres"))
  const key = createHash("sha256")
    .update(JSON.stringify([binaries, size, mtimeMs]))
    .digest("hex")
    .slice(0, 16)
  const kept = join(cache, `binaries-${key}`)
  if (!existsSync(kept)) {
    const building = ownFolder(cache, "building")
    // The folder keeps its name `native`, which the paths in pg-symlinks.json start with.
    const { exitCode, output } = await execute("/bin/sh", [
      "-c",
      'mkdir -p "$2/native" && cp -R "$1/." "$2/native" && chmod -R a+rX "$2"',
      "sh",
      binaries.directory,
      building,
    ])
    if (exitCode !== 0 || !linkLibraries(join(building, "native"))) {
      rmSync(building, { recursive: true, force: true })
      throw new ToolError(
        "embedded-server-failed",
        "the server's programs could not be copied to where they can run",
        {
          details: output.trim().split("\n"),
          subject: cache,
        },
      )
    }
    publish(building, kept)
  }
  touch(kept)
  return join(kept, "native")
}

/** Gives a finished folder its lasting name; whoever comes second throws their own away. */
export function publish(building: string, kept: string): void {
  try {
    renameSync(building, kept)
  } catch (error) {
    rmSync(building, { recursive: true, force: true })
    if (!existsSync(kept)) throw error
  }
}
