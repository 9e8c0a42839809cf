import type { RoleAudit } from "../api/roles-audit.ts"
import { version } from "../version.ts"

/**
 * Returns audits as a SARIF log. A path has no file: its place is a logical one, the role.
 *
 * @see OASIS, Static Analysis Results Interchange Format (SARIF) Version 2.1.0
 */
export function auditSarif(audits: readonly RoleAudit[]): Readonly<Record<string, unknown>> {
  const results = audits.flatMap(({ role, paths, excess }) => [
    ...paths.map(({ id, chain, fix }) =>
      resultOf(role, "error", id, `${chain.join("; ")}. Close it: ${fix}`),
    ),
    ...excess.map(({ id, message, fix }) =>
      resultOf(role, "warning", id, `${message}. Take it away: ${fix}`),
    ),
  ])
  const rules = [...new Set(results.map(({ ruleId }) => ruleId))]
  return {
    $schema: "https://json.schemastore.org/sarif-2.1.0.json",
    version: "2.1.0",
    runs: [
      {
        tool: { driver: { name: "lockstep", version, rules: rules.map((id) => ({ id })) } },
        results,
      },
    ],
  }
}

function resultOf(role: string, level: "error" | "warning", id: string, text: string) {
  return {
    ruleId: id.split(":", 1)[0] ?? id,
    level,
    message: { text },
    locations: [{ logicalLocations: [{ name: role, kind: "role", fullyQualifiedName: `${role}/${id}` }] }],
    partialFingerprints: { "lockstep/v1": `${role}/${id}` },
  }
}
