import { compareFingerprint } from "../../runner/fingerprint.ts"
import { defineCheck } from "../check.ts"

export const drift = defineCheck({
  id: "drift",
  asks: "Whether the catalog is still what the last run left",
  otherwise: "warn",
  async look({ target, named }) {
    const { connection, schema, history } = target
    if (history.format === 0 || history.applied.size === 0) return undefined
    const environment = named === undefined ? "" : ` ${named}`
    switch (await compareFingerprint(connection, schema, history)) {
      case "same":
        return { finding: "ok", evidence: "none: the catalog is what the last run left" }
      case "different":
        return {
          finding: "concern",
          evidence: "the catalog is not what the last run left: somebody changed it outside of Lockstep",
          fix: `lockstep drift${environment} shows what; write it as a revision, or take it back`,
        }
      default:
        return {
          finding: "unknown",
          evidence: "no fingerprint was kept to compare with",
          fix: `lockstep drift${environment} --record compares every object, and keeps one`,
        }
    }
  },
})
