import { refusePooler } from "../../db/fitness.ts"
import { defineCheck } from "../check.ts"
import { refusalOf } from "../refused.ts"

export const pooler = defineCheck({
  id: "pooler",
  asks: "Whether a pooler stands between, and in which mode",
  otherwise: "warn",
  async look({ target: { facts, connect, pooled } }) {
    if (!facts.behindPooler) return { finding: "ok", evidence: "none, a direct connection" }
    try {
      await refusePooler(facts, connect, pooled)
    } catch (error) {
      return refusalOf(error)
    }
    return { finding: "ok", evidence: pooled ? "one, worked through with --pooled" : "one in session mode" }
  },
})
