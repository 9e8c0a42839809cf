import { describeDifference } from "../../bundle/compare.ts"
import { defineCheck } from "../check.ts"

export const bundle = defineCheck({
  id: "bundle",
  asks: "Whether the folder is the one that the image's bundle was made of",
  otherwise: "stop",
  look({ bundle: found }) {
    if (found === undefined) return undefined
    const { file, differences } = found
    if (differences.length === 0) return { finding: "ok", evidence: `complete, as ${file} says` }
    return {
      finding: "concern",
      evidence: `the revisions here are not those of ${file}`,
      details: differences.slice(0, 10).map(describeDifference),
      fix: "copy the whole folder into the image, or write the bundle anew with: lockstep bundle",
    }
  },
})
