import { refuseUnsupported } from "../../db/fitness.ts"
import { defineCheck } from "../check.ts"
import { refusalOf } from "../refused.ts"

export const server = defineCheck({
  id: "server",
  asks: "Which server it is, and whether Lockstep knows its version",
  otherwise: "warn",
  look({ target }) {
    const { facts } = target
    try {
      refuseUnsupported(facts)
    } catch (error) {
      return refusalOf(error)
    }
    return { finding: "ok", evidence: `${facts.product} ${facts.serverVersionText}` }
  },
})
