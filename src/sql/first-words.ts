import { Lexer } from "./lexer.ts"

/**
 * What the first words of a statement settle without parsing it. `adds`: it runs in any transaction and only adds what
 * nobody uses yet. `runs`: it runs in any transaction. Undefined: they settle nothing.
 */
export type Settled = "adds" | "runs" | undefined

/** By one word or two. What may hold CONCURRENTLY further on is here too, and looked through for it. */
const settled: ReadonlyMap<string, Settled> = new Map([
  ...["create table", "create sequence", "create domain", "comment on"].map(
    (words) => [words, "adds"] as const,
  ),
  ...["insert into", "delete from", "update", "grant", "revoke"].map((words) => [words, "runs"] as const),
  ...["index", "unique", "view", "materialized", "function", "or", "type", "schema", "trigger", "policy"].map(
    (word) => [`create ${word}`, "runs"] as const,
  ),
  ...["table", "view", "sequence", "function", "policy", "domain"].map(
    (word) => [`alter ${word}`, "runs"] as const,
  ),
  ...["table", "view", "index", "sequence", "function", "trigger", "policy", "domain", "type"].map(
    (word) => [`drop ${word}`, "runs"] as const,
  ),
])

/**
 * Tells what the first words of a statement settle. Most revisions consist of statements of which they settle all, so
 * that thousands of them need no parser before they run.
 */
export function firstWordsSettle(sql: string): Settled {
  const lexer = new Lexer(sql)
  if (lexer.next() !== "word") return undefined
  const first = sql.slice(lexer.start, lexer.end).toLowerCase()
  const one = settled.get(first)
  if (one !== undefined) return one
  if (lexer.next() !== "word") return undefined
  const both = settled.get(`${first} ${sql.slice(lexer.start, lexer.end).toLowerCase()}`)
  return both === undefined || /concurrently/i.test(sql) ? undefined : both
}
