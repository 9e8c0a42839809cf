import type { Connection } from "../db/connection.ts"
import { ToolError } from "../diagnostic.ts"
import { literals, table } from "./record.ts"
import { chainedFormat, chainedText } from "./tables.ts"

/** One place at which the audit trail is not what was written. */
export interface BrokenLink {
  /** Its number in the chain; absent for a row that is in no chain. */
  readonly link?: number
  /** `event 12`, `run <uuid>`, or the head. */
  readonly row: string
  readonly problem: "changed" | "missing before" | "not chained" | "head"
  /** SHA-256 of what is found now; what an acceptance is for. */
  readonly found: string
  /** The reason with which somebody has accepted it. */
  readonly accepted?: string
}

/** What the rows of `run` and `event` say of themselves. */
export interface Trail {
  /** How many rows the chain has had. */
  readonly entries: number
  /** SHA-256 of the newest row, and through it of all before; empty where there is none. */
  readonly head: string
  /** How many rows were looked at. */
  readonly verified: number
  readonly broken: readonly BrokenLink[]
}

/** What a start looks at: a tenth of a second for a server. */
export const verifiedAtStart = 10_000

/** At most so many broken links are told. */
const told = 100

/**
 * Computes the hashes again over what the tables hold now, and compares. The server's own functions compute: none that
 * stands in the history's schema.
 *
 * @param newest how many rows from the end are looked at. Default: all
 */
export async function verifyTrail(connection: Connection, schema: string, newest?: number): Promise<Trail> {
  const last = `(select coalesce(pg_catalog.max(link), 0) from (${links(schema)}) l)`
  const from = newest === undefined ? "0" : `${last} - ${newest}`
  const rows = (name: "run" | "event") =>
    `select link, hash, pg_catalog.concat('${name} ', r.id) as name, ${chainedText(name, "r")} as content from ${table(schema, name)} r where link is null or link > ${from}`
  const [row] = await connection.query<{
    head: string | null
    link: string | null
    hash: string | null
    verified: string
    broken: string
  }>(
    `with rows as (${rows("run")} union all ${rows("event")}),
looked as (
  select link, hash, name, pg_catalog.lag(link) over chain as link_before,
    pg_catalog.encode(pg_catalog.sha256(pg_catalog.convert_to(case when link is null then '' else coalesce(pg_catalog.lag(hash) over chain, '') end || pg_catalog.chr(10) || content, 'UTF8')), 'hex') as found
  from rows window chain as (order by link nulls last, name)
),
broken as (
  select link, name, found,
    case when link is null then 'not chained' when link <> coalesce(link_before, 0) + 1 then 'missing before' else 'changed' end as problem
  from looked
  where link is null or (link_before is null and link = 1 and hash <> found) or (link_before is not null and (link <> link_before + 1 or hash <> found))
    or (link_before is null and link > 1 and ${newest === undefined ? "true" : `link > 1 + greatest(${from}, 0)`})
  order by link nulls last, name limit ${told}
)
select (select value from ${table(schema, "meta")} where key = 'chain') as head,
  (select pg_catalog.count(*) from looked)::text as verified,
  (select pg_catalog.max(link)::text from looked) as link,
  (select hash from looked where link is not null order by link desc limit 1) as hash,
  (select coalesce(pg_catalog.json_agg(pg_catalog.json_build_object('link', b.link, 'row', b.name, 'problem', b.problem, 'found', b.found, 'accepted',
    (select coalesce(e.details ->> 'because', '') from ${table(schema, "event")} e
      where e.kind = 'trail-accepted' and pg_catalog.jsonb_exists(e.details -> 'found', b.found) order by e.id limit 1)) order by b.link), '[]') from broken b)::text as broken`,
  )
  const [entries = "", head = ""] = row?.head?.split(" ") ?? []
  const found = (
    JSON.parse(row?.broken ?? "[]") as (Omit<BrokenLink, "accepted" | "link"> & {
      readonly link: number | null
      readonly accepted: string | null
    })[]
  ).map(({ link, accepted, ...broken }) => ({
    ...broken,
    ...(link === null ? {} : { link }),
    ...(accepted === null ? {} : { accepted }),
  }))
  const end = `${row?.link ?? "0"} ${row?.hash ?? ""}`
  const atHead: BrokenLink[] =
    row?.head === end ? [] : [{ row: "meta chain", problem: "head", found: row?.head ?? "none" }]
  return {
    entries: Number(entries || 0),
    head,
    verified: Number(row?.verified ?? 0),
    broken: [...found, ...atHead],
  }
}

/** Those that nobody has accepted. */
export function unaccepted({ broken }: Pick<Trail, "broken">): readonly BrokenLink[] {
  return broken.filter(({ accepted }) => accepted === undefined)
}

/**
 * Refuses a history whose newest rows are not what was written.
 *
 * @throws ToolError `history-altered`
 */
export async function refuseAltered(connection: Connection, schema: string): Promise<void> {
  const broken = unaccepted(await verifyTrail(connection, schema, verifiedAtStart))
  if (broken.length > 0) throw historyAltered(schema, broken)
}

export function historyAltered(schema: string, broken: readonly BrokenLink[]): ToolError {
  return new ToolError("history-altered", `the audit trail in schema ${schema} is not what was written`, {
    details: broken.slice(0, 10).map(brokenText),
    hint: 'find out who did that; then: lockstep history --accept-altered --because "..."',
    subject: schema,
    data: { broken },
  })
}

/** `event 12 was changed (link 34)`. */
export function brokenText({ row, link, problem }: BrokenLink): string {
  const place = link === undefined ? "" : ` (link ${link})`
  if (problem === "head") return "rows are missing at the end, or the head was changed"
  if (problem === "missing before") return `rows are missing before ${row}${place}`
  if (problem === "not chained") return `${row} was added past the trail`
  return `${row} was changed${place}`
}

/** Whether the history has a trail. */
export function hasTrail(format: number): boolean {
  return format >= chainedFormat
}

/** Whether rows can be chained to the head: it can be read, and does not stand before rows that are there. */
export async function headIsUsable(connection: Connection, schema: string): Promise<boolean> {
  const [row] = await connection.query<{ usable: boolean }>(
    `select coalesce((select value ~ '^[0-9]+ [0-9a-f]*$' and pg_catalog.split_part(value, ' ', 1)::numeric >= (select coalesce(pg_catalog.max(link), 0)::numeric from (${links(schema)}) l) from ${table(schema, "meta")} where key = 'chain'), false) as usable`,
  )
  return row?.usable === true
}

function links(schema: string): string {
  return `select link, hash from ${table(schema, "run")} union all select link, hash from ${table(schema, "event")}`
}

/** Sets the head to what the rows say, where it was changed: what follows is chained to it. */
export function mendHead(schema: string): string {
  const newest = `select link, hash from (${links(schema)}) l where link is not null order by link desc limit 1`
  return `insert into ${table(schema, "meta")} (key, value) values ('chain', coalesce((select pg_catalog.concat(link, ' ', hash) from (${newest}) n), '0 '))
on conflict (key) do update set value = excluded.value`
}

/** The head of the trail as it is now. */
export async function readHead(
  connection: Connection,
  schema: string,
): Promise<{ readonly entries: number; readonly head: string } | undefined> {
  const [row] = await connection.query<{ value: string }>(
    `select value from ${table(schema, "meta")} where key = ${literals(["chain"])}`,
  )
  const [entries, head] = row?.value.split(" ") ?? []
  return entries === undefined || head === undefined ? undefined : { entries: Number(entries), head }
}
