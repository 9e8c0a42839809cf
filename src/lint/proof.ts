import type { BreakKind } from "../prove/compare.ts"
import type { Proof } from "../prove/prove.ts"
import type { KnownRelation, Observation } from "../trace/observation.ts"
import type { Verdict } from "./finding.ts"
import type { RuleId } from "./rules.ts"
import type { Sizes } from "./size.ts"

const rules: Readonly<Record<BreakKind, RuleId>> = {
  fails: "query-breaks",
  "result-shape": "query-breaks",
  "parameter-type": "query-breaks",
  "may-be-refused": "query-breaks",
  "loses-index": "query-loses-index",
  "sees-no-rows": "query-sees-differently",
  "other-default": "query-sees-differently",
  "values-gone": "values-removed",
}

/** Puts what was proven into verdicts, on the statements that break the queries. */
export function judgeProof(
  { breakages, unproven }: Proof,
  observations: readonly Observation[],
  sizes: Sizes,
  known: readonly KnownRelation[],
): ReadonlyMap<Observation, readonly Verdict[]> {
  const byStatement = new Map<Observation, Verdict[]>()
  const add = (index: number, verdict: Verdict) => {
    const observation = observations[index]
    if (observation !== undefined)
      byStatement.set(observation, [...(byStatement.get(observation) ?? []), verdict])
  }
  for (const { kind, severity, message, query, relation, statement } of breakages) {
    const read = known.find(({ name }) => name === relation)
    // What a small table loses with its index is not worth a word.
    if (kind === "loses-index" && read !== undefined && !sizes.isLarge(read)) continue
    add(statement, {
      rule: rules[kind],
      severity,
      ...(relation === undefined ? {} : { relation }),
      message: `the query ${query.name} ${message}`,
    })
  }
  for (const { query, because } of unproven) {
    add(0, {
      rule: "query-not-proven",
      message: `nothing is known of the query ${query.name}: before, it fails with ${because}`,
    })
  }
  return byStatement
}
