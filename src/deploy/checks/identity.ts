import { defineCheck } from "../check.ts"

export const identity = defineCheck({
  id: "identity",
  asks: "Who connects, and whom that role may become",
  otherwise: "warn",
  look({ target, vitals }) {
    const { user } = target.facts
    const as = user === vitals.sessionUser ? user : `${user}, logged in as ${vitals.sessionUser}`
    if (vitals.superuser) return { finding: "ok", evidence: `${as}, a superuser` }
    const become = vitals.mayBecome.length === 0 ? "nobody else" : vitals.mayBecome.join(", ")
    return { finding: "ok", evidence: `${as}, may become ${become}` }
  },
})
