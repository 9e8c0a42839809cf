import type { CatalogObject } from "../catalog/catalog.ts"
import { defineKind, losing } from "./kind.ts"

/**
 * A subscription of this database. To make or drop one reaches into another server, where a slot is made or dropped, and
 * needs a connection string with a password. Where that is not read, both are left to people; where it is, what is made
 * is not connected yet, and what is dropped leaves its slot behind.
 */
export interface Subscription {
  /** Quoted as text; null where secrets are left out. */
  readonly connection: string | null
  readonly publications: readonly string[]
  readonly enabled: boolean
  /** Quoted as text; null for `NONE`. */
  readonly slotName: string | null
  /** `binary = true`: what ALTER SUBSCRIPTION ... SET takes at any time. */
  readonly options: readonly string[]
  /** `two_phase = true`: what it takes only while the subscription is disabled, or never. */
  readonly fixedOptions: readonly string[]
}

type Of = CatalogObject<Subscription>

export const subscriptions = defineKind<Subscription>({
  name: "subscription",
  query: (scope) => `
    select 'pg_subscription'::regclass::oid as classid, o.oid as objid, 0 as objsubid, quote_ident(o.subname) as name,
      o.subowner::regrole::text as owner,
      ${scope.secrets ? "quote_literal(o.subconninfo)" : "null"} as connection,
      array(select quote_ident(p) from unnest(o.subpublications) with ordinality u (p, n) order by n) as publications, o.subenabled as enabled,
      quote_literal(o.subslotname) as "slotName", ${changeableOptions(scope.version)} as options,
      ${fixedOptions(scope.version)} as "fixedOptions"
    from pg_subscription o
    where o.subdbid = (select oid from pg_database where datname = current_database())
      and ${scope.includes("pg_subscription", "o.oid")}`,
  create: ({ identity, properties }) => {
    const { connection, publications, enabled, slotName, options, fixedOptions } = properties
    const settings = ["connect = false", `slot_name = ${slotName ?? "none"}`, ...options, ...fixedOptions]
    const sql = `create subscription ${identity} connection ${connection ?? "'...'"} publication ${publications.join(", ")} with (${settings.join(", ")})`
    const enable = `alter subscription ${identity} enable`
    return [
      connection === null
        ? { sql, byHand: "a subscription needs a connection string, and a slot on another server" }
        : sql,
      ...(enabled ? [{ sql: enable, byHand: "the slot on the other server has to be there first" }] : []),
    ]
  },
  drop: ({ identity, properties: { connection, enabled, slotName } }) => {
    const sql = `drop subscription ${identity}`
    if (connection === null) {
      return [{ sql, byHand: "dropping a subscription ends replication, and drops a slot on another server" }]
    }
    return [
      ...(enabled ? [`alter subscription ${identity} disable`] : []),
      ...(slotName === null ? [] : [`alter subscription ${identity} set (slot_name = none)`]),
      losing(sql, `the progress of subscription ${identity}, whose slot stays on the other server`),
    ]
  },
  alter: {
    connection: (before, { identity, properties: { connection } }) =>
      before.properties.connection === null || connection === null
        ? []
        : [`alter subscription ${identity} connection ${connection}`],
    publications: (_, { identity, properties: { publications } }) => [
      `alter subscription ${identity} set publication ${publications.join(", ")} with (refresh = false)`,
    ],
    // A subscription without a slot must be disabled.
    slotName: (before, after) => [
      ...(before.properties.enabled && !after.properties.enabled ? [switched(after)] : []),
      setting(after, [`slot_name = ${after.properties.slotName ?? "none"}`]),
    ],
    enabled: (_, after) => [switched(after)],
    options: (before, after) => [setting(after, added(before.properties.options, after.properties.options))],
    fixedOptions: (before, after) => [
      {
        sql: setting(after, added(before.properties.fixedOptions, after.properties.fixedOptions)),
        byHand: "the subscription has to be disabled first, and its slot on another server changes with it",
      },
    ],
  },
  facets: {
    comment: ({ identity }) => `subscription ${identity}`,
    owner: ({ identity }) => `subscription ${identity}`,
  },
})

function switched({ identity, properties: { enabled } }: Of): string {
  return `alter subscription ${identity} ${enabled ? "enable" : "disable"}`
}

function setting({ identity }: Of, options: readonly string[]): string {
  return `alter subscription ${identity} set (${options.join(", ")})`
}

function added(before: readonly string[], after: readonly string[]): readonly string[] {
  return after.filter((option) => !before.includes(option))
}

function changeableOptions(version: number): string {
  const streaming =
    version >= 160000
      ? "case o.substream when 't' then 'on' when 'p' then 'parallel' else 'off' end"
      : "case when o.substream then 'on' else 'off' end"
  return `array[
    'binary = ' || o.subbinary, 'streaming = ' || ${streaming}, 'synchronous_commit = ' || quote_literal(o.subsynccommit)
    ${version >= 150000 ? ", 'disable_on_error = ' || o.subdisableonerr" : ""}
    ${
      version >= 160000
        ? `, 'password_required = ' || o.subpasswordrequired, 'run_as_owner = ' || o.subrunasowner,
           'origin = ' || quote_literal(o.suborigin)`
        : ""
    }]`
}

function fixedOptions(version: number): string {
  if (version < 150000) return "'{}'::text[]"
  return `array['two_phase = ' || (o.subtwophasestate <> 'd')${version >= 170000 ? ", 'failover = ' || o.subfailover" : ""}]`
}
