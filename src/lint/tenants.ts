import type { TenantAudit, TenantFinding } from "../tenants/audit.ts"
import type { CatalogVerdict } from "./finding.ts"
import type { tenantRulePages } from "./tenant-rules.ts"

const ruleOf: Readonly<Record<TenantFinding["rule"], keyof typeof tenantRulePages>> = {
  column: "tenant-column",
  "not-null": "tenant-column",
  index: "tenant-index",
  "foreign-key": "tenant-foreign-key",
  "row-security": "tenant-row-security",
  policy: "tenant-row-security",
  view: "tenant-row-security",
}

/** Where no schema is declared to hold the rows of several tenants. */
export const noTenants: Pick<TenantAudit, "findings" | "names"> = { findings: [], names: [] }

/** Returns what a script has added to it: tables that were there before are for `roles audit --tenants`. */
export function judgeTenants(
  before: readonly TenantFinding[],
  after: readonly TenantFinding[],
): readonly CatalogVerdict[] {
  const known = new Set(before.map(({ message }) => message))
  return after
    .filter(({ message }) => !known.has(message))
    .map(({ table, rule, message, fix }) => ({
      rule: ruleOf[rule],
      relation: table,
      message: `${message}; ${fix}`,
      names: namesIn(table),
    }))
}

/** `shop."Odd name"`: what a statement would call it. */
function namesIn(table: string): readonly string[] {
  const parts = table.match(/"(?:[^"]|"")*"|[^.]+/g) ?? []
  return parts.map((part) => part.replace(/^"(.*)"$/, "$1").replaceAll('""', '"')).reverse()
}
