import type { Evidence, Foreseen } from "../deploy/check.ts"
import { describeStatement, total, waitingFor } from "../deploy/describe-plan.ts"
import { ToolError } from "../diagnostic.ts"
import { readLive } from "../lint/live.ts"
import { sizesFrom } from "../lint/size.ts"
import { printManifest } from "../queries/manifest.ts"
import { appliedHeads } from "../revisions/resolve.ts"
import type { Revision } from "../revisions/revision.ts"
import type { Target } from "../runner/target.ts"
import type { GateOptions } from "./gate.ts"
import type { HoldRules } from "./hold.ts"
import { examineTogether, type LintOptions, openBefore, ownObservations } from "./lint.ts"
import type { ProjectOptions } from "./options.ts"
import { type Project, projectOnly } from "./project.ts"
import { comingQueries } from "./proof.ts"
import { type BrokenQuery, type ProveResult, proofOf } from "./prove.ts"
import { readServed } from "./served.ts"

type ForesightOptions = ProjectOptions & GateOptions & Pick<HoldRules, "soakMs">

/**
 * Runs what is due in a target on scratch, once: proves it against the queries of the releases that serve there and of the
 * one to come, and says for how long it takes at the target's size. Undefined where nothing is applied there yet, or
 * where nobody has asked and no query is known.
 */
export async function foresee(
  project: Project,
  target: Target,
  due: readonly Revision[],
  options: ForesightOptions & { readonly always: boolean },
): Promise<Foreseen | undefined> {
  const from = appliedHeads(project.folder.graph, new Set(target.history.applied.keys()))
  if (due.length === 0 || from.length === 0) return undefined
  const served = await readServed(target, options.soakMs)
  const coming = comingQueries(options)
  const knowsQueries = coming !== undefined || served.length > 0
  if (!knowsQueries && !options.always) return undefined
  const { connection, schema, facts, history, environment } = target
  const live = await readLive(connection, history.format === 0 ? undefined : schema)
  const major = Math.floor(facts.serverVersion / 10_000)
  const span = { revisions: due, from: from.map(({ id }) => id), together: true, major, served, live }
  const rest: LintOptions = {
    ...projectOnly(options),
    ...(options.scratch === undefined ? {} : { scratch: options.scratch }),
    ...(options.role === undefined ? {} : { role: options.role }),
    ...(options.roles === undefined ? {} : { roles: options.roles }),
    ...(knowsQueries
      ? { queries: [{ text: printManifest(coming ?? []), file: "queries.json", line: 1 }] }
      : {}),
  }
  try {
    await using at = await openBefore(span, rest)
    const examined = await examineTogether(project, span, at, rest)
    const sizes = sizesFrom(live.statistics, live.measurements)
    const revisions = ownObservations(span, examined, rest).map((observations, index) => {
      const mode = examined.works[index]?.mode ?? "transaction"
      return observations.map((each) => describeStatement(each, mode, sizes, []))
    })
    return {
      ...(knowsQueries ? { proof: evidenceOf(proofOf(span, examined, rest), environment) } : {}),
      forecast: total(revisions.flat().map(({ forecast }) => forecast)),
      waiting: revisions.flatMap((statements) => waitingFor(statements, sizes)),
      measured: live.measurements.length,
      untraced: revisions.flat().filter(({ untraced }) => untraced !== null).length,
    }
  } catch (error) {
    if (!(error instanceof ToolError)) throw error
    const unknown: Evidence = {
      finding: "unknown",
      evidence: `nothing was proven: ${error.message}`,
      ...(error.facts.hint === undefined ? {} : { fix: error.facts.hint }),
    }
    return { ...(knowsQueries ? { proof: unknown } : {}), failure: error }
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
