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
    const problem = problemWith(revision, there.get(revision.id), begun, from)
    return problem === undefined ? [] : [problem]
  })
  if (problems.length > 0)
    return {
      finding: "concern",
      evidence: `${from} does not vouch for ${problems.length === 1 ? "a revision" : `${problems.length} revisions`}`,
      details: problems.map(({ says }) => says),
      fix: [...new Set(problems.map(({ fix }) => fix))].join("; "),
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

/** Why an environment does not vouch for a revision, and what to do about it. */
interface Objection {
  readonly says: string
  readonly fix: string
}

function problemWith(
  { id, checksum }: Revision,
  found: RevisionEvidence | undefined,
  begun: ReadonlySet<string>,
  from: string,
): Objection | undefined {
  const deploy = `lockstep deploy ${from}, with the same files`
  if (begun.has(id)) return { says: `${id} was begun there and is not finished`, fix: deploy }
  if (found === undefined) return { says: `${id} is not applied there`, fix: deploy }
  if (found.outcome === "stamped")
    return {
      says: `${id} was stamped there, it did not run`,
      fix: `where the stamp is proof enough, add --override promotion --because "..."; otherwise undo ${id} there by hand and let ${from} run it`,
    }
  if (found.checksums[0] === checksum) return undefined
  return {
    says: `${id} ran there with another text`,
    fix: `restore the text of ${id} that ran there, and put the change into a new revision`,
  }
}
