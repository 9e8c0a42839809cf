import { readFileSync } from "node:fs"
import { resolve } from "node:path"
import type { ProjectOptions } from "../api/options.ts"
import { ToolError } from "../diagnostic.ts"
import { decodeSql } from "../sql/decode.ts"
import { substitute } from "../sql/template.ts"
import { assemble } from "./assemble.ts"
import { RevisionCache } from "./cache.ts"
import { readFacts, scriptOf, sha256 } from "./facts.ts"
import { foldersOf, listFolder, reasonOf, refuse, unreadable } from "./listing.ts"
import { compareText } from "./natural-order.ts"
import { readFiles } from "./read-files.ts"
import type { Revision, RevisionScript } from "./revision.ts"
import type { OrderedRevisions } from "./revision-columns.ts"
import { buildGraph, linkInOrder, type RevisionGraph } from "./revision-graph.ts"

/**
 * The revisions of a project, without their SQL. `digest`, `count` and `heads` cost next to nothing where the folder
 * has not changed since the last run; the rest is unpacked when it is first asked for.
 */
export interface RevisionFolder {
  /** Each after all that it needs; the same on every machine. */
  readonly revisions: readonly Revision[]
  /** Revisions that run again whenever they change, after all others, in this order. */
  readonly repeatables: readonly Revision[]
  readonly graph: RevisionGraph
  /** How many revisions there are, without repeatables. */
  readonly count: number
  /** `graph.heads`, without the cost of the graph. */
  readonly heads: readonly Revision[]
  /**
   * SHA-256, hexadecimal, of every id and checksum, repeatables included: lines `<id> TAB <checksum>` sorted by id
   * as in collation "C", joined by LF. A database whose history gives the same has nothing pending and nothing edited.
   */
  readonly digest: string
}

/**
 * Reads the project's folders of revisions: headers only, nothing is run, no SQL is kept.
 *
 * @throws ToolError `no-migrations-folder`, `unreadable-file`, `unrecognized-file`, `mixed-formats`,
 * `duplicate-number`, `orphan-rollback`, `invalid-revision-id`, `invalid-branch-label`, what reading a file throws
 * (`not-utf8`, `unknown-header-key`, `invalid-header`, `invalid-section`), and what `buildGraph` throws. Several
 * problems come as one error, the others in `facts.also`.
 */
export async function readFolder(options: ProjectOptions = {}): Promise<RevisionFolder> {
  const folders = foldersOf(options)
  const { cache: place, format, names } = options
  const cache = place === false ? undefined : RevisionCache.at(place, { folders, format, names })
  if (cache?.isFresh()) return cachedFolder(cache)
  return freshFolder(options, cache)
}

/** The result of an earlier run; what is not asked for is not even unpacked. */
function cachedFolder(cache: RevisionCache): RevisionFolder {
  let result: OrderedRevisions | undefined
  let graph: RevisionGraph | undefined
  const unpacked = () => {
    result ??= cache.result()
    return result
  }
  return {
    digest: cache.digest,
    count: cache.count,
    get heads() {
      return cache.heads()
    },
    get revisions() {
      return unpacked().revisions
    },
    get repeatables() {
      return unpacked().repeatables
    },
    get graph() {
      graph ??= linkInOrder(unpacked().revisions)
      return graph
    },
  }
}

function freshFolder(options: ProjectOptions, cache: RevisionCache | undefined): RevisionFolder {
  const listings = foldersOf(options).map(({ absolute, shown }) => listFolder(absolute, shown))
  const { files, states, problems } = readFiles(listings, cache)
  refuse([...listings.flatMap((listing) => listing.problems), ...problems])

  const assembled = listings.map(({ folder }, index) => {
    return assemble({ folder, files: files[index] ?? new Map() }, options)
  })
  refuse(assembled.flatMap((part) => part.problems))
  const graph = buildGraph(assembled.flatMap((part) => part.revisions))
  const { revisions, heads } = graph
  const repeatables = assembled.flatMap((part) => part.repeatables)
  const digest = digestOf([...revisions, ...repeatables])
  const facts = files.flatMap((folder) => [...folder.values()])
  cache?.write({ folders: listings, states, facts, revisions, repeatables, heads, digest })
  return { revisions, repeatables, graph, count: revisions.length, heads, digest }
}

/**
 * Reads the text of a revision, in sections, with variables replaced where the options declare some. Of a TypeScript
 * revision it is the whole program, as `up`.
 *
 * @throws ToolError `unreadable-file`, `undeclared-variable`; `revision-changed` where the file is no longer the one
 * that `readFolder` saw
 */
export async function readScript(options: ProjectOptions, revision: Revision): Promise<RevisionScript> {
  const root = resolve(options.root ?? ".")
  const { file, downFile, language, checksum } = revision
  const bytes = readBytes(root, file)
  if (readFacts(bytes, file, language).checksum !== checksum) {
    throw new ToolError("revision-changed", `${file} was changed while Lockstep was at work`, {
      hint: "run the command again",
      subject: revision.id,
      location: { file, line: 1 },
    })
  }
  const script = scriptOf(decodeSql(bytes, file), file, language)
  const down =
    downFile === undefined
      ? undefined
      : { text: decodeSql(readBytes(root, downFile), downFile), file: downFile, line: 1 }
  return withVariables({ ...script, ...(down === undefined ? {} : { down }) }, options, language)
}

function withVariables(
  script: RevisionScript,
  { variables }: ProjectOptions,
  language: Revision["language"],
): RevisionScript {
  if (variables === undefined || language === "typescript") return script
  const { up, verify, down } = script
  return {
    ...script,
    up: substitute(up, variables),
    ...(verify === undefined ? {} : { verify: substitute(verify, variables) }),
    ...(down === undefined ? {} : { down: substitute(down, variables) }),
  }
}

function readBytes(root: string, file: string): Buffer {
  try {
    return readFileSync(resolve(root, file))
  } catch (error) {
    throw unreadable(file, reasonOf(error))
  }
}

function digestOf(revisions: readonly Revision[]): string {
  const lines = revisions.map(({ id, checksum }) => `${id}\t${checksum}`)
  return sha256(lines.sort(compareText).join("\n"))
}
