import { join } from "node:path"
import { planUpgrade } from "../revisions/resolve.ts"
import type { Revision } from "../revisions/revision.ts"
import { forget, type KeptServer, keptServer } from "../scratch/kept-server.ts"
import {
  embeddedVersion,
  openScratch,
  type Scratch,
  type ScratchDatabase,
  type ScratchOptions,
} from "../scratch/scratch.ts"
import { cachePlace, keyOf } from "./catalog-cache.ts"
import { replay } from "./catalog-source.ts"
import type { ProjectOptions } from "./options.ts"
import { openProject } from "./project.ts"

/** A scratch server with a database in which revisions have run. */
export interface Replayed extends AsyncDisposable {
  readonly scratch: Scratch
  readonly database: ScratchDatabase
  /** Equal where the same has run on the same; undefined where that is not known. */
  readonly key?: string
}

export interface ReplayOptions {
  /** Up to where. Default: all heads. */
  readonly to?: readonly string[]
  readonly scratch?: ScratchOptions
}

/** A replay that takes longer is kept, in milliseconds: to keep it takes as long. */
const worthKeeping = 400

/**
 * Opens a scratch server and replays revisions there; not those whose outcome another run has kept. What is kept is a
 * stopped server, by the content of everything that ran in it, in its order, and by the versions of the server and of
 * Lockstep. Nothing is kept of a server of the user's own, nor where a program is among the revisions.
 *
 * @throws ToolError what `openScratch` and `upgrade` throw
 */
export async function openReplayed(project: ProjectOptions, options: ReplayOptions = {}): Promise<Replayed> {
  return open(project, options, true)
}

async function open(project: ProjectOptions, options: ReplayOptions, mayKeep: boolean): Promise<Replayed> {
  const { to = ["heads"], scratch: scratchOptions = {} } = options
  const place = join(cachePlace(project.cache), "servers")
  const keys = await replayKeys(project, to, scratchOptions)
  const scratch = await begin(scratchOptions, keys && keptServer(place, [keys.whole, ...keys.before]))
  try {
    const database = scratch.kept?.database ?? (await scratch.database())
    const began = performance.now()
    if (keys === undefined || scratch.kept?.key !== keys.whole) await replay(database, scratch, project, to)
    const isWorthIt = mayKeep && performance.now() - began > worthKeeping
    const kept = keys && isWorthIt ? await keep(scratch, database, place, keys.whole) : "not kept"
    if (kept === "not kept")
      return {
        scratch,
        database,
        ...(keys === undefined ? {} : { key: keys.whole }),
        [Symbol.asyncDispose]: () => scratch[Symbol.asyncDispose](),
      }
  } catch (error) {
    await scratch[Symbol.asyncDispose]()
    throw error
  }
  // The server has stopped, to be copied.
  return open(project, options, false)
}

/** A copy that does not start is as good as none. */
async function begin(options: ScratchOptions, kept: KeptServer | undefined): Promise<Scratch> {
  if (kept !== undefined) {
    try {
      return await openScratch(options, kept)
    } catch {
      forget(kept.folder)
    }
  }
  return openScratch(options)
}

async function keep(scratch: Scratch, database: ScratchDatabase, place: string, key: string) {
  try {
    return await scratch.keep(database, place, key)
  } catch {
    // The disk is full, or nothing may be written there: the next run replays again.
    return "stopped"
  }
}

interface ReplayKeys {
  /** Of everything that shall run. */
  readonly whole: string
  /** Of what has run before the last of it, the longest first; none where repeatables run last. */
  readonly before: readonly string[]
}

/** Returns what the outcome of a replay depends on. Undefined where that is not known, because a program may do anything. */
async function replayKeys(
  project: ProjectOptions,
  to: readonly string[],
  scratch: ScratchOptions,
): Promise<ReplayKeys | undefined> {
  const version = project.cache === false ? undefined : embeddedVersion(scratch)
  if (version === undefined) return undefined
  const { folder } = await openProject(project)
  const { pending } = folder.count === 0 ? { pending: [] } : planUpgrade(folder.graph, new Set(), to)
  const isAll = pending.length === folder.count
  const all = [...pending, ...(isAll ? folder.repeatables : [])]
  if (all.some(({ language }) => language !== "sql")) return undefined
  let key = keyOf(["replayed", version, project.variables ?? null])
  const keys = all.map((revision) => {
    key = keyOf([key, contentOf(revision)])
    return key
  })
  const hasRepeatables = folder.repeatables.length > 0
  return { whole: key, before: hasRepeatables ? [] : keys.slice(0, -1).reverse() }
}

function contentOf({ id, parents, dependsOn, checksum, transaction, repeatable }: Revision): unknown {
  return [id, parents, dependsOn, checksum, transaction, repeatable]
}
