import {
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  type Stats,
  statSync,
  writeFileSync,
} from "node:fs"
import { dirname, join, relative } from "node:path"
import { fileURLToPath } from "node:url"
import { crc32 } from "node:zlib"
import { userCacheFolder } from "../user-cache.ts"
import type { FileFacts } from "./facts.ts"
import type { Revision } from "./revision.ts"
import { packRevisions, unpackRevisions } from "./revision-columns.ts"

/** What was read of one folder of revisions. */
export interface FolderSnapshot {
  readonly absolute: string
  /** Folders and files whose state, with its own, decides whether the snapshot still holds; paths inside the folder. */
  readonly subfolders: readonly string[]
  readonly files: readonly string[]
}

/** All that reading a project's revisions gave, for the next run. */
export interface Snapshot {
  readonly folders: readonly FolderSnapshot[]
  /** The states of every folder, its subfolders and its files, in that order. */
  readonly states: States
  /** What the files say, in the same order. */
  readonly facts: readonly FileFacts[]
  readonly revisions: readonly Revision[]
  readonly repeatables: readonly Revision[]
  readonly heads: readonly Revision[]
  readonly effectiveHeads: readonly Revision[]
  readonly digest: string
}

/**
 * How files and folders looked: size, time of change, time of status change and inode of each, as git keeps them in its index.
 * An entry that was changed less than two seconds before it was looked at is never equal to anything: a further
 * change within the resolution of the file system's clock would not show. A folder changes with every name in it.
 *
 * @see git's documentation, technical/racy-git
 */
export class States {
  readonly #numbers: Float64Array
  #length = 0

  constructor(numbers: number | Float64Array) {
    this.#numbers = typeof numbers === "number" ? new Float64Array(numbers * 4) : numbers
  }

  get bytes(): Buffer {
    return Buffer.from(this.#numbers.buffer, this.#numbers.byteOffset, this.#numbers.byteLength)
  }

  /** Adds what `stats` says of a file or folder that is looked at at `now`. */
  add({ size, mtimeMs, ctimeMs, ino }: Stats, now: number): void {
    const settled = Math.max(mtimeMs, ctimeMs) < now - racyMs
    this.#numbers.set([size, settled ? mtimeMs : Number.NaN, ctimeMs, ino], this.#length++ * 4)
  }

  /** Whether a file or folder still looks as it did in entry `index`. */
  isAt(index: number, { size, mtimeMs, ctimeMs, ino }: Stats): boolean {
    const numbers = this.#numbers
    const start = index * 4
    return (
      numbers[start] === size &&
      numbers[start + 1] === mtimeMs &&
      numbers[start + 2] === ctimeMs &&
      numbers[start + 3] === ino
    )
  }
}

const racyMs = 2000

/** Reading fewer costs less than what loads with the readers of headers and formats, and the user's disk is left alone. */
const fewestFiles = 10

/** Raised with every change to what the cache holds. */
const format = 4

/** Parts of a cache file behind its first line. Each is unpacked only when it is needed. */
const parts = ["folders", "states", "heads", "revisions"] as const

interface Manifest {
  readonly key: string
  readonly crc: number
  /** Of the file beside it, which holds what each single file says and is read only when one of them has changed. */
  readonly factsCrc: number
  readonly lengths: readonly number[]
  readonly digest: string
  readonly count: number
  /** Ids. */
  readonly effectiveHeads: readonly string[]
}

/**
 * What an earlier run read. Everything about it is optional: a cache that is missing, damaged, of another version or
 * unreadable is a miss, and one that cannot be written is not written.
 */
export class RevisionCache {
  readonly #path: string
  readonly #key: string
  readonly #stored: Stored | undefined

  private constructor(path: string, key: string) {
    this.#path = path
    this.#key = key
    this.#stored = readStored(path, key)
  }

  /**
   * Opens the cache of one project.
   *
   * @param folder where caches are kept; the user's own cache folder where not given
   * @param subject what the cached result depends on besides the files
   * @returns undefined where there is no place for one
   */
  static at(folder: string | undefined, subject: unknown): RevisionCache | undefined {
    try {
      const text = JSON.stringify(subject)
      // Two projects with the same number would only take each other's place.
      const place = crc32(text).toString(16).padStart(8, "0")
      const key = JSON.stringify([format, ownState(), text])
      return new RevisionCache(join(folder ?? userCacheFolder(), `revisions-${place}.cache`), key)
    } catch {
      return undefined
    }
  }

  /**
   * Whether every folder and file is as it was, so that the cached result holds: one `stat` for each.
   */
  isFresh(): boolean {
    if (this.#stored === undefined) return false
    try {
      const states = this.#states()
      let index = 0
      const isSame = (path: string) => states.isAt(index++, statSync(path))
      return this.#folders().every(({ absolute, subfolders, files }) => {
        // Seen from where the process stands: fewer folders for the system to walk through ten thousand times.
        const folder = relative("", absolute) || "."
        const isSameInside = (path: string) => isSame(`${folder}/${path}`)
        return isSame(absolute) && subfolders.every(isSameInside) && files.every(isSameInside)
      })
    } catch {
      return false
    }
  }

  get digest(): string {
    return this.#stored?.manifest.digest ?? ""
  }

  /** How many revisions there are, without repeatables. */
  get count(): number {
    return this.#stored?.manifest.count ?? 0
  }

