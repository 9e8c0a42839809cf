import { ToolError } from "../diagnostic.ts"
import type { Connect, Connection } from "./connection.ts"

/** What one question tells about a database and the session. */
export interface Facts {
  readonly database: string
  readonly user: string
  /** `server_version` without the packager's words: `18.4`. */
  readonly serverVersionText: string
  /** 180004. */
  readonly serverVersion: number
  readonly isReplica: boolean
  /** Whether a transaction that does not say otherwise may only read. */
  readonly isReadOnly: boolean
  /** Process id of the server session that answered. */
  readonly pid: number
  /** Process id that was announced at connect; another one than `pid` means a pooler. */
  readonly announcedPid: number
}

/**
 * Asks, in one round trip, what is needed to know whether a command can work here.
 *
 * @param extra further expressions to evaluate in the same question, by name
 */
export async function readFacts<Name extends string>(
  connection: Connection,
  extra: Readonly<Record<Name, string>>,
): Promise<{ readonly facts: Facts; readonly extra: Readonly<Record<Name, unknown>> }> {
  const more = Object.entries(extra).map(([name, expression]) => `, ${expression} as "${name}"`)
  const [result] = await connection.run(`select pg_catalog.current_database() as database, session_user as "user",
  pg_catalog.pg_is_in_recovery() as replica, pg_catalog.current_setting('transaction_read_only') as read_only,
  pg_catalog.current_setting('server_version') as version, pg_catalog.pg_backend_pid() as pid${more.join("")}`)
  const row = result?.rows[0] ?? {}
  const facts: Facts = {
    database: String(row.database),
    user: String(row.user),
    serverVersionText: String(row.version).split(" ", 1)[0] ?? "",
    serverVersion: connection.serverVersion,
    isReplica: row.replica === true,
    isReadOnly: row.read_only === "on",
    pid: Number(row.pid),
    announcedPid: connection.announcedPid,
  }
  return { facts, extra: row as Readonly<Record<Name, unknown>> }
}

/**
 * Refuses a database on which nothing can be applied.
 *
 * @throws ToolError `unsupported-server`, `read-only-target`, `pooled-connection`
 */
export async function refuseUnfit(
  facts: Facts,
  _connect: Connect,
  _options: { readonly pooled: boolean },
): Promise<void> {
  if (facts.serverVersion < 140000) {
    throw new ToolError("unsupported-server", `the server is PostgreSQL ${facts.serverVersionText}; 14 is the oldest that is supported`, {
      subject: facts.database,
    })
  }
  if (facts.isReplica) {
    throw new ToolError("read-only-target", `database ${facts.database} is on a replica`, {
      hint: "connect to the primary",
      subject: facts.database,
    })
  }
  if (facts.isReadOnly) {
    throw new ToolError("read-only-target", `sessions of ${facts.user} in database ${facts.database} are read-only by default`, {
      hint: "connect to the primary, or with a role without default_transaction_read_only",
      subject: facts.database,
    })
  }
}
