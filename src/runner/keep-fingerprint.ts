import { setMeta } from "../history/record.ts"
import { fingerprint } from "../introspect/fingerprint.ts"
import { quoteLiteral } from "../sql/identifier.ts"
import type { RunContext } from "./context.ts"
import { isAsRecorded, keptFingerprint, type Place } from "./fingerprint.ts"
import { changeHistory } from "./transaction.ts"

/** The same before a run: a database in which nobody has made anything is what an empty history leads to, too. */
export async function isKnown({ connection, schema }: RunContext, place: Place): Promise<boolean> {
  try {
    if (place.applied.size + place.repeatables.size + place.inFlight.length === 0) {
      const [row] = await connection.query<{ pristine: boolean }>(
        `select ${pristineText(schema)} as pristine`,
      )
      return row?.pristine === true
    }
    return await isAsRecorded(connection, schema, place)
  } catch {
    // Then the next comparison takes longer; whatever is wrong shows in what follows.
    return false
  }
}

/**
 * Keeps the fingerprint of the catalog as it is now. To be called only where the catalog is what the history leads to:
 * compared with it just now, or known before the run, which did nothing but what the history says. What others change
 * while a run works is not told from what it does.
 *
 * @param seen the fingerprint from before the comparison: kept only where it is still the same
 */
export async function keepFingerprint(
  context: RunContext,
  place: Omit<Place, "fingerprint">,
  seen?: string,
): Promise<void> {
  try {
    const { connection, schema } = context
    const hash = await fingerprint(connection, [schema])
    if (seen !== undefined && seen !== hash) return
    await changeHistory(context, setMeta(schema, "fingerprint", keptFingerprint(place, hash)))
  } catch {
    // The run itself has succeeded and is recorded; without a fingerprint the next comparison takes longer.
  }
}

/** Nothing but what initdb makes, and Lockstep's own schema. */
function pristineText(schema: string): string {
  const others = (catalog: string, column: string) =>
    `not exists (select from pg_catalog.${catalog} o where o.oid >= 16384 and o.${column} not in (select n.oid from pg_catalog.pg_namespace n where n.nspname = ${quoteLiteral(schema)} or n.nspname ~ '^pg_(toast|temp)'))`
  return [
    others("pg_class", "relnamespace"),
    others("pg_proc", "pronamespace"),
    others("pg_type", "typnamespace"),
    others("pg_operator", "oprnamespace"),
    others("pg_collation", "collnamespace"),
    others("pg_namespace", "oid"),
    ...[
      "pg_extension",
      "pg_cast",
      "pg_event_trigger",
      "pg_publication",
      "pg_foreign_data_wrapper",
      "pg_language",
      "pg_default_acl",
      "pg_am",
      "pg_transform",
    ].map((catalog) => `not exists (select from pg_catalog.${catalog} o where o.oid >= 16384)`),
    ...[
      "pg_ts_config",
      "pg_ts_dict",
      "pg_ts_parser",
      "pg_ts_template",
      "pg_conversion",
      "pg_opclass",
      "pg_opfamily",
      "pg_statistic_ext",
    ].map((catalog) => `not exists (select from pg_catalog.${catalog} o where o.oid >= 16384)`),
    "not exists (select from pg_catalog.pg_subscription s join pg_catalog.pg_database d on d.oid = s.subdbid where d.datname = pg_catalog.current_database())",
    "exists (select from pg_catalog.pg_extension e where e.extname = 'plpgsql')",
    // As initdb leaves it, in versions up to 14 and since.
    `exists (select from pg_catalog.pg_namespace n where n.nspname = 'public'
      and n.nspacl::text[] = case when pg_catalog.current_setting('server_version_num')::int4 >= 150000
        then array['pg_database_owner=UC/pg_database_owner', '=U/pg_database_owner']
        else array[n.nspowner::regrole || '=UC/' || n.nspowner::regrole, '=UC/' || n.nspowner::regrole] end
      and pg_catalog.obj_description(n.oid, 'pg_namespace') = 'standard public schema')`,
  ].join(" and ")
}
