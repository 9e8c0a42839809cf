import { refuseReadOnly } from "../../db/fitness.ts"
import { defineCheck } from "../check.ts"
import { refusalOf } from "../refused.ts"

export const writable = defineCheck({
  id: "writable",
  asks: "Whether it is the primary, and sessions may write",
  otherwise: "warn",
  look({ target }) {
    try {
      refuseReadOnly(target.facts)
    } catch (error) {
      return refusalOf(error)
    }
    return { finding: "ok", evidence: "the primary, open for writing" }
  },
})
