import { quoteLiteral } from "../sql/identifier.ts"
import { defineKind } from "./kind.ts"

export interface EventTrigger {
  /** `ddl_command_start`, `sql_drop`, `login`. */
  readonly event: string
  /** Command tags that it is limited to. */
  readonly tags: readonly string[]
  /** Quoted and qualified. */
  readonly function: string
  readonly enabled: "enable" | "disable" | "enable replica" | "enable always"
}

/**
 * Made last and dropped first, so that it does not run for the statements of its own plan. It is in no schema; it belongs
 * to where its function is.
 */
export const eventTriggers = defineKind<EventTrigger>({
  name: "event trigger",
  query: (scope) => `
    select 'pg_event_trigger'::regclass::oid as classid, o.oid as objid, 0 as objsubid, quote_ident(o.evtname) as name,
      o.evtowner::regrole::text as owner, o.evtevent as event, coalesce(o.evttags, '{}') as tags,
      o.evtfoid::regproc::text as function,
      case o.evtenabled when 'D' then 'disable' when 'R' then 'enable replica' when 'A' then 'enable always'
        else 'enable' end as enabled
    from pg_event_trigger o 
    where ${scope.includes("pg_event_trigger", "o.oid", "(select p.pronamespace from pg_proc p where p.oid = o.evtfoid)")}`,
  create: ({ identity, properties: { event, tags, function: name, enabled } }) => [
    `create event trigger ${identity} on ${event}${
      tags.length === 0 ? "" : ` when tag in (${tags.map(quoteLiteral).join(", ")})`
    } execute function ${name}()`,
    ...(enabled === "enable" ? [] : [`alter event trigger ${identity} ${enabled}`]),
  ],
  drop: ({ identity }) => [`drop event trigger ${identity}`],
  alter: {
    event: "recreate",
    tags: "recreate",
    function: "recreate",
    enabled: (_, { identity, properties: { enabled } }) => [`alter event trigger ${identity} ${enabled}`],
  },
  facets: {
    comment: ({ identity }) => `event trigger ${identity}`,
    owner: ({ identity }) => `event trigger ${identity}`,
  },
})
