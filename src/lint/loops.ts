import type { Node } from "libpg-query"
import type { Connection } from "../db/connection.ts"
import { type LoopedChange, loadLoopReader } from "../sql/loops.ts"
import { namesOf } from "../sql/names.ts"
import { open } from "../sql/parser.ts"
import type { Observation } from "../trace/observation.ts"

/** Returns the changes that each statement makes in loops which never commit, itself or in a routine that it calls. */
export async function readLoops(
  connection: Connection,
  observations: readonly Observation[],
): Promise<ReadonlyMap<Observation, readonly LoopedChange[]>> {
  const running = observations.filter(({ node }) => node !== undefined && runners.has(open(node).kind))
  const loops = new Map<Observation, readonly LoopedChange[]>()
  if (running.length === 0) return loops
  const read = await loadLoopReader()
  for (const observation of running) {
    const node = observation.node as Node
    const body = bodyOf(node)
    if (body !== undefined)
      loops.set(observation, read(`create procedure block() language plpgsql as ${quote(body)}`))
    else {
      const definitions = await connection.query<{ definition: string }>(
        `select pg_catalog.pg_get_functiondef(p.oid) as definition from pg_catalog.pg_proc p
           join pg_catalog.pg_language l on l.oid = p.prolang
           where p.proname = any ($1) and l.lanname = 'plpgsql' and p.oid >= 16384`,
        [[...namesOf(node).mentions]],
      )
      loops.set(
        observation,
        definitions.flatMap(({ definition }) => read(definition)),
      )
    }
  }
  return loops
}

const runners: ReadonlySet<string> = new Set(["DoStmt", "CallStmt", "SelectStmt"])

/** The text of a DO block. */
function bodyOf(node: Node): string | undefined {
  if (!("DoStmt" in node)) return undefined
  for (const argument of node.DoStmt.args ?? []) {
    if (!("DefElem" in argument) || argument.DefElem.defname !== "as") continue
    const { arg } = argument.DefElem
    if (arg !== undefined && "String" in arg) return arg.String.sval
  }
  return undefined
}

function quote(body: string): string {
  let tag = "$body$"
  while (body.includes(tag)) tag = tag.replace("$body", "$body_")
  return `${tag}${body}${tag}`
}
