import { ToolError } from "../../diagnostic.ts"
import { defineCheck } from "../check.ts"
import { judgePromotion } from "../promotion.ts"

export const promotion = defineCheck({
  id: "promotion",
  asks: "Whether the environment before has had the same revisions for long enough",
  otherwise: "stop",
  async look({ policies: { promotion: policy }, due, now, givenNow }) {
    if (policy === undefined) return undefined
    try {
      const evidence = await policy.evidence()
      // What a file says was true when it was written. Of a database, its own clock wrote the times.
      const read = new Date(evidence.at)
      const at = policy.fromFile ? (read < now ? read : now) : (givenNow ?? read)
      return judgePromotion(due, evidence, policy, at)
    } catch (error) {
      if (!(error instanceof ToolError)) throw error
      const fix = policy.fromFile
        ? error.facts.hint
        : `let ${policy.from} be reached from here, or carry its evidence: lockstep evidence export ${policy.from}`
      return {
        finding: "concern",
        evidence: `${policy.from} cannot vouch: ${error.message} [${error.code}]`,
        ...(fix === undefined ? {} : { fix }),
      }
    }
  },
})
