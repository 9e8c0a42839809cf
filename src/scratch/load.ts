import { type Connection, ServerError } from "../db/connection.ts"
import { sqlState } from "../db/sqlstate.ts"
import { ToolError } from "../diagnostic.ts"
import { topologicalSort } from "../graph.ts"
import { locate } from "../sql/locate.ts"
import { changesRole, isTransactionControl, mentionedNames } from "../sql/mentioned-names.ts"
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
  const statements = sources.flatMap(splitStatements).filter(({ sql }) => !isTransactionControl(sql))
  await connection.run("set check_function_bodies = off")
  try {
    await runUntilStuck(connection, inOrder(statements), makeRole)
  } finally {
    await connection.run("reset all").catch(() => undefined)
  }
}

/** Makes a role that the SQL names and the server does not have. */
export type MakeRole = (name: string) => Promise<void>

/** In the order given where a cycle allows no better one. */
function inOrder(statements: readonly Statement[]): readonly Statement[] {
  const named = statements.map((statement) => ({ statement, names: mentionedNames(statement.sql) }))
  type Named = (typeof named)[number]
  const makers = new Map<string, Named[]>()
  for (const each of named) {
    for (const name of each.names.makes) makers.set(name, [...(makers.get(name) ?? []), each])
  }
  const needs = (each: Named) =>
    [...each.names.mentions].flatMap((name) => makers.get(name) ?? []).filter((maker) => maker !== each)
  const { order } = topologicalSort({ nodes: named, needs })
  return order?.map(({ statement }) => statement) ?? statements
}

interface Failed {
  readonly statement: Statement
  readonly error: ServerError
}

async function runUntilStuck(
  connection: Connection,
  statements: readonly Statement[],
  makeRole: MakeRole | undefined,
): Promise<void> {
  // Where the role is missing, nothing may run before it is made.
  const together = statements.some(({ sql }) => changesRole(sql)) ? 1 : mostTogether
  for (let waiting = statements; waiting.length > 0; ) {
    const failed: Failed[] = []
    for (let at = 0; at < waiting.length; at += together) {
      failed.push(...(await runTogether(connection, waiting.slice(at, at + together), makeRole)))
    }
    const [first] = failed
    if (first !== undefined && failed.length === waiting.length) {
      throw notLoadable(first.statement, first.error, failed.length)
    }
    waiting = failed.map(({ statement }) => statement)
  }
}

/** How many statements are on their way at once: the server never waits for us. */
const mostTogether = 200

/** Runs statements, each for itself; what has missed a role runs again. */
async function runTogether(
  connection: Connection,
  statements: readonly Statement[],
  makeRole: MakeRole | undefined,
): Promise<readonly Failed[]> {
  const outcomes = await Promise.all(
    statements.map(async (statement) => ({ statement, error: await refusal(connection, statement) })),
  )
  const failed: Failed[] = []
  for (const { statement, error } of outcomes) {
    const lasting = error && (await withRoles(connection, statement, error, makeRole))
    if (lasting !== undefined) failed.push({ statement, error: lasting })
  }
  return failed
}

/** Makes the role that a statement has missed, and runs it again. */
async function withRoles(
  connection: Connection,
  statement: Statement,
  first: ServerError,
  makeRole: MakeRole | undefined,
): Promise<ServerError | undefined> {
  let made: string | undefined
  for (let error: ServerError | undefined = first; error !== undefined; ) {
    const role = missingRole(error)
    if (role === undefined || role === made || makeRole === undefined) return error
    await makeRole(role)
    made = role
    error = await refusal(connection, statement)
  }
  return undefined
}

async function refusal(connection: Connection, { sql, copy }: Statement): Promise<ServerError | undefined> {
  try {
    if (copy === undefined) await connection.run(sql)
    else await connection.copyIn(sql, copy)
    return undefined
  } catch (error) {
    if (!(error instanceof ServerError)) throw error
    return isKnownRole(error) ? undefined : error
  }
}

/** Roles belong to the whole server: another database there may have it already. */
function isKnownRole({ sqlState: state, message }: ServerError): boolean {
  return state === sqlState.duplicate_object && /^role "/.test(message)
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
