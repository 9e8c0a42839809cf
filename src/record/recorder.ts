import { mkdirSync, readFileSync, renameSync, rmdirSync, rmSync, statSync, writeFileSync } from "node:fs"
import { dirname, resolve } from "node:path"
import { setTimeout } from "node:timers"
import { mergeQueries, parseManifest, printManifest, type RecordedQuery } from "../queries/manifest.ts"
import { normalise } from "../queries/normalise.ts"
import { type CallSite, callSites, isWithin, printSite } from "./call-site.ts"

export interface RecordOptions {
  /** Where the queries are written, relative to the working folder. Default: `queries.json`. */
  readonly file?: string
  /**
   * Folders of the application's code, relative to the file. Only queries that come from there are recorded, and the
   * place in there is named; what a test itself asks is left out. Default: everything counts.
   */
  readonly from?: string | readonly string[]
  /** Files or folders, relative to the file, that only pass queries on: the place behind them is named. Default: none. */
  readonly through?: string | readonly string[]
  /** Whether places have line numbers. Without, the file changes less often. Default: true. */
  readonly lines?: boolean
}

/** Called with the text of each query that is issued. */
export type Note = (text: string) => void

/** What a process has recorded for one file, and has it written. */
export class Recorder {
  readonly #file: string
  readonly #root: string
  readonly #queries = new Map<string, Set<string>>()
  #isWritten = true
  #lastWrite = 0
  #timer: NodeJS.Timeout | undefined

  /** @param file absolute */
  constructor(file: string) {
    this.#file = file
    this.#root = dirname(file)
  }

  /** Takes down a query, with the place that it was called from. */
  note(text: string, { from, through, lines = true }: RecordOptions): void {
    const place = this.#placeOf(callSites(), from, through)
    if (place === undefined && from !== undefined) return
    // What the driver asks for itself, and the question of `assertSchema`.
    if (place === undefined && /\bpg_catalog\./.test(text)) return
    if (/\blockstep"?\."?applied\b/.test(text)) return
    for (const sql of normalise(text)) this.#add(sql, place, lines)
  }

  #placeOf(
    sites: readonly CallSite[],
    from: RecordOptions["from"],
    through: RecordOptions["through"] = [],
  ): CallSite | undefined {
    const counts = sites.filter((site) => !isWithin(site, this.#root, listOf(through)))
    return from === undefined ? counts[0] : counts.find((site) => isWithin(site, this.#root, listOf(from)))
  }

  #add(sql: string, place: CallSite | undefined, lines: boolean): void {
    const known = this.#queries.get(sql)
    const shown = place === undefined ? undefined : printSite(place, this.#root)
    const from = lines ? shown : shown?.replace(/:\d+$/, "")
    if (known !== undefined && (from === undefined || known.has(from))) return
    const places = known ?? new Set()
    if (from !== undefined) places.add(from)
    this.#queries.set(sql, places)
    this.#isWritten = false
    this.#soon()
  }

  /** A worker may be killed at any time, and writing each query by itself would be slow: a twentieth of a second. */
  #soon(): void {
    if (this.#timer !== undefined) return
    const pause = this.#lastWrite + 50 - performance.now()
    if (pause <= 0) this.write()
    else this.#writeIn(pause)
  }

  #writeIn(pause: number): void {
    this.#timer = setTimeout(() => {
      this.#timer = undefined
      this.write()
    }, pause)
    this.#timer.unref()
  }

  /** Adds to the file what is not in it yet; other processes may do the same at the same time. */
  write(): void {
    if (this.#isWritten) return
    const recorded: RecordedQuery[] = [...this.#queries].map(([sql, places]) => ({ sql, from: [...places] }))
    addToManifest(this.#file, recorded)
    this.#isWritten = true
    this.#lastWrite = performance.now()
  }
}

function listOf(paths: string | readonly string[]): readonly string[] {
  return typeof paths === "string" ? [paths] : paths
}

/** Merges queries into a file. Writes nothing where it holds them all. */
function addToManifest(file: string, queries: readonly RecordedQuery[]): void {
  withLock(file, () => {
    const text = textOf(file)
    const known = text === undefined ? [] : parseManifest(text, file)
    const merged = printManifest(mergeQueries(known, queries))
    if (merged === text) return
    const temporary = `${file}.${process.pid}.tmp`
    writeFileSync(temporary, merged)
    renameSync(temporary, file)
  })
}

function textOf(file: string): string | undefined {
  try {
    return readFileSync(file, "utf8")
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined
    throw error
  }
}

/** A folder is made or is not; nobody holds it for longer than it takes to write one file. */
function withLock(file: string, work: () => void): void {
  const lock = `${file}.lock`
  mkdirSync(dirname(file), { recursive: true })
  for (let attempt = 0; !tryLock(lock); attempt++) {
    if (attempt > 5 && isAbandoned(lock)) rmSync(lock, { recursive: true, force: true })
    Atomics.wait(pause, 0, 0, 2 + Math.random() * 4)
  }
  try {
    work()
  } finally {
    rmdirSync(lock)
  }
}

const pause = new Int32Array(new SharedArrayBuffer(4))

function tryLock(lock: string): boolean {
  try {
    mkdirSync(lock)
    return true
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "EEXIST") return false
    throw error
  }
}

/** Whoever held it was killed. */
function isAbandoned(lock: string): boolean {
  const made = statSync(lock, { throwIfNoEntry: false })?.mtimeMs
  return made !== undefined && Date.now() - made > 2_000
}

/** One for each file, since a process may record several pools into the same. */
const recorders = new Map<string, Recorder>()

/** Returns the recorder of a file. */
export function recorderOf(file = "queries.json"): Recorder {
  const path = resolve(file)
  let recorder = recorders.get(path)
  if (recorder === undefined) {
    if (recorders.size === 0) process.once("exit", writeQueries)
    recorder = new Recorder(path)
    recorders.set(path, recorder)
  }
  return recorder
}

/** Writes what was recorded and is not in its file yet; a process does it by itself, also when it ends. */
export function writeQueries(): void {
  for (const recorder of recorders.values()) recorder.write()
}

/** Forgets what earlier runs have recorded: for the setup that runs once before all tests. */
export function clearQueries(file = "queries.json"): void {
  rmSync(resolve(file), { force: true })
}
