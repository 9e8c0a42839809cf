import { existsSync } from "node:fs"
import { userInfo } from "node:os"
import { isAbsolute } from "node:path"
import type { ConnectionSettings, SslMode, TlsSettings } from "./connection-settings.ts"
import { invalidUrl, type Parameters, parseConnectionString, severalHosts } from "./connection-string.ts"
import { certificateFiles, passwordFile, passwordFrom, readService, type Variables } from "./libpq-files.ts"
import { checkParameters, variableOf } from "./parameters.ts"
import { type CloudAuth, cloudAuthForms, readCloudAuth } from "./tokens/cloud-auth.ts"

const defaultPort = 5432
const defaultTimeoutMs = 10_000

/**
 * Returns how to reach the database that `text` and the environment's variables name, by the rules of libpq: what the
 * text says wins over the service file, that over the `PG*` variables, those over the defaults.
 *
 * Besides libpq's own parameters, asyncpg's `ssl` is understood, Prisma's `pgbouncer` and `schema`, and our own `auth`;
 * those that are about a pool or a cache are left out of account. Several hosts are refused.
 *
 * @param text a URL or a keyword string; absent: the variables alone
 * @param variables where the `PG*` variables and `HOME` are looked up
 * @throws ToolError `invalid-database-url`
 */
export function parseConnection(text: string | undefined, variables: Variables = {}): ConnectionSettings {
  const given = text === undefined ? new Map<string, string>() : parseConnectionString(text)
  checkParameters(given)
  const value = valuesOf(given, variables)

  const port = parsePort(value("port"))
  const host = value("host") ?? value("hostaddr") ?? defaultHost(port)
  if (host.includes(",") || value("port")?.includes(",")) throw severalHosts()
  const user = value("user") ?? systemUser()
  const database = value("dbname") ?? user
  const password = passwordOf(value, variables, { host, port, database, user })
  const auth = authOf(value("auth"))
  const address = value("hostaddr")
  const pooled = isOn(value("pgbouncer"))
  const options = optionsOf(value, pooled)
  checkSessionAttributes(value("target_session_attrs"))
  return {
    host,
    ...(address === undefined ? {} : { address }),
    port,
    database,
    user,
    ...(password === undefined ? {} : { password }),
    ...(auth === undefined ? {} : { auth }),
    tls: tlsOf(value, variables),
    applicationName: value("application_name") ?? "lockstep",
    ...(options === undefined ? {} : { options }),
    pooled,
    connectTimeoutMs: timeoutOf(value("connect_timeout")),
  }
}

/** Returns the target in a few words, for messages: `shop at db.internal:5432 as app`. */
export function describeTarget({ database, host, port, user }: ConnectionSettings): string {
  return `${database} at ${host.includes(":") ? `[${host}]` : host}:${port} as ${user}`
}

type Value = (name: string) => string | undefined

function valuesOf(given: Parameters, variables: Variables): Value {
  const variable = (name: string) => variables[variableOf[name] ?? ""]
  const service = given.get("service") ?? variable("service")
  const file = given.get("servicefile") ?? variable("servicefile")
  const fromService = service === undefined ? undefined : readService(service, file, variables)
  // An empty value counts as none, as in libpq.
  return (name) => [given.get(name), fromService?.get(name), variable(name)].find(Boolean)
}

function parsePort(text: string | undefined): number {
  if (text === undefined) return defaultPort
  if (text.includes(",")) throw severalHosts()
  const port = /^\d+$/.test(text) ? Number(text) : 0
  if (port < 1 || port > 65_535) throw invalidUrl("the port of the database is not a number from 1 to 65535")
  return port
}

/** Where distributions put the server's Unix socket. */
const socketFolders = ["/var/run/postgresql", "/tmp"]

function defaultHost(port: number): string {
  return socketFolders.find((folder) => existsSync(`${folder}/.s.PGSQL.${port}`)) ?? "localhost"
}

function systemUser(): string {
  try {
    return userInfo().username
  } catch {
    throw invalidUrl(
      "the database URL names no user, and the operating system knows none",
      "add user@ before the host",
    )
  }
}

