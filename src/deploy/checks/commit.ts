import { defineCheck } from "../check.ts"

export const commit = defineCheck({
  id: "commit",
  asks: "Whether it is known which commit the revisions are from",
  otherwise: "stop",
  look({ policies, actor }) {
    if (policies.requireCommit !== true) return undefined
    const found = actor?.commit
    if (found !== undefined) return { finding: "ok", evidence: found }
    return {
      finding: "concern",
      evidence: "unknown: neither a variable nor .git says it",
      fix: "set LOCKSTEP_COMMIT in the image or in the job",
    }
  },
})
