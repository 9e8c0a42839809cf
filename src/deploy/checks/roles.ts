import { ToolError } from "../../diagnostic.ts"
import { defineCheck } from "../check.ts"

export const roles = defineCheck({
  id: "roles",
  asks: "Whether the application's roles have a way to change the schema",
  otherwise: "warn",
  async look({ target: { connection, schema }, applicationRoles }) {
    if (applicationRoles.length === 0) return undefined
    const { audit } = await import("../../roles/audit.ts")
    try {
      const audits = await audit(connection, {
        choose: () => applicationRoles,
        historySchema: schema,
        accept: {},
      })
      const paths = audits.flatMap(({ role, paths: found }) => found.map(({ id }) => `${role}: ${id}`))
      if (paths.length === 0)
        return { finding: "ok", evidence: `${applicationRoles.join(", ")}: no way to change the schema` }
      return {
        finding: "concern",
        evidence:
          paths.length === 1 ? "1 way to change the schema" : `${paths.length} ways to change the schema`,
        details: paths.slice(0, 10),
        fix: `lockstep roles audit --role ${applicationRoles[0]} shows each with the SQL that closes it`,
      }
    } catch (error) {
      if (!(error instanceof ToolError)) throw error
      return { finding: "concern", evidence: error.message }
    }
  },
})
