import { AsyncLocalStorage } from "node:async_hooks"
import { dirname, isAbsolute, relative, resolve, sep } from "node:path"
import { fileURLToPath } from "node:url"

/** A line of somebody's own code. */
export interface CallSite {
  /** Absolute. */
  readonly file: string
  readonly line: number
}

/** Where a query was begun whose execution no stack leads back from: `await builder` calls its `then` from nowhere. */
const begun = new AsyncLocalStorage<readonly CallSite[]>()

/** Frames between a user's call and the driver can be many with an ORM in between. */
const deepest = 100

/** Runs `call` so that queries issued in it count as begun at `sites`. */
export function beginningAt<Result>(sites: readonly CallSite[], call: () => Result): Result {
  return sites.length === 0 ? call() : begun.run(sites, call)
}

/** Returns the lines of the user's own code that led here, the innermost first. */
export function callSites(): readonly CallSite[] {
  const limit = Error.stackTraceLimit
  Error.stackTraceLimit = deepest
  const { stack = "" } = new Error()
  Error.stackTraceLimit = limit
  const own = sitesIn(stack)
  return own.length === 0 ? (begun.getStore() ?? []) : own
}

/** This folder, or the one of the file that the bundler made of it. */
const own = dirname(fileURLToPath(import.meta.url)) + sep

/** Reads a stack as text, since that is where source maps are applied. */
function sitesIn(stack: string): readonly CallSite[] {
  const sites: CallSite[] = []
  for (const frame of stack.split("\n").slice(1)) {
    const [, place = "", line] =
      /(?:\(|at (?:async )?)((?:file:|\/|[A-Za-z]:[\\/])[^()]*?):(\d+):\d+\)?$/.exec(frame) ?? []
    if (line === undefined) continue
    const file = pathOf(place)
    if (!isAbsolute(file) || file.startsWith(own) || /[\\/]node_modules[\\/]/.test(file)) continue
    sites.push({ file, line: Number(line) })
  }
  return sites
}

function pathOf(place: string): string {
  const plain = place.replace(/\?.*$/, "")
  return plain.startsWith("file:") ? fileURLToPath(plain) : plain
}

/** Prints a place relative to a folder, with forward slashes: `src/users.ts:14`. */
export function printSite({ file, line }: CallSite, root: string): string {
  return `${relative(root, file).replaceAll("\\", "/")}:${line}`
}

/** Tells whether a place is in one of some folders. */
export function isWithin({ file }: CallSite, root: string, folders: readonly string[]): boolean {
  return folders.some((folder) => {
    const path = relative(resolve(root, folder), file)
    return !path.startsWith("..") && !isAbsolute(path)
  })
}
