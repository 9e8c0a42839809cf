import { isRecord } from "../is-record.ts"
import type { TenantRules } from "../tenants/rules.ts"

const keys = ["schemas", "by", "column", "exceptions"]

/** Checks the setting `tenants`; every problem is named by its key. */
export function checkTenants(raw: unknown): {
  readonly tenants: TenantRules | undefined
  readonly problems: readonly { readonly key: string; readonly says: string }[]
} {
  const problems: { key: string; says: string }[] = []
  if (!isRecord(raw))
    return { tenants: undefined, problems: [{ key: "", says: `must be an object with ${keys.join(", ")}` }] }
  for (const key of Object.keys(raw))
    if (!keys.includes(key)) problems.push({ key, says: `is not a setting; there are ${keys.join(", ")}` })
  const { by = "column", column = "tenant_id", exceptions = {} } = raw
  const schemas = typeof raw.schemas === "string" ? [raw.schemas] : raw.schemas
  if (!Array.isArray(schemas) || schemas.length === 0 || !schemas.every((each) => typeof each === "string"))
    problems.push({ key: "schemas", says: "must be a text or a list of texts" })
  if (by !== "column" && by !== "row-security")
    problems.push({ key: "by", says: 'must be "column" or "row-security"' })
  if (typeof column !== "string" || column === "") problems.push({ key: "column", says: "must be a text" })
  if (
    !isRecord(exceptions) ||
    !Object.values(exceptions).every((each) => typeof each === "string" && each !== "")
  )
    problems.push({ key: "exceptions", says: "must be an object of reasons by tables, schema.table" })
  if (problems.length > 0) return { tenants: undefined, problems }
  return { tenants: { schemas, by, column, exceptions } as TenantRules, problems }
}
