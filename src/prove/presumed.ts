import type { Node } from "libpg-query"
import { quoteIdentifier } from "../sql/identifier.ts"
import { namesOf } from "../sql/names.ts"
import { loadParser, open } from "../sql/parser.ts"
import type { Statement } from "../sql/statements.ts"
import { unquote } from "../sql/written-name.ts"
import type { ColumnFacts, Facts, RelationFacts } from "./facts.ts"
import type { Query } from "./query.ts"

/** What can make a query fail, or find nothing, that no name and no constraint in the catalog tells. */
const opaque: ReadonlySet<string> = new Set([
  "CreateTrigStmt",
  "CreateFunctionStmt",
  "CreatePolicyStmt",
  "AlterPolicyStmt",
  "RuleStmt",
  "ViewStmt",
])

/**
 * Returns queries that any application has: a SELECT, an INSERT and an UPDATE for each relation that a trigger, a
 * policy, a rule, or the query of a view is changed of. None for a script that changes no such thing.
 */
export async function presumedQueries(
  statements: readonly Statement[],
  facts: Facts,
): Promise<readonly Query[]> {
  const parse = await loadParser()
  const nodes = statements.flatMap(({ sql }): Node[] => {
    const node = parse(sql)
    return node !== undefined && (opaque.has(open(node).kind) || altersView(node)) ? [node] : []
  })
  if (nodes.length === 0) return []
  const mentioned = new Set(
    nodes.flatMap((node) => {
      const { makes, mentions } = namesOf(node)
      return [...makes, ...mentions]
    }),
  )
  const touched = Object.entries(facts.relations).filter(
    ([, { name, triggers }]) => mentioned.has(name) || triggers.some((procedure) => mentioned.has(procedure)),
  )
  return touched.flatMap(([name, relation]) =>
    textsOf(name, relation).map(
      ([what, sql]): Query => ({
        sql,
        name: `(any ${what} ${name})`,
        from: [],
        releases: [],
        node: parse(sql),
      }),
    ),
  )
}

/** Under whose rights the tables of a view are read is an option of it. */
function altersView(node: Node): boolean {
  return "AlterTableStmt" in node && node.AlterTableStmt.objtype === "OBJECT_VIEW"
}

function textsOf(name: string, { kind, columns, constraints }: RelationFacts): readonly [string, string][] {
  const names = Object.keys(columns).map(quoteIdentifier)
  if (names.length === 0 || kind === "f") return []
  const select: [string, string] = ["SELECT from", `select ${names.join(", ")} from ${name}`]
  if (kind !== "r" && kind !== "p") return [select]
  const given = Object.entries(columns).filter(([, column]) => mustBeChosen(column))
  const values = given.map((_, index) => `$${index + 1}`).join(", ")
  const into = given.map(([column]) => quoteIdentifier(column)).join(", ")
  const insert =
    given.length === 0
      ? `insert into ${name} default values`
      : `insert into ${name} (${into}) values (${values})`
  const keys = new Set(
    Object.values(constraints).flatMap(({ type, columns: of }) => (type === "p" || type === "f" ? of : [])),
  )
  const changed = Object.keys(columns).find(
    (column) => !keys.has(column) && columns[column]?.generated === "" && columns[column]?.identity === "",
  )
  return [
    select,
    ["INSERT into", `${insert} returning ${names.join(", ")}`],
    ...(changed === undefined
      ? []
      : [
          ["UPDATE of", `update ${name} set ${quoteIdentifier(changed)} = ${quoteIdentifier(changed)}`] as [
            string,
            string,
          ],
        ]),
  ]
}

function mustBeChosen({ default: value, identity, generated }: ColumnFacts): boolean {
  return value === null && identity === "" && generated === ""
}

/** The role that most of the privileges are of, which applications connect as; undefined where none has any. */
export function presumedRole({ privileges }: Facts): string | undefined {
  const counts = new Map<string, number>()
  for (const [key, granted] of Object.entries(privileges)) {
    const role = /^("(?:[^"]|"")*"|\S+) /.exec(key)?.[1]
    if (role !== undefined && granted !== "")
      counts.set(role, (counts.get(role) ?? 0) + granted.split(",").length)
  }
  const [most] = [...counts].sort(([a, many], [b, more]) => more - many || (a < b ? -1 : 1))
  return most === undefined ? undefined : unquote(most[0])
}
