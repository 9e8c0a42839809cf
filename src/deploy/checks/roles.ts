import { ToolError } from "../../diagnostic.ts"
import { readKnownPaths } from "../../history/evidence.ts"
import type { Target } from "../../runner/target.ts"
import { defineCheck } from "../check.ts"

export const roles = defineCheck({
  id: "roles",
  asks: "Whether the application's roles have a way to change the schema that they did not have at the last deploy",
  otherwise: "stop",
  async look({ target, applicationRoles, policies }) {
    const { roles: names, accept = {} } = policies.audit ?? { roles: applicationRoles }
    if (names.length === 0) return undefined
    try {
      const paths = await findPaths(target, names, accept)
      if (paths.length === 0)
        return { finding: "ok", evidence: `${names.join(", ")}: no way to change the schema`, paths }
      // Of a first deploy nobody can say which paths are new.
      const known = (await knownPaths(target)) ?? paths
      const added = paths.filter((path) => !known.includes(path))
      const [role = ""] = (added[0] ?? paths[0] ?? "").split(": ")
      return {
        finding: added.length === 0 ? "warning" : "concern",
        evidence:
          added.length === 0
            ? ways(paths.length, "to change the schema")
            : ways(added.length, "to change the schema that the last deploy did not find"),
        details: [...added, ...paths.filter((path) => !added.includes(path))].slice(0, 10),
        fix: `lockstep roles audit --role ${role} shows each with the SQL that closes it`,
        paths,
      }
    } catch (error) {
      if (!(error instanceof ToolError)) throw error
      return { finding: "warning", evidence: error.message }
    }
  },
})

async function findPaths(
  { connection, schema }: Target,
  names: readonly string[],
  accept: Readonly<Record<string, string>>,
): Promise<readonly string[]> {
  const { audit } = await import("../../roles/audit.ts")
  const audits = await audit(connection, { choose: () => names, historySchema: schema, accept })
  return audits.flatMap(({ role, paths }) => paths.map(({ id }) => `${role}: ${id}`))
}

async function knownPaths({ connection, schema, history }: Target): Promise<readonly string[] | undefined> {
  return history.format === 0 ? undefined : readKnownPaths(connection, schema)
}

function ways(count: number, what: string): string {
  return count === 1 ? `1 way ${what}` : `${count} ways ${what}`
}
