import { quoteIdentifier } from "../sql/identifier.ts"
import { loadParser } from "../sql/parser.ts"
import type { Facts } from "./facts.ts"
import type { Query } from "./query.ts"
import { usesOf } from "./uses.ts"

/**
 * Returns what the server asks by itself when a query deletes rows: each foreign key that refers to them is looked up
 * in the table that has it. EXPLAIN does not show it, and without an index it reads all of that table.
 */
export async function lookupsOf(queries: readonly Query[], facts: Facts): Promise<readonly Query[]> {
  const parse = await loadParser()
  const lookups = new Map<string, Query>()
  for (const query of queries) {
    const deleted = new Set(
      usesOf(query.node, facts).writes.flatMap(({ operation, relation }) =>
        operation === "delete" ? [relation] : [],
      ),
    )
    if (deleted.size === 0) continue
    for (const [relation, { constraints }] of Object.entries(facts.relations)) {
      for (const [name, { type, references, columns }] of Object.entries(constraints)) {
        if (type !== "f" || references === null || !deleted.has(references)) continue
        const conditions = columns.map((column, index) => `${quoteIdentifier(column)} = $${index + 1}`)
        const sql = `select from ${relation} where ${conditions.join(" and ")}`
        const what = `${query.name}, by the foreign key ${name} of ${relation},`
        lookups.set(sql, { ...query, sql, name: what, node: parse(sql) })
      }
    }
  }
  return [...lookups.values()]
}
