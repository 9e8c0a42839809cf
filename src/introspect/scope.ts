import type { Scope } from "../kinds/kind.ts"

/** Which schemas are left out besides the server's own. */
export interface ScopeOptions {
  /** Unquoted names. Default: `lockstep`, where Lockstep keeps its history. */
  readonly excludeSchemas?: readonly string[]
  /**
   * Whether passwords in options of foreign servers and connection strings of subscriptions are read, which only
   * superusers may. Otherwise they come into no catalog and no plan, and what needs them is left to people.
   * Default: `leave out`.
   */
  readonly secrets?: "leave out" | "read"
}

/** Returns the conditions that limit every query to what belongs to the user. */
export function scopeOf(
  version: number,
  { excludeSchemas = ["lockstep"], secrets = "leave out" }: ScopeOptions = {},
): Scope {
  const excluded = ["information_schema", ...excludeSchemas].map((name) => `'${name.replaceAll("'", "''")}'`)
  const schemas = `select n.oid from pg_namespace n where n.nspname !~ '^pg_' and n.nspname not in (${excluded.join(", ")})`
  return {
    version,
    secrets: secrets === "read",
    includes(catalog, oid, schema) {
      const notMember =
        `not exists (select from pg_depend e where e.refclassid = 'pg_extension'::regclass and e.deptype = 'e'` +
        ` and e.classid = '${catalog}'::regclass and e.objid = ${oid})`
      // An array is built once; a plain IN (subquery) can be planned as a nested loop.
      return schema === undefined ? notMember : `${schema} = any (array(${schemas})) and ${notMember}`
    },
  }
}