  /** The cached heads of the graph. */
  heads(): readonly Revision[] {
    return unpackRevisions(this.#part("heads").toString()).revisions
  }

  effectiveHeads(): readonly Revision[] {
    const ids = this.#stored?.manifest.effectiveHeads ?? []
    return this.heads().filter(({ id }) => ids.includes(id))
  }

  /** The cached revisions, in the order of the graph, and the repeatables. */
  result(): { readonly revisions: readonly Revision[]; readonly repeatables: readonly Revision[] } {
    return unpackRevisions(this.#part("revisions").toString())
  }

  /** What single files say that are still as they were: by absolute path, what tells whether they are and the facts. */
  unchanged(): (absolute: string, stats: Stats) => FileFacts | undefined {
    const facts = this.#facts()
    if (facts === undefined) return () => undefined
    const states = this.#states()
    const entries = new Map<string, { state: number; facts: FileFacts }>()
    let state = 0
    let file = 0
    for (const { absolute, subfolders, files } of this.#folders()) {
      state += 1 + subfolders.length
      for (const path of files) {
        entries.set(join(absolute, path), { state: state++, facts: facts[file++] as FileFacts })
      }
    }
    return (absolute, stats) => {
      const entry = entries.get(absolute)
      return entry !== undefined && states.isAt(entry.state, stats) ? entry.facts : undefined
    }
  }

  /** Replaces the cache. */
  write(snapshot: Snapshot): void {
    if (snapshot.facts.length < fewestFiles) return
    const { folders, states, facts, revisions, repeatables, heads, effectiveHeads, digest } = snapshot
    const content = {
      folders: Buffer.from(
        JSON.stringify(folders.map(({ absolute, subfolders, files }) => ({ absolute, subfolders, files }))),
      ),
      states: states.bytes,
      heads: Buffer.from(packRevisions({ revisions: heads, repeatables: [] })),
      revisions: Buffer.from(packRevisions({ revisions, repeatables })),
    }
    const factsText = Buffer.from(JSON.stringify(facts))
    const buffers = parts.map((part) => content[part])
    const whole = Buffer.concat(buffers)
    const manifest: Manifest = {
      key: this.#key,
      crc: crc32(whole),
      factsCrc: crc32(factsText),
      lengths: buffers.map(({ length }) => length),
      digest,
      count: revisions.length,
      effectiveHeads: effectiveHeads.map(({ id }) => id),
    }
    try {
      replaceFile(factsPath(this.#path), factsText)
      replaceFile(this.#path, Buffer.concat([Buffer.from(`${JSON.stringify(manifest)}\n`), whole]))
      removeOld(dirname(this.#path))
    } catch {
      // There is no place for a cache, and none is needed.
    }
  }

  #facts(): readonly FileFacts[] | undefined {
    if (this.#stored === undefined) return undefined
    try {
      const text = readFileSync(factsPath(this.#path))
      return crc32(text) === this.#stored.manifest.factsCrc ? JSON.parse(text.toString()) : undefined
    } catch {
      return undefined
    }
  }

  #folders(): readonly FolderSnapshot[] {
    return JSON.parse(this.#part("folders").toString()) as FolderSnapshot[]
  }

  #states(): States {
    const bytes = this.#part("states")
    // A Float64Array must begin at a multiple of eight.
    const aligned = new Uint8Array(bytes)
    return new States(new Float64Array(aligned.buffer, 0, aligned.byteLength / 8))
  }

  #part(name: (typeof parts)[number]): Buffer {
    const { manifest, content } = this.#stored ?? missing
    const index = parts.indexOf(name)
    const start = manifest.lengths.slice(0, index).reduce((sum, length) => sum + length, 0)
    return content.subarray(start, start + (manifest.lengths[index] ?? 0))
  }
}

interface Stored {
  readonly manifest: Manifest
  readonly content: Buffer
}

const missing: Stored = {
  manifest: { key: "", crc: 0, factsCrc: 0, lengths: [], digest: "", count: 0, effectiveHeads: [] },
  content: Buffer.alloc(0),
}

function readStored(path: string, key: string): Stored | undefined {
  try {
    const file = readFileSync(path)
    const lineEnd = file.indexOf("\n")
    const manifest = JSON.parse(file.toString("latin1", 0, lineEnd)) as Manifest
    const content = file.subarray(lineEnd + 1)
    return manifest.key === key && crc32(content) === manifest.crc ? { manifest, content } : undefined
  } catch {
    return undefined
  }
}

function factsPath(path: string): string {
  return `${path}.facts`
}

/** Writes a file in one step: readers see the old one or the new one. */
function replaceFile(path: string, content: Buffer): void {
  const temporary = `${path}.${Math.random().toString(36).slice(2)}`
  try {
    mkdirSync(dirname(path), { recursive: true, mode: 0o700 })
    writeFileSync(temporary, content, { mode: 0o600 })
    renameSync(temporary, path)
  } catch (error) {
    rmSync(temporary, { force: true })
    throw error
  }
}

/** Tells one build of this program from the next, which may read the same file differently. */
function ownState(): readonly unknown[] {
  const { size, mtimeMs } = statSync(fileURLToPath(import.meta.url))
  return [import.meta.url, size, mtimeMs]
}

const keptMs = 60 * 24 * 3600 * 1000

/** Removes caches of projects that were not worked on for two months. */
function removeOld(folder: string): void {
  for (const name of readdirSync(folder)) {
    if (!/^revisions-\w+\.cache/.test(name)) continue
    const path = join(folder, name)
    const stats = statSync(path, { throwIfNoEntry: false })
    if (stats !== undefined && Date.now() - stats.mtimeMs > keptMs) rmSync(path, { force: true })
  }
}
