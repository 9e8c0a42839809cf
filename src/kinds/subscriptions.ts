import type { CatalogObject } from "../catalog/catalog.ts"
import { defineKind } from "./kind.ts"

/**
 * A subscription of this database. To make or drop one reaches into another server, where a slot is made or dropped, and
 * needs a connection string, which is not read because of its password: both are left to people.
 */
export interface Subscription {
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
      array(select quote_ident(p) from unnest(o.subpublications) p order by p collate "C") as publications, o.subenabled as enabled,
      quote_literal(o.subslotname) as "slotName", ${changeableOptions(scope.version)} as options,
      ${fixedOptions(scope.version)} as "fixedOptions"
    from pg_subscription o
    where o.subdbid = (select oid from pg_database where datname = current_database())
      and ${scope.includes("pg_subscription", "o.oid")}`,
  create: ({ identity, properties: { publications, slotName, options, fixedOptions } }) => {
    const settings = [`slot_name = ${slotName ?? "none"}`, ...options, ...fixedOptions]
    return [
      {
        sql: `create subscription ${identity} connection '...' publication ${publications.join(", ")} with (connect = false, ${settings.join(", ")})`,
        byHand: "a subscription needs a connection string, and a slot on another server",
      },
    ]
  },
  drop: ({ identity }) => [
    {
      sql: `drop subscription ${identity}`,
      byHand: "dropping a subscription ends replication, and drops a slot on another server",
    },
  ],
  alter: {
    publications: (_, { identity, properties: { publications } }) => [
      `alter subscription ${identity} set publication ${publications.join(", ")} with (refresh = false)`,
    ],
    enabled: (_, { identity, properties: { enabled } }) => [
      `alter subscription ${identity} ${enabled ? "enable" : "disable"}`,
    ],
    slotName: (_, after) => [
      {
        sql: setting(after, [`slot_name = ${after.properties.slotName ?? "none"}`]),
        byHand: "the slot is on another server",
      },
    ],
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
