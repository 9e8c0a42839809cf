import type { TargetOptions } from "../api/options.ts"
import { type Connect, type Connection, ConnectionLost, ServerError } from "../db/connection.ts"
import { type Facts, readFacts, refuseUnfit } from "../db/fitness.ts"
import { connector } from "../db/node-postgres.ts"
import { sqlState } from "../db/sqlstate.ts"
import { targetSettings } from "../db/target-settings.ts"
import { ToolError } from "../diagnostic.ts"
import { type History, readHistory } from "../history/read.ts"
import { table } from "../history/record.ts"
import { ownedByStranger, strangerText } from "../history/stranger.ts"
import type { RevisionFolder } from "../revisions/folder.ts"
import { quoteLiteral } from "../sql/identifier.ts"
import { connectionLost } from "./reconnect.ts"
import { explainRefusal } from "./refusal.ts"
import { patientText } from "./session.ts"
import { unlessAborted } from "./unless-aborted.ts"

/** One database that a command works on, looked at and found fit for the command. */
export interface Target {
  readonly connect: Connect
  readonly connection: Connection
  readonly facts: Facts
  readonly schema: string
  readonly history: History
  readonly protected: boolean
  readonly pooled: boolean
  /** The environment that the command is for, or else the one that the database is marked with. */
  readonly environment?: string
  close(): Promise<void>
}

export interface OpenOptions extends TargetOptions {
  /** Becomes part of `application_name`. */
  readonly command: string
  /** Whether the command writes; one that only reads works on a replica and through any pooler. */
  readonly writes: boolean
  /** Whether the mark of the database is not looked at, because the command sets it. Default: false. */
  readonly anyEnvironment?: boolean
  readonly signal?: AbortSignal
  /** What the database is probably at: then its history costs little to read. */
  readonly folder?: RevisionFolder
  /** Is given the connection before the first answer has come: to ask for what the server needs a while for. */
  readonly meanwhile?: (connection: Connection) => void
}

/**
 * Connects, and makes sure that this is the right database, that it is fit for the command, and that its history
 * can be read. Writes nothing.
 *
 * @throws ToolError `cannot-connect`, `unsupported-server`, `read-only-target`, `nonstandard-strings`, `pooled-connection`,
 *   `history-owned-by-stranger`, `wrong-environment`, `environment-not-named`, `dotenv-protected`, `history-newer`, `history-not-readable`, `history-damaged`, `server-refused`
 */
export async function openTarget(options: OpenOptions): Promise<Target> {
  const { connect, pooled } = wayTo(options)
  const schema = options.historySchema ?? "lockstep"
  const connection = await unlessAborted(options.signal, connect, (late) => late.close())
  try {
    const { facts, history } = await unlessAborted(options.signal, async () => {
      const { facts, present, stranger } = await look(connection, schema, options)
      if (options.writes) await refuseUnfit(facts, connect, { pooled })
      if (stranger !== undefined) throw ownedByStranger(schema, facts, stranger)
      return { facts, history: await historyOf(connection, schema, present, options.folder) }
    })
    refuseEnvironment(options, history, facts)
    if (options.writes && !facts.behindPooler) await connection.run(patientText)
    const environment = options.environment ?? history.environment
    return {
      connect,
      connection,
      facts,
      schema,
      history,
      protected: history.protected || options.protected === true,
      pooled,
      ...(environment === undefined ? {} : { environment }),
      close: () => connection.close(),
    }
  } catch (error) {
    await connection.close()
    throw error
  }
}

/** Which database it is, for results. */
export function databaseOf({ facts, environment }: Target): { database: string; environment?: string } {
  return { database: facts.database, ...(environment === undefined ? {} : { environment }) }
}

function wayTo(options: OpenOptions): { readonly connect: Connect; readonly pooled: boolean } {
  if (options.connect !== undefined) return { connect: options.connect, pooled: options.pooled ?? false }
  const settings = targetSettings(options, options.command)
  return { connect: connector(settings), pooled: settings.pooled }
}

async function look(
  connection: Connection,
  schema: string,
  { writes, meanwhile }: OpenOptions,
): Promise<{ facts: Facts; present: boolean; stranger?: string }> {
  try {
    const meta = `pg_catalog.to_regclass(${quoteLiteral(table(schema, "meta"))}) is not null`
    const stranger = writes ? strangerText(schema) : "null"
    const answer = readFacts(connection, { present: meta, stranger })
    meanwhile?.(connection)
    const { facts, extra } = await answer
    return {
      facts,
      present: extra.present === true,
      ...(typeof extra.stranger === "string" ? { stranger: extra.stranger } : {}),
    }
  } catch (error) {
    throw notReadable(error, schema)
  }
}

async function historyOf(
  connection: Connection,
  schema: string,
  present: boolean,
  folder: RevisionFolder | undefined,
): Promise<History> {
  try {
    return await readHistory(connection, schema, present, folder)
  } catch (error) {
    throw notReadable(error, schema)
  }
}

function notReadable(error: unknown, schema: string): unknown {
  if (error instanceof ConnectionLost) return connectionLost(error, ["nothing had begun"])
  if (!(error instanceof ServerError) || error.sqlState !== sqlState.insufficient_privilege)
    return explainRefusal(schema, error)
  return new ToolError("history-not-readable", `this role may not read the history in schema ${schema}`, {
    details: [error.message],
    hint: "connect as the migrator; an application asks through lockstep/app",
    subject: schema,
    sqlState: error.sqlState,
    cause: error,
  })
}

/**
 * Refuses a database that is not the one that is meant.
 *
 * @throws ToolError `wrong-environment`, `environment-not-named`, `dotenv-protected`
 */
export function refuseEnvironment(
  options: {
    readonly environment?: string | undefined
    readonly urlOrigin?: string | undefined
    readonly writes: boolean
    readonly anyEnvironment?: boolean
  },
  history: History,
  facts: Facts,
): void {
  const { environment, urlOrigin } = options
  if (history.protected && urlOrigin === ".env") {
    throw new ToolError(
      "dotenv-protected",
      `database ${facts.database} is protected, and its address came from .env`,
      {
        hint: "set the variable in the deploy's own environment",
        subject: facts.database,
      },
    )
  }
  if (history.environment === undefined || options.anyEnvironment === true) return
  if (environment !== undefined && environment !== history.environment) {
    throw new ToolError(
      "wrong-environment",
      `the command is for environment ${environment}, but database ${facts.database} is marked as ${history.environment}`,
      { hint: `check the URL, or use --env ${history.environment}`, subject: history.environment },
    )
  }
  if (environment === undefined && history.protected && options.writes) {
    throw new ToolError(
      "environment-not-named",
      `database ${facts.database} is the protected environment ${history.environment}, and the command does not name it`,
      { hint: `add --env ${history.environment}`, subject: history.environment },
    )
  }
}
