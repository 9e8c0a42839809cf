import { ToolError } from "../diagnostic.ts"
import type { Connect, Connection } from "./connection.ts"
import type { Connector } from "./node-postgres.ts"
import { detectPooler, directAddress } from "./pooler.ts"

/** What a session is and may do; all from one round trip. */
export interface Facts {
  readonly database: string
  readonly user: string
  /** 150018, as in `server_version_num`. */
  readonly serverVersion: number
  /** As the server writes it: `15.18 (Debian 15.18-0+deb12u1)`. */
  readonly serverVersionText: string
  /** What `version()` begins with: `PostgreSQL`, `CockroachDB`. */
  readonly product: string
  /** The server is a replica. */
  readonly inRecovery: boolean
  /** New transactions of this session are read-only unless they say otherwise. */
  readonly readOnly: boolean
  /** `'a\'` is a text of two characters, as everywhere since PostgreSQL 9.1. */
  readonly standardStrings: boolean
  /** The process id announced at connect is not that of the server session. */
  readonly behindPooler: boolean
}

const oldestVersion = 140_000

/**
 * Reads the facts of a session, and whatever else the caller wants from the same round trip.
 *
 * @param extra SQL expressions by name; their values are returned under the same names
 */
export async function readFacts<Name extends string = never>(
  connection: Connection,
  extra: Readonly<Record<Name, string>> = {} as Readonly<Record<Name, string>>,
): Promise<{ readonly facts: Facts; readonly extra: Readonly<Record<Name, unknown>> }> {
  const names = Object.keys(extra) as Name[]
  const further = names.map((name, index) => `,\n       ${extra[name]} as extra_${index}`)
  const [row] = await connection.query<FactsRow>(
    `select pg_catalog.current_database() as database,
       current_user as "user",
       pg_catalog.current_setting('server_version') as server_version,
       pg_catalog.version() as version,
       pg_catalog.pg_is_in_recovery() as in_recovery,
       pg_catalog.current_setting('default_transaction_read_only') = 'on' as read_only,
       pg_catalog.current_setting('standard_conforming_strings') = 'on' as standard_strings,
       pg_catalog.pg_backend_pid() as pid${further.join("")}`,
  )
  if (row === undefined) throw new Error("the server answered the question for its facts with no row")
  return {
    facts: {
      database: row.database,
      user: row.user,
      serverVersion: connection.serverVersion,
      serverVersionText: row.server_version,
      product: /^\S+/.exec(row.version)?.[0] ?? "",
      inRecovery: row.in_recovery,
      readOnly: row.read_only,
      standardStrings: row.standard_strings,
      behindPooler: row.pid !== connection.announcedPid,
    },
    extra: Object.fromEntries(names.map((name, index) => [name, row[`extra_${index}`]])) as Record<
      Name,
      unknown
    >,
  }
}

interface FactsRow {
  readonly database: string
  readonly user: string
  readonly server_version: string
  readonly version: string
  readonly in_recovery: boolean
  readonly read_only: boolean
  readonly standard_strings: boolean
  readonly pid: number
  readonly [extra: `extra_${number}`]: unknown
}

export interface FitnessOptions {
  /** The caller uses nothing that outlives a transaction, so a transaction pooler will do. */
  readonly pooled: boolean
}

/**
 * Refuses a target on which nothing can be applied. Opens further connections only where there is a pooler.
 *
 * @throws ToolError `unsupported-server`, `read-only-target`, `nonstandard-strings`, `pooled-connection`
 */
export async function refuseUnfit(
  facts: Facts,
  connect: Connect | Connector,
  { pooled }: FitnessOptions,
): Promise<void> {
  refuseUnsupported(facts)
  refuseReadOnly(facts)
  refuseOldStrings(facts)
  if (facts.behindPooler) await refusePooler(facts, connect, pooled)
}

/** @throws ToolError `unsupported-server` */
export function refuseUnsupported({ database, product, serverVersion, serverVersionText }: Facts): void {
  if (product === "PostgreSQL" && serverVersion >= oldestVersion) return
  throw new ToolError(
    "unsupported-server",
    product === "PostgreSQL"
      ? `the server of ${database} is PostgreSQL ${serverVersionText}, and Lockstep needs 14 or later`
      : `the server of ${database} is ${product || "of an unknown kind"}, and not PostgreSQL`,
    { hint: "upgrade the server", subject: database },
  )
}

/** @throws ToolError `read-only-target` */
export function refuseReadOnly({ database, user, inRecovery, readOnly }: Facts): void {
  if (inRecovery) {
    throw new ToolError("read-only-target", `the server of ${database} is a replica`, {
      hint: "connect to the primary, from which the changes arrive here",
      subject: database,
    })
  }
  if (readOnly) {
    throw new ToolError(
      "read-only-target",
      `transactions of ${user} in ${database} are read-only by default`,
      {
        hint: `use another role, or: alter role "${user}" reset default_transaction_read_only (or alter database)`,
        subject: database,
      },
    )
  }
}

/** A file would be split in other places than the server reads it. @throws ToolError `nonstandard-strings` */
function refuseOldStrings({ database, user, standardStrings }: Facts): void {
  if (standardStrings) return
  throw new ToolError(
    "nonstandard-strings",
    `standard_conforming_strings is off for ${user} in ${database}`,
    {
      hint: `alter role "${user}" reset standard_conforming_strings (or alter database), or add ?options=-cstandard_conforming_strings=on to the address`,
      subject: database,
    },
  )
}

/** Asks in which mode a pooler works, with further connections. @throws ToolError `pooled-connection` */
export async function refusePooler(
  { database }: Facts,
  connect: Connect | Connector,
  pooled: boolean,
): Promise<void> {
  const pooling = await detectPooler(connect)
  if (pooling === "none" || pooling === "session" || (pooling === "transaction" && pooled)) return
  const direct = "settings" in connect ? directAddress(connect.settings) : undefined
  const alternative = pooling === "transaction" ? ", or add --pooled" : ""
  throw new ToolError(
    "pooled-connection",
    `the connection to ${database} goes through a pooler in ${pooling} mode`,
    {
      hint:
        direct === undefined
          ? `use the direct URL of the database${alternative}`
          : `use the direct URL, probably at ${direct}${alternative}`,
      subject: database,
      data: { pooling, ...(direct === undefined ? {} : { direct }) },
    },
  )
}
