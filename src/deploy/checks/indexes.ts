import { defineCheck } from "../check.ts"

export const indexes = defineCheck({
  id: "indexes",
  asks: "Whether an interrupted build has left an index that nothing uses and every write maintains",
  otherwise: "warn",
  look({ vitals: { invalidIndexes } }) {
    const [first] = invalidIndexes
    if (first === undefined) return { finding: "ok", evidence: "all valid" }
    return {
      finding: "concern",
      evidence: `invalid: ${invalidIndexes.slice(0, 5).join(", ")}${invalidIndexes.length > 5 ? `, and ${invalidIndexes.length - 5} more` : ""}`,
      fix: `reindex index concurrently ${first}, or drop it`,
    }
  },
})
