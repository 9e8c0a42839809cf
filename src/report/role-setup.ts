import type { RolesOutcome } from "../api/roles-apply.ts"
import type { Colors } from "./colors.ts"
import { count } from "./count.ts"
import { printAudit } from "./role-audit.ts"

/** Prints a plan as a script that psql runs, with the reasons as comments; of an apply, what was run. */
export function printRoleSetup(
  { steps, notes, audits }: RolesOutcome,
  action: "plan" | "apply",
  paint: Colors,
): string {
  const lines = steps.flatMap(({ sql, because }) => [paint.dim(`-- ${because}`), `${sql};`])
  const warnings = notes.map((note) => paint.yellow(`-- note: ${note}`))
  if (action === "plan")
    return steps.length === 0
      ? ["-- nothing to do: the roles are as they should be", ...warnings].join("\n")
      : ["BEGIN;", ...lines, "COMMIT;", ...warnings].join("\n")
  const open = audits.filter(({ paths }) => paths.length > 0)
  return [
    ...lines,
    ...warnings,
    steps.length === 0
      ? `${paint.green("nothing to do")}: the roles are as they should be`
      : `${paint.green("applied")}: ${count(steps.length, "statement")}`,
    ...open.map((audit) => `\n${printAudit(audit, paint)}`),
    ...(open.length === 0 && audits.length > 0
      ? [`${paint.green("no path")}: ${audits.map(({ role }) => role).join(", ")}`]
      : []),
  ].join("\n")
}
