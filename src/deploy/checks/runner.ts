import { findHolder } from "../../runner/lock.ts"
import { defineCheck } from "../check.ts"

export const runner = defineCheck({
  id: "runner",
  asks: "Whether another runner works on this database now",
  otherwise: "warn",
  async look({ target: { connection, schema, history } }) {
    if (history.format === 0) return undefined
    const holder = await findHolder(connection, schema)
    if (holder === undefined) return { finding: "ok", evidence: "no other" }
    return {
      finding: "concern",
      evidence: `pid ${holder.pid}, ${holder.application} (${holder.user}), since ${holder.since}`,
      fix: "a deploy waits for it, as long as --wait says",
    }
  },
})
