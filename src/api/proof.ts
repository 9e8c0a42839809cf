import { resolve } from "node:path"
import { bundleIn, manifestFile, readManifest } from "../bundle/manifest.ts"
import type { Evidence } from "../deploy/check.ts"
import { ToolError } from "../diagnostic.ts"
import { mergeQueries, printManifest, type RecordedQuery } from "../queries/manifest.ts"
import { queriesOf } from "../queries/read.ts"
import { appliedHeads } from "../revisions/resolve.ts"
import type { Revision } from "../revisions/revision.ts"
import { sha256 } from "../revisions/sha256.ts"
import type { Target } from "../runner/target.ts"
import type { GateOptions } from "./gate.ts"
import type { HoldRules } from "./hold.ts"
import type { ProjectOptions } from "./options.ts"
import { type Project, projectOnly } from "./project.ts"
import { type BrokenQuery, type ProveResult, proveSpan } from "./prove.ts"
import { readServed } from "./served.ts"

type ProofOptions = ProjectOptions & GateOptions & Pick<HoldRules, "soakMs">

/** What the release to come issues: as the project says, else as its bundle does; undefined where neither does. */
export function comingQueries(options: ProofOptions): readonly RecordedQuery[] | undefined {
  const { root = ".", bundleFile: file = manifestFile, bundleName, queries } = options
  if (queries !== undefined) return queriesOf(queries)
  const manifest = readManifest(resolve(root, file), file)
  return manifest === undefined ? undefined : bundleIn(manifest, bundleName)?.declared
}

/** The digest by which a list of queries is stored. */
export function storedQueries(queries: readonly RecordedQuery[]) {
  const merged = mergeQueries(queries)
  return { digest: sha256(printManifest(merged)), queries: merged }
}

/**
 * Proves what is due in a target against the queries of the releases that serve there and of the one to come, as one line
 * of a preflight. Undefined where nobody has said what is issued.
 */
export async function proveDue(
  project: Project,
  target: Target,
  due: readonly Revision[],
  options: ProofOptions,
): Promise<Evidence | undefined> {
  const served = await readServed(target, options.soakMs)
  const coming = comingQueries(options)
  const from = appliedHeads(project.folder.graph, new Set(target.history.applied.keys()))
  if (from.length === 0 || (coming === undefined && served.length === 0)) return undefined
  const major = Math.floor(target.facts.serverVersion / 10_000)
  const span = { revisions: due, from: from.map(({ id }) => id), together: true, major, served }
  const text = printManifest(coming ?? [])
  try {
    const result = await proveSpan(project, span, {
      ...projectOnly(options),
      ...(options.scratch === undefined ? {} : { scratch: options.scratch }),
      ...(options.role === undefined ? {} : { role: options.role }),
      ...(options.roles === undefined ? {} : { roles: options.roles }),
      queries: [{ text, file: "queries.json", line: 1 }],
    })
    return evidenceOf(result, target.environment)
  } catch (error) {
    if (!(error instanceof ToolError)) throw error
    return {
      finding: "unknown",
      evidence: `nothing was proven: ${error.message}`,
      ...(error.facts.hint === undefined ? {} : { fix: error.facts.hint }),
    }
  }
}

function evidenceOf(result: ProveResult, environment: string | undefined): Evidence {
  const { proven, broken, releases, unproven } = result
  const errors = broken.filter(({ severity }) => severity === "error")
  const [first] = errors
  const of =
    releases.length === 0 ? "the release to come" : `what serves (${releases.join(", ")}) and what is to come`
  if (first === undefined) {
    const failing = unproven.filter(({ afterwards }) => afterwards !== undefined)
    const beside =
      failing[0] === undefined
        ? ""
        : `; ${failing.length} worked neither before nor after: ${failing[0].query}`
    return { finding: "ok", evidence: `${countQueries(proven)} of ${of} still good${beside}` }
  }
  const queries = new Set(errors.map(({ sql }) => sql)).size
  return {
    finding: "concern",
    evidence: `${countQueries(queries)} of ${of} would break: ${sayBroken(first)}`,
    details: errors.slice(1, 11).map(sayBroken),
    fix: `write what takes away as a contract for a later release; lockstep prove${environment === undefined ? "" : ` ${environment}`} shows all of it`,
  }
}

function countQueries(number: number): string {
  return number === 1 ? "1 query" : `${number} queries`
}

/** `find_user (src/users.ts:14) of release a fails with 42703: ..., by migrations/b.sql:5`. */
function sayBroken({ query, from, releases, message, file, line }: BrokenQuery): string {
  const place = from[0] === undefined || from[0] === query ? "" : ` (${from[0]})`
  const whose = releases.length === 0 ? "" : ` of release ${releases.join(", ")}`
  return `${query}${place}${whose} ${message}, by ${file}:${line}`
}
