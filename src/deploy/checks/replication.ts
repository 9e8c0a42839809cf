import { age } from "../amount.ts"
import { defineCheck } from "../check.ts"

export const replication = defineCheck({
  id: "replication",
  asks: "How far the standbys are behind",
  otherwise: "warn",
  look({ vitals: { standbys, lagSeconds } }) {
    if (standbys === 0) return { finding: "ok", evidence: "no standby is connected" }
    const count = standbys === 1 ? "1 standby" : `${standbys} standbys`
    if (lagSeconds === null) return { finding: "ok", evidence: `${count}, no lag to be seen` }
    const evidence = `${count}, at most ${age(lagSeconds)} behind`
    return lagSeconds < 30
      ? { finding: "ok", evidence }
      : { finding: "concern", evidence, fix: "wait until they have caught up" }
  },
})