function passwordOf(
  value: Value,
  variables: Variables,
  { host, port, database, user }: Pick<ConnectionSettings, "host" | "port" | "database" | "user">,
): ConnectionSettings["password"] {
  const password = value("password")
  if (password !== undefined) return () => password
  const file = passwordFile(value("passfile"), variables)
  if (file === undefined) return undefined
  const hosts = isAbsolute(host) ? [host, "localhost"] : [host]
  return () => passwordFrom(file, { hosts, port, database, user })
}

function authOf(text: string | undefined): CloudAuth | undefined {
  if (text === undefined) return undefined
  const auth = readCloudAuth(text)
  if (auth !== undefined) return auth
  throw invalidUrl(
    `auth=${text} in the database URL is not understood`,
    `it may be ${cloudAuthForms}, in a URL as auth=google,instance=project:region:instance`,
  )
}

function isOn(value: string | undefined): boolean {
  return ["true", "1", "yes", "on"].includes(value ?? "")
}

/** Prisma's `schema` is where unqualified names go; `public` is where they go anyway. */
function optionsOf(value: Value, pooled: boolean): string | undefined {
  const schema = value("schema")
  const options = value("options")
  if (schema === undefined || schema === "public") return options
  if (pooled) {
    throw invalidUrl(
      `schema=${schema} in the database URL cannot be set through a pooler`,
      "use the direct URL, or write the schema before the names in the revisions",
    )
  }
  const searchPath = `-c search_path=${escapeOption(`"${schema.replaceAll('"', '""')}"`)}`
  return options === undefined ? searchPath : `${options} ${searchPath}`
}

/** In the server's command line, white space ends an option unless a backslash stands before it. */
function escapeOption(text: string): string {
  return text.replace(/[\\\s]/g, "\\$&")
}

function checkSessionAttributes(value: string | undefined): void {
  if (value === undefined || ["any", "read-write", "primary"].includes(value)) return
  throw invalidUrl(
    `target_session_attrs=${value} asks for a server that cannot be written to`,
    "name the primary",
  )
}

function timeoutOf(text: string | undefined): number {
  if (text === undefined) return defaultTimeoutMs
  if (!/^-?\d+$/.test(text)) throw invalidUrl("connect_timeout is not a whole number of seconds")
  return Math.max(0, Number(text)) * 1_000
}

const sslModes: readonly SslMode[] = ["disable", "allow", "prefer", "require", "verify-ca", "verify-full"]

function tlsOf(value: Value, variables: Variables): TlsSettings {
  const files = certificateFiles(variables)
  const rootCertificate = value("sslrootcert") ?? files.root
  const mode = sslModeOf(value, rootCertificate === "system" ? "verify-full" : "prefer")
  if (rootCertificate === "system" && mode !== "verify-full") {
    throw invalidUrl(`sslmode=${mode} is too weak for sslrootcert=system`, "use sslmode=verify-full")
  }
  const direct = value("sslnegotiation") === "direct"
  if (direct && !["require", "verify-ca", "verify-full"].includes(mode)) {
    throw invalidUrl(`sslnegotiation=direct needs sslmode=require or stronger, not ${mode}`)
  }
  const certificate = value("sslcert") ?? files.certificate
  const key = value("sslkey") ?? files.key
  return {
    mode,
    ...(rootCertificate === undefined ? {} : { rootCertificate }),
    ...(certificate === undefined ? {} : { certificate }),
    ...(key === undefined ? {} : { key }),
    direct,
    channelBinding: value("channel_binding") === "require",
  }
}

/** asyncpg writes `ssl=require`; JDBC and others `ssl=true`; node-postgres knows a mode `no-verify`. */
const otherModes: Readonly<Record<string, SslMode>> = {
  true: "require",
  on: "require",
  yes: "require",
  "1": "require",
  false: "disable",
  off: "disable",
  no: "disable",
  "0": "disable",
  "no-verify": "require",
}

function sslModeOf(value: Value, byDefault: SslMode): SslMode {
  const text = value("sslmode") ?? value("ssl")
  if (text === undefined) return byDefault
  const mode = otherModes[text] ?? sslModes.find((each) => each === text)
  if (mode === undefined) throw invalidUrl("sslmode has an unknown value", `it may be ${sslModes.join(", ")}`)
  return mode
}
