import { Lexer } from "./lexer.ts"
import type { MentionedNames } from "./names.ts"

/** Words between CREATE and the name of what is made; some of them are the type of it. */
const beforeName: ReadonlySet<string> = new Set(
  `or replace temp temporary global local unlogged recursive materialized foreign unique trusted procedural if not
  exists concurrently table view sequence type domain function procedure aggregate schema role user group extension
  data wrapper server publication index collation text search configuration dictionary parser template`.split(
    /\s+/,
  ),
)

/** Of these the name means nothing outside of one table, or there is none. */
const nameless: ReadonlySet<string> = new Set([
  "trigger",
  "policy",
  "rule",
  "cast",
  "operator",
  "transform",
  "event",
])

/** A constant may name something (`nextval('public.ids')`); a long one is text. */
const longest = 200

/**
 * Reads out of a statement's tokens, without a parser, what it makes and every name that it may mention, keywords among
 * them: enough to put statements into an order in which most of them succeed.
 */
export function mentionedNames(sql: string): MentionedNames {
  const lexer = new Lexer(sql)
  const mentions = new Set<string>()
  const made = lexer.next() === "word" && lexer.is("create") ? madeName(lexer, mentions) : undefined
  if (made === undefined) add(lexer, mentions)
  while (lexer.next() !== "end") add(lexer, mentions)
  if (made !== undefined) mentions.delete(made)
  return { makes: new Set(made === undefined ? [] : [made]), mentions }
}

/** Whether a statement begins or ends a transaction, or something like one. */
export function isTransactionControl(sql: string): boolean {
  const lexer = new Lexer(sql)
  lexer.next()
  if (["begin", "commit", "end", "rollback", "abort", "savepoint", "release"].some((word) => lexer.is(word)))
    return true
  if (!lexer.is("start") && !lexer.is("prepare")) return false
  lexer.next()
  return lexer.is("transaction")
}

/** Whether a statement makes those after it run as another role. */
export function changesRole(sql: string): boolean {
  const lexer = new Lexer(sql)
  lexer.next()
  if (!lexer.is("set")) return false
  lexer.next()
  if (lexer.is("local") || lexer.is("session")) lexer.next()
  return lexer.is("role") || lexer.is("authorization")
}

/** The last part of the name behind CREATE and the type; those before it are mentioned. The lexer stays behind it. */
function madeName(lexer: Lexer, mentions: Set<string>): string | undefined {
  do lexer.next()
  while (lexer.kind === "word" && beforeName.has(textOf(lexer)))
  if (nameless.has(textOf(lexer)) || lexer.is("on") || lexer.is("for")) return undefined
  for (let name: string | undefined; ; lexer.next()) {
    if (lexer.kind !== "word" && lexer.kind !== "identifier") return name
    if (name !== undefined) mentions.add(name)
    name = textOf(lexer)
    if (lexer.next() !== "punctuation" || textOf(lexer) !== ".") return name
  }
}

function add(lexer: Lexer, into: Set<string>): void {
  if (lexer.kind === "word" || lexer.kind === "identifier") into.add(textOf(lexer))
  if (lexer.kind !== "string" || lexer.end - lexer.start > longest) return
  for (const part of lexer.text.slice(lexer.start, lexer.end).split(/[.']/))
    if (part !== "") into.add(part.replace(/^"(.*)"$/, "$1"))
}

function textOf({ kind, text, start, end }: Lexer): string {
  const written = text.slice(start, end)
  return kind === "identifier" ? written.slice(1, -1).replaceAll('""', '"') : written.toLowerCase()
}
