import { age } from "../amount.ts"
import { defineCheck } from "../check.ts"
import type { LongTransaction } from "../vitals.ts"

export const transactions = defineCheck({
  id: "transactions",
  asks: "Whether transactions older than a minute would stand in the way of locks and concurrent builds",
  otherwise: "warn",
  look({ vitals: { transactions: found, prepared, hidden } }) {
    const unseen = hidden === 0 ? "" : `; of ${hidden} sessions this role may see nothing`
    if (found.length === 0 && prepared === 0)
      return { finding: "ok", evidence: `none older than a minute${unseen}` }
    const oldest = found[0] === undefined ? "" : `, the oldest ${age(found[0].seconds)}`
    const two = prepared === 0 ? "" : `${found.length === 0 ? "" : ", "}${prepared} prepared`
    return {
      finding: "concern",
      evidence: `${found.length === 0 ? "" : `${found.length} older than a minute${oldest}`}${two}${unseen}`,
      details: found.map(describe),
      fix:
        found[0] === undefined
          ? "finish them: select * from pg_prepared_xacts"
          : `end what nobody needs: select pg_terminate_backend(${found[0].pid})`,
    }
  },
})

function describe({ pid, user, application, state, seconds }: LongTransaction): string {
  return `pid ${pid} ${application || "unknown"} (${user ?? "unknown"}), ${state ?? "hidden"} for ${age(seconds)}`
}
