import { existsSync, mkdtempSync, rmSync, statfsSync } from "node:fs"
import { type EmbeddedServer, startServer } from "../../src/scratch/embedded.ts"
import { openScratch, type Scratch } from "../../src/scratch/scratch.ts"

const memory = "/dev/shm"
const enough = 2 ** 31

/**
 * Opens a scratch server of a major version for hundreds of databases, with its files in memory where there is enough:
 * making a database is making three hundred files, which takes ten times as long on a disk.
 */
export async function openSafetyScratch(major: number): Promise<Scratch> {
  const cacheDir = hasMemory() ? mkdtempSync(`${memory}/lockstep-safety-`) : undefined
  const server: EmbeddedServer = await startServer({ major, ...(cacheDir === undefined ? {} : { cacheDir }) })
  const scratch = await openScratch({ url: server.socketUrl() })
  return {
    ...scratch,
    async [Symbol.asyncDispose]() {
      await server.stop()
      if (cacheDir !== undefined) rmSync(cacheDir, { recursive: true, force: true })
    },
  }
}

function hasMemory(): boolean {
  if (!existsSync(memory)) return false
  const { bavail, bsize } = statfsSync(memory)
  return bavail * bsize > enough
}
