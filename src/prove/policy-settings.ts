import type { Connection } from "../db/connection.ts"
import { quoteIdentifier } from "../sql/identifier.ts"

/** Settings of a session, by their names, with values by which policies let a row through that is there. */
export type PolicySettings = ReadonlyMap<string, string>

/** `tenant_id = (current_setting('app.tenant'::text, true))::integer`, as the server prints it. */
const comparison = /(?:"([^"]+)"|(\w+)) = \(*(?:nullif\(+)?current_setting\('([\w.]+)'/gi

/**
 * Reads which settings the policies compare a column with, and takes that column's value from a row of the table: an
 * application says so for each of its requests, and sees nothing without it.
 */
export async function readPolicySettings(connection: Connection): Promise<PolicySettings> {
  const policies = await connection.query<{ relation: string; text: string }>(
    `select c.oid::pg_catalog.regclass::pg_catalog.text as relation,
       pg_catalog.concat_ws(' ', pg_catalog.pg_get_expr(p.polqual, p.polrelid), pg_catalog.pg_get_expr(p.polwithcheck, p.polrelid)) as text
     from pg_catalog.pg_policy p join pg_catalog.pg_class c on c.oid = p.polrelid order by c.oid, p.polname`,
  )
  const settings = new Map<string, string>()
  for (const { relation, text } of policies) {
    for (const [, quoted, plain, setting = ""] of text.matchAll(comparison)) {
      const column = quoteIdentifier(quoted ?? plain ?? "")
      if (settings.has(setting)) continue
      const rows = await connection
        .query<{ value: string | null }>(
          `select ${column}::pg_catalog.text as value from ${relation} limit 1`,
        )
        .catch(() => [])
      const value = rows[0]?.value
      if (value !== null && value !== undefined) settings.set(setting, value)
    }
  }
  return settings
}
