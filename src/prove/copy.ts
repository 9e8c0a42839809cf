import { quoteIdentifier } from "../sql/identifier.ts"
import { loadParser } from "../sql/parser.ts"
import type { Facts } from "./facts.ts"
import type { Query } from "./query.ts"
import { usesOf } from "./uses.ts"

/**
 * Returns a `COPY ... FROM` as the INSERT of one of its rows, which fails for the same reasons: its columns, their types
 * and constraints, the privileges. Any other query is returned as it is.
 */
export async function rowsAsInsert(query: Query, facts: Facts): Promise<Query> {
  const { node } = query
  if (node === undefined || !("CopyStmt" in node) || node.CopyStmt.is_from !== true) return query
  const [relation] = usesOf(node, facts).relations
  const columns = facts.relations[relation ?? ""]?.columns
  if (relation === undefined || columns === undefined) return query
  const listed = (node.CopyStmt.attlist ?? []).flatMap((name) =>
    "String" in name ? [name.String.sval ?? ""] : [],
  )
  const names =
    listed.length > 0 ? listed : Object.keys(columns).filter((name) => columns[name]?.generated === "")
  const into = listed.length > 0 ? ` (${names.map(quoteIdentifier).join(", ")})` : ""
  // Without a list of columns the rows have as many as the table, which is what RETURNING * says.
  const whole = listed.length > 0 ? "" : " returning *"
  const sql = `insert into ${relation}${into} values (${names.map((_, index) => `$${index + 1}`).join(", ")})${whole}`
  return { ...query, sql, node: (await loadParser())(sql) }
}
