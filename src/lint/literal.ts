import { parameter } from "../db/values.ts"
import { quoteLiteral } from "../sql/identifier.ts"
import { Lexer } from "../sql/lexer.ts"

/** Writes values in the place of $1, $2, ..., so that a statement with parameters becomes one without. */
export function withValues(sql: string, values: readonly unknown[]): string {
  if (values.length === 0) return sql
  const lexer = new Lexer(sql)
  let written = ""
  let end = 0
  for (let kind = lexer.next(); kind !== "end"; kind = lexer.next()) {
    if (kind !== "parameter") continue
    const number = Number(sql.slice(lexer.start + 1, lexer.end))
    written += sql.slice(end, lexer.start) + literal(values[number - 1])
    end = lexer.end
  }
  return written + sql.slice(end)
}

function literal(value: unknown): string {
  const text = parameter(value)
  if (text === null) return "null"
  return quoteLiteral(typeof text === "string" ? text : `\\x${text.toString("hex")}`)
}
