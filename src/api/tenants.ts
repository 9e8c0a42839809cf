import { compareText } from "../compare-text.ts"
import { auditTenantTables, auditTenantViews, type TenantAudit } from "../tenants/audit.ts"
import type { TenantRules } from "../tenants/rules.ts"
import { openDatabase } from "./open-database.ts"
import type { TargetOptions } from "./options.ts"

export type { TenantAudit, TenantFinding } from "../tenants/audit.ts"
export type { TenantRules } from "../tenants/rules.ts"

export interface AuditTenantsOptions extends TargetOptions {
  readonly rules: TenantRules
}

/** Compares the tables of tenant schemas, and the views of them, with the rules that keep tenants apart. Reads catalogs only. */
export async function auditTenants(options: AuditTenantsOptions): Promise<TenantAudit> {
  const connection = await openDatabase(options, "roles audit")
  try {
    const tables = await auditTenantTables(connection, options.rules)
    const views = await auditTenantViews(connection, options.rules)
    return {
      ...tables,
      findings: [...tables.findings, ...views.findings].sort((a, b) => compareText(a.table, b.table)),
      exceptions: [...tables.exceptions, ...views.exceptions],
    }
  } finally {
    await connection.close()
  }
}
