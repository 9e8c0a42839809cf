import type { EnvironmentEvidence, RevisionEvidence } from "../history/evidence.ts"
import type { Revision } from "../revisions/revision.ts"
import { age } from "./amount.ts"
import type { Evidence } from "./check.ts"

/** How long an environment must have had what the next one takes. */
export interface PromotionRules {
  /** Name of the environment that goes before. */
  readonly from: string
  /** Milliseconds. */
  readonly ageMs: number
  /** The same where everything that is due only expands. */
  readonly expandAgeMs: number
}

/** Judges whether what is due has been in the environment before for long enough, as it is here. */
export function judgePromotion(
  due: readonly Revision[],
  evidence: EnvironmentEvidence,
  { from, ageMs, expandAgeMs }: PromotionRules,
  now: Date,
): Evidence {
  if (due.length === 0) return { finding: "ok", evidence: `nothing that ${from} would have to show` }
  if (evidence.environment !== from)
    return {
      finding: "concern",
      evidence: `the evidence is of ${evidence.environment ?? "a database without a mark"}, not of ${from}`,
      fix: `mark the database once: lockstep init --environment ${from} --env ${from}`,
    }
  const there = new Map(evidence.revisions.map((revision) => [revision.id, revision]))
  const begun = new Set(evidence.inFlight)
  const needed = due.every(({ phase }) => phase === "expand") ? expandAgeMs : ageMs
  const problems = due.flatMap((revision) => {
    const problem = problemWith(revision, there.get(revision.id), begun)
    return problem === undefined ? [] : [problem]
  })
  if (problems.length > 0)
    return {
      finding: "concern",
      evidence: `${from} does not vouch for ${problems.length === 1 ? "a revision" : `${problems.length} revisions`}`,
      details: problems,
      fix: `lockstep deploy ${from}, with the same files`,
    }
  const latest = Math.max(...due.map(({ id }) => Date.parse(there.get(id)?.at ?? "")))
  const green = now.getTime() - latest
  const evidenceLine = `${from} has had all of it for ${age(Math.max(0, green) / 1000)}, ${age(needed / 1000)} are asked for`
  if (green >= needed) return { finding: "ok", evidence: evidenceLine }
  return {
    finding: "concern",
    evidence: evidenceLine,
    fix: `run the same command again after ${new Date(latest + needed).toISOString().slice(0, 19)}Z`,
  }
}

function problemWith(
  { id, checksum }: Revision,
  found: RevisionEvidence | undefined,
  begun: ReadonlySet<string>,
): string | undefined {
  if (begun.has(id)) return `${id} was begun there and is not finished`
  if (found === undefined) return `${id} is not applied there`
  if (found.outcome === "stamped") return `${id} was stamped there, it did not run`
  return found.checksums[0] === checksum ? undefined : `${id} ran there with another text`
}
