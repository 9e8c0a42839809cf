/** What keeps the rows of tenants apart in some schemas. */
export interface TenantRules {
  readonly schemas: readonly string[]
  /** By a column in every table and key, or by row security. */
  readonly by: "column" | "row-security"
  /** The column that says whose a row is. Default: `tenant_id`. */
  readonly column?: string
  /** Tables for which the rules do not hold, as `schema.table`, each with the reason. */
  readonly exceptions?: Readonly<Record<string, string>>
}

/** The column that says whose a row is. */
export function tenantColumn({ column = "tenant_id" }: TenantRules): string {
  return column
}
