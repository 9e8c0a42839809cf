import { randomBytes } from "node:crypto"
import {
  chmodSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statfsSync,
  statSync,
  utimesSync,
  writeFileSync,
} from "node:fs"
import { hostname, tmpdir } from "node:os"
import { join } from "node:path"
import { ToolError } from "../diagnostic.ts"
import { canReach, type ServerUser } from "./server-user.ts"

/**
 * Returns the folder for everything that scratch servers leave on disk, made where it does not exist.
 *
 * It lies in the system's temporary folder, one per operating-system user: `template-*` and `binaries-*` are kept
 * between runs, `server-*` and `building-*` belong to one process (servers: see also `memoryFolder`).
 *
 * @throws ToolError `embedded-server-failed` where somebody else owns it
 */
export function cacheFolder(given: string | undefined, user: ServerUser | undefined): string {
  const uid = process.getuid?.()
  const parent = user === undefined || reachable(tmpdir(), user) ? tmpdir() : "/tmp"
  const folder = given ?? join(parent, uid === undefined ? "lockstep" : `lockstep-${uid}`)
  mkdirSync(folder, { recursive: true, mode: 0o700 })
  const found = lstatSync(folder)
  if (!found.isDirectory() || (uid !== undefined && found.uid !== uid)) {
    // In a shared /tmp anybody can make that folder first, and then change what the server runs.
    throw new ToolError(
      "embedded-server-failed",
      `the folder ${folder} does not belong to the current user`,
      {
        hint: "remove it, or set another temporary folder (TMPDIR)",
        subject: folder,
      },
    )
  }
  if (user !== undefined) {
    chmodSync(folder, found.mode | 0o011)
    if (!canReach(folder, user)) {
      throw new ToolError("embedded-server-failed", `the user ${user.name} cannot enter ${folder}`, {
        hint: "PostgreSQL does not run as root, so its folder must be open to another user: set TMPDIR to such a folder",
        subject: folder,
      })
    }
  }
  return folder
}

const sharedMemory = "/dev/shm"
const tmpfs = 0x01021994
const enoughBytes = 2 ** 30

/**
 * Returns a folder like `cacheFolder` in a file system that lies in memory, for data that nobody keeps: to make and drop
 * a database there takes a quarter of the time. Undefined where there is none, where less than 1 GiB is free in it (a
 * container gets 64 MB), and where the temporary folder is not the usual one, since then somebody chose it.
 */
export function memoryFolder(user: ServerUser | undefined): string | undefined {
  const uid = process.getuid?.()
  if (process.platform !== "linux" || uid === undefined || tmpdir() !== "/tmp") return undefined
  try {
    const { type, bavail, bsize } = statfsSync(sharedMemory)
    if (type !== tmpfs || bavail * bsize < enoughBytes) return undefined
    return cacheFolder(join(sharedMemory, `lockstep-${uid}`), user)
  } catch {
    return undefined
  }
}

function reachable(path: string, user: ServerUser): boolean {
  try {
    return canReach(path, user)
  } catch {
    return false
  }
}

/** Makes a folder that belongs to this process: `<kind>-<pid>-<random>`. */
export function ownFolder(cache: string, kind: "server" | "building"): string {
  const folder = join(cache, `${kind}-${process.pid}-${randomBytes(4).toString("hex")}`)
  mkdirSync(folder, { mode: 0o700 })
  writeFileSync(join(folder, "host"), hostname())
  return folder
}

const keptForMs = 30 * 24 * 3600 * 1000

/**
 * Removes what processes that are gone left behind, and what was not used for thirty days.
 *
 * A server that outlived its process notices within a minute that its data directory is gone, and stops by itself.
 */
export function removeStale(cache: string, now: number): void {
  for (const name of readdirSync(cache)) {
    const folder = join(cache, name)
    const pid = /^(?:server|building)-(\d+)-[0-9a-f]{8}$/.exec(name)?.[1]
    const isKept = /^(?:template-\d+|binaries|replayed)-[0-9a-f]{16}$/.test(name)
    if (pid !== undefined ? isAbandoned(folder, Number(pid)) : isKept && isUnused(folder, now)) {
      rmSync(folder, { recursive: true, force: true, maxRetries: 3 })
    }
  }
}

function isAbandoned(folder: string, pid: number): boolean {
  // Containers may share a temporary folder, and one cannot see the processes of the other.
  const host = join(folder, "host")
  return existsSync(host) && readFileSync(host, "utf8") === hostname() && !isAlive(pid)
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0)
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM"
  }
}

function isUnused(folder: string, now: number): boolean {
  try {
    return now - statSync(folder).mtimeMs > keptForMs
  } catch {
    return false
  }
}

/** Marks a kept folder as used now. */
export function touch(folder: string): void {
  const now = new Date()
  utimesSync(folder, now, now)
}
