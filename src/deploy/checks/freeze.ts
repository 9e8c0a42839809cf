import { isFrozen, parseFreeze } from "../calendar.ts"
import { defineCheck } from "../check.ts"

export const freeze = defineCheck({
  id: "freeze",
  asks: "Whether nothing may be deployed for now",
  otherwise: "stop",
  look({ policies, now }) {
    const freezes = (policies.freezes ?? []).flatMap((text) => parseFreeze(text) ?? [])
    if (freezes.length === 0) return undefined
    const on = freezes.find((each) => isFrozen(each, now))
    if (on === undefined) return { finding: "ok", evidence: "none is on" }
    return { finding: "concern", evidence: `frozen: ${on.text}`, fix: `wait until ${on.to} is over` }
  },
})
