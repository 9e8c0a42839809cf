import type { Connection } from "../db/connection.ts"
import { qualified, quoteIdentifier, quoteLiteral } from "../sql/identifier.ts"
import { rewriteRefused, rewritesSetting } from "./rewrites.ts"

/** The function that the event trigger runs; it belongs to whoever installed it, not to the owner of the history. */
export const guardFunction = "refuse_unplanned_rewrite"

/** What of the guard is there. */
export interface GuardState {
  /** `outdated`: another version of Lockstep has made it. `disabled`: somebody has switched it off. */
  readonly state: "absent" | "installed" | "outdated" | "disabled"
  /** Tables up to this size may always be written anew, in bytes; null where it is absent. */
  readonly above: number | null
  /** Whose it is; null where it is absent. */
  readonly owner: string | null
}

/** The event trigger belongs to the database, not to a schema; two histories in one database have one each. */
export function guardName(schema: string): string {
  return `${schema}_guard`
}

/**
 * The body of the function. It fires before a table is written anew by ALTER TABLE or ALTER TYPE, while the lock is held
 * and nothing is done yet. An empty table costs nothing, a table that the transaction has made is nobody's, and a
 * partition may do what its parent may. The row of the column `tableoid` tells who made a table: no ALTER touches it.
 *
 * @see PostgreSQL documentation, "Event Trigger Firing Matrix": VACUUM FULL, CLUSTER and REFRESH do not fire it
 */
function bodyOf(schema: string, above: number): string {
  return `
declare
  above_bytes constant bigint := ${above};
  target constant oid := pg_event_trigger_table_rewrite_oid();
  planned constant text := coalesce(current_setting('${rewritesSetting}', true), '');
  now_at constant bigint := pg_current_xact_id()::text::bigint;
  made_at bigint;
begin
  if planned = '*' or pg_relation_size(target) <= above_bytes then
    return;
  end if;
  if exists (select from pg_class c join pg_namespace n on n.oid = c.relnamespace
             where c.oid = target and (c.relpersistence = 't' or n.nspname = ${quoteLiteral(schema)})) then
    return;
  end if;
  select ((now_at >> 32) << 32) + a.xmin::text::bigint into made_at
  from pg_attribute a where a.attrelid = target and a.attname = 'tableoid';
  if made_at >= now_at then
    begin
      if pg_xact_status(made_at::text::xid8) = 'in progress' then
        return;
      end if;
    exception when invalid_parameter_value then
      null; -- a number of the round before
    end;
  end if;
  if exists (
    with recursive above (relation) as (
      select target
      union
      select i.inhparent from pg_inherits i join above a on i.inhrelid = a.relation
    )
    select from above a join regexp_split_to_table(planned, '\\s*,\\s*') as p (name)
      on a.relation = case when p.name ~ '^[0-9]+$' then p.name::oid when p.name <> '' then to_regclass(p.name)::oid end
  ) then
    return;
  end if;
  raise exception using
    errcode = '${rewriteRefused}',
    message = format('table %s would be written anew, and no plan says so', target::regclass),
    detail = format('%s with its indexes would be copied while nobody can read or write it.', pg_size_pretty(pg_total_relation_size(target))),
    hint = format('Let Lockstep plan it: lockstep plan --out plan.json, then lockstep upgrade --plan plan.json. Whoever means it by hand: set local ${rewritesSetting} = %L', target::regclass);
end
`
}

/** The SQL that installs the guard, or brings it up to date. */
export function installGuardText(schema: string, above: number): string {
  const name = qualified({ schema, name: guardFunction })
  const trigger = quoteIdentifier(guardName(schema))
  return `begin;
create or replace function ${name}() returns event_trigger language plpgsql
set search_path = pg_catalog, pg_temp as $lockstep$${bodyOf(schema, above)}$lockstep$;
drop event trigger if exists ${trigger};
create event trigger ${trigger} on table_rewrite execute function ${name}();
commit`
}

/** The SQL that takes the guard away. */
export function removeGuardText(schema: string): string {
  return `begin;
drop event trigger if exists ${quoteIdentifier(guardName(schema))};
drop function if exists ${qualified({ schema, name: guardFunction })}();
commit`
}

/** Reads what of the guard is there. */
export async function readGuard(connection: Connection, schema: string): Promise<GuardState> {
  const [found] = await connection.query<{
    body: string
    enabled: string
    owner: string
  }>(
    `select p.prosrc as body, t.evtenabled::text as enabled, pg_catalog.pg_get_userbyid(t.evtowner)::text as owner
from pg_catalog.pg_event_trigger t
join pg_catalog.pg_proc p on p.oid = t.evtfoid
join pg_catalog.pg_namespace n on n.oid = p.pronamespace
where n.nspname = $1 and p.proname = '${guardFunction}' and t.evtevent = 'table_rewrite'`,
    [schema],
  )
  if (found === undefined) return { state: "absent", above: null, owner: null }
  const { body, enabled, owner } = found
  const above = Number(/above_bytes constant bigint := (\d+);/.exec(body)?.[1] ?? 0)
  const on = enabled === "O" || enabled === "A"
  const state = !on ? "disabled" : body === bodyOf(schema, above) ? "installed" : "outdated"
  return { state, above, owner }
}
