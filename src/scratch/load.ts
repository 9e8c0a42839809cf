import type { Node } from "libpg-query"
import { type Connection, ServerError } from "../db/connection.ts"
import { ToolError } from "../diagnostic.ts"
import { topologicalSort } from "../graph.ts"
import { locate } from "../sql/locate.ts"
import { type MentionedNames, namesOf } from "../sql/names.ts"
import { loadParser } from "../sql/parser.ts"
import type { Source } from "../sql/source.ts"
import { type Statement, splitStatements } from "../sql/statements.ts"
import { missingRole } from "./roles.ts"

/**
 * Loads the SQL of a schema, whose files and statements may stand in any order. The statements are put in order by
 * the names that they make and mention; what still fails waits until others have succeeded, as long as any does.
 * BEGIN, COMMIT and the like are passed over.
 *
 * @param makeRole called for a role that is missing; without it, that is an error
 * @throws ToolError `schema-not-loadable` naming the statement that can never succeed, with the server's words
 */
export async function loadSchema(
  connection: Connection,
  sources: readonly Source[],
  makeRole?: MakeRole,
): Promise<void> {
  const parse = await loadParser()
  const statements = sources.flatMap(splitStatements).map((statement): Parsed => {
    const node = parse(statement.sql)
    return { statement, node, names: node === undefined ? undefined : namesOf(node) }
  })
  await connection.run("set check_function_bodies = off")
  try {
    const ordered = inOrder(statements.filter(({ node }) => !isTransactionControl(node)))
    await runUntilStuck(ordered, (statement) => attempt(connection, statement, makeRole))
  } finally {
    await connection.run("reset all").catch(() => undefined)
  }
}

/** Makes a role that the SQL names and the server does not have. */
export type MakeRole = (name: string) => Promise<void>

interface Parsed {
  readonly statement: Statement
  readonly node: Node | undefined
  readonly names: MentionedNames | undefined
}

function isTransactionControl(node: Node | undefined): boolean {
  return node !== undefined && "TransactionStmt" in node
}

/** In the order given where a cycle allows no better one. */
function inOrder(statements: readonly Parsed[]): readonly Parsed[] {
  const makers = new Map<string, Parsed[]>()
  for (const parsed of statements) {
    for (const name of parsed.names?.makes ?? []) makers.set(name, [...(makers.get(name) ?? []), parsed])
  }
  const needs = (parsed: Parsed) =>
    [...(parsed.names?.mentions ?? [])]
      .flatMap((name) => makers.get(name) ?? [])
      .filter((maker) => maker !== parsed)
  return topologicalSort({ nodes: statements, needs }).order ?? statements
}

async function runUntilStuck(
  statements: readonly Parsed[],
  run: (statement: Statement) => Promise<ServerError | undefined>,
): Promise<void> {
  let waiting = statements
  while (waiting.length > 0) {
    const failed: { readonly parsed: Parsed; readonly error: ServerError }[] = []
    for (const parsed of waiting) {
      const error = await run(parsed.statement)
      if (error !== undefined) failed.push({ parsed, error })
    }
    const [first] = failed
    if (first !== undefined && failed.length === waiting.length) {
      throw notLoadable(first.parsed.statement, first.error, failed.length)
    }
    waiting = failed.map(({ parsed }) => parsed)
  }
}

async function attempt(
  connection: Connection,
  { sql, copy }: Statement,
  makeRole: MakeRole | undefined,
): Promise<ServerError | undefined> {
  for (let made: string | undefined; ; ) {
    try {
      if (copy === undefined) await connection.run(sql)
      else await connection.copyIn(sql, copy)
      return undefined
    } catch (error) {
      if (!(error instanceof ServerError)) throw error
      const role = missingRole(error)
      if (role === undefined || role === made || makeRole === undefined) return error
      await makeRole(role)
      made = role
    }
  }
}

function notLoadable(statement: Statement, error: ServerError, count: number): ToolError {
  const { position, detail, hint } = error.fields
  return new ToolError("schema-not-loadable", `${statement.file} cannot be loaded: ${error.message}`, {
    location: locate(statement, position ?? 1),
    sqlState: error.sqlState,
    details: [
      ...(detail === undefined ? [] : [`detail: ${detail}`]),
      ...(hint === undefined ? [] : [`hint of the server: ${hint}`]),
      ...(count > 1 ? [`${count - 1} more statements wait for this one or fail as well`] : []),
    ],
    hint: "correct the statement, or add what it needs to the schema's files",
    cause: error,
  })
}
