import { brokenText, hasTrail, unaccepted, verifyTrail } from "../../history/chain.ts"
import { defineCheck } from "../check.ts"

export const trail = defineCheck({
  id: "trail",
  asks: "Is what was recorded still as it was written?",
  otherwise: "stop",
  async look({ target: { connection, schema, history } }) {
    if (!hasTrail(history.format)) return undefined
    const found = await verifyTrail(connection, schema)
    const broken = unaccepted(found)
    if (broken.length === 0)
      return { finding: "ok", evidence: `${found.entries} rows, head ${found.head.slice(0, 12)}` }
    return {
      finding: "refusal",
      evidence: "the history is not what was written",
      details: broken.slice(0, 10).map(brokenText),
      fix: "lockstep history --verify",
    }
  },
})
