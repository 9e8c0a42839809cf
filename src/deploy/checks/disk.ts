import { bytes } from "../amount.ts"
import { defineCheck } from "../check.ts"

export const disk = defineCheck({
  id: "disk",
  asks: "How large the database is, and whether unused replication slots fill the disk; no server tells its free space",
  otherwise: "warn",
  look({ vitals: { bytes: size, keptBytes } }) {
    const evidence = `the database takes ${bytes(size)}`
    if (keptBytes === null || keptBytes < 1024 ** 3) return { finding: "ok", evidence }
    return {
      finding: "concern",
      evidence: `${evidence}; an inactive replication slot keeps ${bytes(keptBytes)} of log`,
      fix: "drop the slot, or let its consumer catch up: select * from pg_replication_slots where not active",
    }
  },
})
