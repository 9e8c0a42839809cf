import type { Parameters } from "./connection-string.ts"
import { invalidUrl } from "./connection-string.ts"

/** The environment's variables that libpq reads, by the parameter that they stand for, and our own. */
export const variableOf: Readonly<Record<string, string>> = {
  host: "PGHOST",
  hostaddr: "PGHOSTADDR",
  port: "PGPORT",
  dbname: "PGDATABASE",
  user: "PGUSER",
  password: "PGPASSWORD",
  passfile: "PGPASSFILE",
  service: "PGSERVICE",
  servicefile: "PGSERVICEFILE",
  options: "PGOPTIONS",
  application_name: "PGAPPNAME",
  connect_timeout: "PGCONNECT_TIMEOUT",
  sslmode: "PGSSLMODE",
  sslrootcert: "PGSSLROOTCERT",
  sslcert: "PGSSLCERT",
  sslkey: "PGSSLKEY",
  sslnegotiation: "PGSSLNEGOTIATION",
  channel_binding: "PGCHANNELBINDING",
  target_session_attrs: "PGTARGETSESSIONATTRS",
  auth: "LOCKSTEP_AUTH",
}

/** Understood besides those of `variableOf`: asyncpg's and Prisma's ways of saying the same. */
const alsoUsed = ["ssl", "pgbouncer", "schema"]

/** Of libpq: tuning, and what has no effect on a client that always speaks UTF-8 and the oldest protocol. */
const ignoredOfLibpq = [
  "client_encoding",
  "fallback_application_name",
  "gssdelegation",
  "gssencmode",
  "gsslib",
  "keepalives",
  "keepalives_count",
  "keepalives_idle",
  "keepalives_interval",
  "krbsrvname",
  "load_balance_hosts",
  "max_protocol_version",
  "min_protocol_version",
  "requirepeer",
  "ssl_max_protocol_version",
  "ssl_min_protocol_version",
  "sslcertmode",
  "sslcompression",
  "sslsni",
  "tcp_user_timeout",
]

/** Of Prisma, SQLAlchemy's drivers, node-postgres and the providers: about pools, caches and their own behaviour. */
const ignoredOfOthers = [
  "async_fallback",
  "command_timeout",
  "connection_limit",
  "max_cached_statement_lifetime",
  "max_cacheable_statement_size",
  "max_idle_connection_lifetime",
  "pool_timeout",
  "prepared_statement_cache_size",
  "prepared_statement_name_func",
  "single_use_connections",
  "socket_timeout",
  "statement_cache_size",
  "supa",
  "timeout",
  "uselibpqcompat",
  "workaround",
]

const understood = new Set([...Object.keys(variableOf), ...alsoUsed, ...ignoredOfLibpq, ...ignoredOfOthers])

/**
 * Refuses a parameter that nobody knows: a misspelt `sslmode` must not turn encryption off.
 *
 * @throws ToolError `invalid-database-url`
 */
export function checkParameters(parameters: Parameters): void {
  const unknown = [...parameters.keys()].find((name) => !understood.has(name))
  if (unknown === undefined) return
  // With an `@` further on, the supposed parameter may be the end of a password that was not escaped.
  const doubtful =
    !/^\w{1,40}$/.test(unknown) || [...parameters.values()].some((value) => value.includes("@"))
  throw invalidUrl(
    `the database URL has an unknown parameter${doubtful ? "" : ` ${unknown}`}`,
    "remove it (psql would refuse it too), or escape the ? in the password as %3F",
  )
}
