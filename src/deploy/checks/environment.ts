import { refuseEnvironment } from "../../runner/target.ts"
import { defineCheck } from "../check.ts"
import { refusalOf } from "../refused.ts"

export const environment = defineCheck({
  id: "environment",
  asks: "Whether the database is marked as the environment that is meant",
  otherwise: "warn",
  look({ target, named, urlOrigin }) {
    const { history, facts } = target
    try {
      refuseEnvironment({ environment: named, urlOrigin, writes: true }, history, facts)
    } catch (error) {
      return refusalOf(error)
    }
    if (history.environment !== undefined)
      return {
        finding: "ok",
        evidence: `marked as ${history.environment}${history.protected ? ", protected" : ""}`,
      }
    return {
      finding: named === undefined ? "ok" : "concern",
      evidence: "the database carries no mark",
      ...(named === undefined ? {} : { fix: `lockstep init --environment ${named} --env ${named}` }),
    }
  },
})
