import { readGuard } from "../../history/guard.ts"
import { defineCheck } from "../check.ts"

export const guard = defineCheck({
  id: "guard",
  asks: "Whether the guard in the database, which refuses to write a table anew where no plan says so, is there and switched on",
  otherwise: "warn",
  async look({ target: { connection, schema }, policies }) {
    const { state, above } = await readGuard(connection, schema)
    if (state === "absent" && policies.guard !== true) return undefined
    if (state === "installed")
      return {
        finding: "ok",
        evidence: `no ${above === 0 ? "table with rows" : `table above ${above} bytes`} is written anew where no plan says so`,
      }
    const says = {
      absent: "the guard in the database is not there",
      disabled: "the guard in the database is switched off",
      outdated: "the guard in the database is of another version, or was edited",
    }[state]
    return { finding: "concern", evidence: says, fix: "lockstep guard install, as an administrator" }
  },
})
