import type { TenantAudit } from "../api/tenants.ts"
import type { Colors } from "./colors.ts"
import { count } from "./count.ts"

/** Prints which tables do not keep tenants apart, with what mends them. */
export function printTenantAudit({ tables, findings, exceptions }: TenantAudit, paint: Colors): string {
  const verdict =
    findings.length === 0
      ? `${paint.green("tenants are kept apart")} in ${count(tables, "table")}`
      : `${paint.red(count(findings.length, "finding"))} in ${count(tables, "table")} of tenants`
  return [
    verdict,
    ...findings.flatMap(({ message, rule, fix }) => [
      "",
      `${message} [${rule}]`,
      `  mend it: ${paint.cyan(fix)}`,
    ]),
    ...exceptions.map(({ table, because }) => paint.dim(`exception: ${table} because ${because}`)),
  ].join("\n")
}
