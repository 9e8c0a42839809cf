import { namesOf } from "../sql/names.ts"
import type { Observation } from "../trace/observation.ts"
import type { CatalogVerdict, Verdict } from "./finding.ts"

/**
 * Finds the statement behind what was seen of the catalog: the last one that names all it is about, else the last one
 * that names any of it, else the last one of all, which a block or procedure may hide.
 */
export function attribute(
  verdicts: readonly CatalogVerdict[],
  observations: readonly Observation[],
): ReadonlyMap<Observation, readonly Verdict[]> {
  const ran = observations.filter(({ error, skipped }) => error === undefined && skipped === undefined)
  const mentions = new Map(ran.map((each) => [each, wordsOf(each)]))
  const byStatement = new Map<Observation, Verdict[]>()
  for (const { names, ...verdict } of verdicts) {
    const scored = ran.map((each) => names.filter((name) => mentions.get(each)?.has(name)).length)
    const best = Math.max(0, ...scored)
    const statement = ran[best === 0 ? ran.length - 1 : scored.lastIndexOf(best)]
    if (statement !== undefined) byStatement.set(statement, [...(byStatement.get(statement) ?? []), verdict])
  }
  return byStatement
}

function wordsOf({ node, statement }: Observation): ReadonlySet<string> {
  // The body of a block is a text to the parser.
  if (node !== undefined && "DoStmt" in node) return new Set(statement.sql.match(/\w+/g))
  const quoted = [...statement.sql.matchAll(/'((?:[^']|'')*)'/g)].map(([, text = ""]) =>
    text.replaceAll("''", "'"),
  )
  if (node === undefined) return new Set(quoted)
  const { makes, mentions } = namesOf(node)
  return new Set([...makes, ...mentions, ...quoted])
}
