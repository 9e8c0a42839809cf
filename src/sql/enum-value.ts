import type { DefElem, Node } from "libpg-query"
import { Lexer } from "./lexer.ts"
import type { Statement } from "./statements.ts"

/**
 * Whether a statement may use a value that an earlier one has just added to an enum. In the same transaction
 * PostgreSQL refuses that (55P04). Answers yes where the value stands as a constant, as an element of an array or row
 * literal, as a field of COPY's rows, or as any of these inside the body of a DO block or an SQL function.
 *
 * The constant need not be of that enum; whoever is stopped wrongly splits the revision, which does no harm. The other
 * way, a value that no constant spells (`enum_range`), is not seen, and the server refuses it.
 *
 * @param node its parse tree, where there is one
 */
export function mayUseValue({ sql, copy }: Statement, node: Node | undefined, value: string): boolean {
  if (node !== undefined && takesTextOnly(node)) return false
  return mentions(sql, value) || (copy?.split(/[\t\r\n,]/).includes(value) ?? false)
}

/** Statements whose constants are names, texts, or a body that nobody reads before it is called. */
function takesTextOnly(node: Node): boolean {
  if ("CreateFunctionStmt" in node) return !isSqlFunction(node.CreateFunctionStmt.options)
  return (
    "CommentStmt" in node ||
    "SecLabelStmt" in node ||
    "AlterEnumStmt" in node ||
    "CreateEnumStmt" in node ||
    "VariableSetStmt" in node
  )
}

/** A body between BEGIN ATOMIC and END is SQL without saying so. */
function isSqlFunction(options: readonly Node[] | undefined): boolean {
  const elements = (options ?? []).flatMap((node): DefElem[] => ("DefElem" in node ? [node.DefElem] : []))
  const language = elements.find(({ defname }) => defname === "language")?.arg
  return language === undefined || ("String" in language && language.String.sval?.toLowerCase() === "sql")
}

function mentions(sql: string, value: string): boolean {
  const lexer = new Lexer(sql)
  for (let kind = lexer.next(); kind !== "end"; kind = lexer.next()) {
    if (kind !== "string" && kind !== "dollar") continue
    if (holds(contentOf(sql.slice(lexer.start, lexer.end), kind), value)) return true
  }
  return false
}

function holds(text: string, value: string): boolean {
  if (text === value) return true
  if (/^\s*[{(]/.test(text) && text.split(/[{}(),"]/).some((element) => element.trim() === value)) return true
  return text.includes("'") && mentions(text, value)
}

/** The text that a literal stands for; of the escapes, only those of quotes and backslashes are undone. */
function contentOf(literal: string, kind: "string" | "dollar"): string {
  if (kind === "dollar") {
    const tag = literal.indexOf("$", 1) + 1
    return literal.slice(tag, -tag)
  }
  const quote = literal.indexOf("'")
  const content = literal.slice(quote + 1, -1).replaceAll("''", "'")
  return /^e/i.test(literal) ? content.replace(/\\([\\'])/g, "$1") : content
}
