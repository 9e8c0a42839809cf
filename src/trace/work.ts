import type { Connection } from "../db/connection.ts"
import { qualified } from "../sql/identifier.ts"
import type { CommandEvent } from "./notes.ts"
import type { KnownRelation, Work } from "./observation.ts"
import { type PlanNode, workOf } from "./plans.ts"
import type { State } from "./state.ts"

/**
 * Returns the rewrites and index builds between two looks. A relation whose file is another one was written anew; an
 * index that was not there and has a file that was is a reused one, and no build.
 */
export function workBetween(
  before: State,
  after: State,
  known: ReadonlyMap<number, KnownRelation>,
): readonly Work[] {
  const files = new Set([...before.files.values()].map(({ file }) => file))
  const work: Work[] = []
  for (const [oid, { file, table }] of after.files) {
    if (file === 0 || files.has(file)) continue
    const relation = known.get(table ?? oid)
    if (relation === undefined || relation.kind === "S") continue
    // An index that goes with its table's rewrite is part of it.
    work.push({ kind: table === null ? "rewrite" : "index build", relation })
  }
  return distinct(work)
}

export function workOfScans(events: readonly CommandEvent[]): readonly Work[] {
  return distinct(
    events.flatMap(({ scanned }) => scanned.map((relation): Work => ({ kind: "scan", relation }))),
  )
}

/** Looks up, in the session itself, which relations the names in plans mean. */
export async function workOfPlans(
  plans: readonly PlanNode[],
  session: Connection,
  known: ReadonlyMap<number, KnownRelation>,
): Promise<readonly Work[]> {
  const planned = plans.flatMap(workOf)
  if (planned.length === 0) return []
  const rows = await session.query<{ oid: number | null }>(
    "select pg_catalog.to_regclass(name)::pg_catalog.oid as oid from pg_catalog.unnest($1::pg_catalog.text[]) with ordinality as t (name, place) order by place",
    [planned.map(qualified)],
  )
  const work: Work[] = []
  for (const [index, { kind, found }] of planned.entries()) {
    const relation = known.get(rows[index]?.oid ?? 0)
    if (relation === undefined) continue
    if (found === undefined || found * 2 > (await rowsOf(session, relation))) work.push({ kind, relation })
  }
  return distinct(work)
}

async function rowsOf(session: Connection, { name }: KnownRelation): Promise<number> {
  const rows = await session.query<{ count: string }>(`select pg_catalog.count(*) as count from ${name}`)
  return Number(rows[0]?.count ?? 0)
}

function distinct(work: readonly Work[]): Work[] {
  return [...new Map(work.map((each) => [`${each.kind} ${each.relation.oid}`, each])).values()]
}
