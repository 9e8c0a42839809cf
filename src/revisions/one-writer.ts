import { createHash } from "node:crypto"
import { readFileSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { setTimeout as sleep } from "node:timers/promises"
import type { ProjectOptions } from "../api/options.ts"
import { foldersOf } from "./listing.ts"

/** Longer than it takes to read a folder of ten thousand files and to write one. */
const longestWaitMs = 30_000

/**
 * Reads a folder and writes into it while no other process of this user does the same: two that read at once would
 * take the same number, or both follow the same head.
 *
 * Nobody is kept from writing by what is left of others: who is gone, or takes longer than anybody needs, is not
 * waited for, and where there is no place for temporary files nobody is.
 */
export async function asOneWriter<T>(options: ProjectOptions, write: () => Promise<T>): Promise<T> {
  const lock = lockFile(options)
  const end = performance.now() + longestWaitMs
  for (;;) {
    const taken = take(lock)
    if (taken === "no place") return write()
    if (taken === "mine") break
    if (performance.now() < end && isHeld(lock)) await sleep(5 + Math.random() * 10)
    else if (!remove(lock)) return write()
  }
  try {
    return await write()
  } finally {
    remove(lock)
  }
}

/** Outside the project, so that nothing of it can end up in a commit or an image. */
function lockFile(options: ProjectOptions): string {
  const folders = foldersOf(options).map(({ absolute }) => absolute)
  const digest = createHash("sha256").update(folders.sort().join("\n")).digest("hex").slice(0, 16)
  return join(tmpdir(), `lockstep-${process.getuid?.() ?? "writes"}-${digest}`)
}

function take(lock: string): "mine" | "taken" | "no place" {
  try {
    writeFileSync(lock, String(process.pid), { flag: "wx" })
    return "mine"
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EEXIST" ? "taken" : "no place"
  }
}

/** Whether the process that took it still runs. One that has not written its number yet does. */
function isHeld(lock: string): boolean {
  try {
    const text = readFileSync(lock, "utf8")
    if (text !== "") process.kill(Number(text), 0)
    return true
  } catch {
    return false
  }
}

/** False where that is not for this user to do. */
function remove(lock: string): boolean {
  try {
    rmSync(lock, { force: true })
    return true
  } catch {
    return false
  }
}
