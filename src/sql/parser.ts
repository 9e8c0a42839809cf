import type { Node } from "libpg-query"
import { Lexer } from "./lexer.ts"
import type { Statement } from "./statements.ts"

/** The name of a node of PostgreSQL's parse tree: `IndexStmt`. */
export type NodeKind = Node extends infer Each ? (Each extends unknown ? keyof Each : never) : never

/** The fields of the node of that name. */
export type NodeOf<Kind extends NodeKind> = Extract<Node, Record<Kind, unknown>>[Kind]

/** A node's name, and its fields for the function that a table holds under that name. */
export function open(node: Node): { readonly kind: NodeKind; readonly fields: never } {
  const [entry] = Object.entries(node) as [[NodeKind, never]]
  return { kind: entry[0], fields: entry[1] }
}

/** A statement with its parse tree, where there is one. */
export interface ParsedStatement {
  readonly statement: Statement
  readonly node: Node | undefined
}

/** The parse tree of one statement, or undefined where PostgreSQL's parser does not understand it. */
export type Parse = (sql: string) => Node | undefined

/**
 * Loads PostgreSQL's parser: a tenth of a second, so it is done only when statements are about to run.
 *
 * The returned function gives up, rather than failing, on syntax that is newer than the parser, on nesting that
 * exhausts its stack, and on long statements (seed data of many megabytes) whose first word shows that they may run
 * in a transaction.
 */
export async function loadParser(): Promise<Parse> {
  const { loadModule, parseSync } = await import("libpg-query")
  await loadModule()
  return (sql) => {
    if (sql.length > LONG && !isWorthParsing(sql)) return undefined
    try {
      const statements = parseSync(sql).stmts ?? []
      return statements.length === 1 ? statements[0]?.stmt : undefined
    } catch {
      return undefined
    }
  }
}

const LONG = 65_536

/** First words of the statements that PostgreSQL may refuse inside a transaction block. */
const worthParsing = ["alter", "cluster", "create", "discard", "drop", "reindex", "vacuum"]

function isWorthParsing(sql: string): boolean {
  const lexer = new Lexer(sql)
  lexer.next()
  const first = worthParsing.find((word) => lexer.is(word))
  if (first !== "create") return first !== undefined
  lexer.next()
  return ["database", "index", "subscription", "tablespace", "unique"].some((word) => lexer.is(word))
}
