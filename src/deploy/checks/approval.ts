import { readApprovals } from "../../history/evidence.ts"
import { defineCheck } from "../check.ts"
import { planDigest } from "../plan-digest.ts"

export const approval = defineCheck({
  id: "approval",
  asks: "Whether enough people have approved exactly this plan",
  otherwise: "stop",
  async look({ policies: { approvals = 0 }, due, target, named, now }) {
    if (approvals === 0 || due.length === 0) return undefined
    const plan = planDigest(due)
    const { connection, schema, history } = target
    const found = history.format === 0 ? [] : await readApprovals(connection, schema, plan, now)
    const by = found.map((each) => each.by).join(", ")
    const evidence = `plan ${plan.slice(0, 12)} has ${found.length} of ${approvals}${by === "" ? "" : `: ${by}`}`
    if (found.length >= approvals) return { finding: "ok", evidence }
    return {
      finding: "concern",
      evidence,
      fix: `somebody who has read it: lockstep approve${named === undefined ? "" : ` ${named}`}`,
    }
  },
})
