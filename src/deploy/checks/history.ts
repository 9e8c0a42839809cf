import { defineCheck } from "../check.ts"

export const history = defineCheck({
  id: "history",
  asks: "Whether Lockstep's own tables are there and may be written",
  otherwise: "warn",
  look({ target, vitals, folder }) {
    const { schema, history: found } = target
    if (vitals.ownsHistory === null) {
      return vitals.superuser || vitals.mayCreate
        ? { finding: "ok", evidence: "nothing was ever applied here; the tables will be made" }
        : {
            finding: "refusal",
            evidence: `there is no schema ${schema}, and this role may not make one`,
            fix: `let an administrator run once: create schema ${schema} authorization ${target.facts.user}`,
          }
    }
    if (!vitals.superuser && !vitals.ownsHistory)
      return {
        finding: "refusal",
        evidence: `schema ${schema} belongs to another role`,
        fix: "connect as the migrator",
      }
    const applied = found.matchesFolder ? folder.count : found.applied.size
    return { finding: "ok", evidence: `${applied} ${applied === 1 ? "revision" : "revisions"} applied` }
  },
})
