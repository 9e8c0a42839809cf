import { auditTenantTables, type TenantAudit, type TenantRules } from "../roles/tenants.ts"
import { openDatabase } from "./open-database.ts"
import type { TargetOptions } from "./options.ts"

export type { TenantAudit, TenantFinding, TenantRules } from "../roles/tenants.ts"

export interface AuditTenantsOptions extends TargetOptions {
  readonly rules: TenantRules
}

/** Compares the tables of tenant schemas with the rules that keep tenants apart. Reads catalogs only. */
export async function auditTenants(options: AuditTenantsOptions): Promise<TenantAudit> {
  const connection = await openDatabase(options, "roles audit")
  try {
    return await auditTenantTables(connection, options.rules)
  } finally {
    await connection.close()
  }
}
