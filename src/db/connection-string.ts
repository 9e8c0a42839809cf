import { ToolError } from "../diagnostic.ts"

/** Parameters by libpq's names: `host`, `dbname`, `sslmode`. */
export type Parameters = ReadonlyMap<string, string>

/**
 * Reads a URL or a keyword string into its parameters, as libpq does.
 *
 * Of a URL's scheme, `postgres`, `postgresql` and `postgis` are understood, with `jdbc:` before and a driver as in
 * SQLAlchemy behind (`postgresql+asyncpg`).
 *
 * @throws ToolError `invalid-database-url`; its message holds no part of the text that could be a password
 * @see PostgreSQL documentation, libpq, "Connection Strings"
 */
export function parseConnectionString(text: string): Parameters {
  const trimmed = text.trim()
  if (/^(["']).*\1$/s.test(trimmed)) {
    throw invalidUrl(
      "the database URL stands in quotes",
      "remove the quotes: docker --env-file and some CI systems take them for a part of the value",
    )
  }
  const scheme = /^(?:jdbc:)?([a-z][a-z0-9.-]*)(?:\+[a-z0-9_]+)?:\/\//i.exec(trimmed)
  if (scheme === null) return parseKeywords(trimmed)
  checkScheme(scheme[1] ?? "", scheme[0])
  return parseUrl(trimmed.slice(scheme[0].length))
}

/** Every mistake in what the user gave. The text itself is never shown: nobody knows where in it the password is. */
export function invalidUrl(message: string, hint?: string): ToolError {
  return new ToolError("invalid-database-url", message, { hint })
}

const escapeHint = "write @ : / ? # % in user and password as %40 %3A %2F %3F %23 %25"

function checkScheme(scheme: string, prefix: string): void {
  if (["postgres", "postgresql", "postgis"].includes(scheme.toLowerCase())) return
  const prisma = scheme === "prisma" || prefix.startsWith("prisma+")
  throw invalidUrl(
    `the database URL begins with ${prefix}, which is not PostgreSQL`,
    prisma
      ? "that is an address of Prisma Accelerate: use the direct URL"
      : "it must begin with postgresql://",
  )
}

function parseUrl(text: string): Parameters {
  // The user ends at the first `@` before any `/`, so that a `?` in the password does no harm.
  const userInfoLength = /^[^/@]*@/.exec(text)?.[0].length ?? 0
  const rest = text.slice(userInfoLength)
  const question = rest.indexOf("?")
  return new Map([
    ...userInfo(text.slice(0, Math.max(userInfoLength - 1, 0))),
    ...hostAndDatabase(question < 0 ? rest : rest.slice(0, question)),
    ...queryParameters(question < 0 ? "" : rest.slice(question + 1)),
  ])
}

function userInfo(text: string): [string, string][] {
  const colon = text.indexOf(":")
  const user = colon < 0 ? text : text.slice(0, colon)
  return [
    ...present("user", decode(user, "user")),
    ...(colon < 0 ? [] : present("password", decode(text.slice(colon + 1), "password"))),
  ]
}

function hostAndDatabase(text: string): [string, string][] {
  const slash = text.indexOf("/")
  const hosts = slash < 0 ? text : text.slice(0, slash)
  const database = slash < 0 ? "" : text.slice(slash + 1)
  // Most likely the password holds an `@` or a `/`: then what looks like a host or a database is a part of it.
  if (text.includes("@")) throw invalidUrl("the database URL has an @ that is not escaped", escapeHint)
  if (hosts.includes(",")) throw severalHosts()
  const [, bracketed, host = "", port] = /^(?:\[([^\]]*)\]|([^:]*))(?::(.*))?$/.exec(hosts) ?? []
  if (port !== undefined && !/^\d*$/.test(port)) {
    throw invalidUrl(
      "the port in the database URL is not a number",
      `${escapeHint}, and an IPv6 address as [::1]`,
    )
  }
  return [
    ...present("host", bracketed ?? decode(host, "host")),
    ...present("port", port ?? ""),
    ...present("dbname", decode(database, "database")),
  ]
}

export function severalHosts(): ToolError {
  return invalidUrl(
    "the database URL names several hosts, and Lockstep works on exactly one",
    "name the primary, or an address that always leads to it",
  )
}

function queryParameters(text: string): [string, string][] {
  if (text === "") return []
  return text.split("&").map((pair) => {
    const equals = pair.indexOf("=")
    if (equals < 1) throw invalidUrl("a parameter of the database URL has no value", escapeHint)
    const name = decode(pair.slice(0, equals), "parameters")
    return [name, decode(pair.slice(equals + 1), "parameters")]
  })
}

function present(name: string, value: string): [string, string][] {
  return value === "" ? [] : [[name, value]]
}

function decode(text: string, part: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    throw invalidUrl(
      `the ${part} in the database URL has a % that is not part of an escape`,
      "write a % as %25",
    )
  }
}

/** `host=localhost dbname='my app' password=it\'s` */
const keywordPair = /\s*([a-z_]+)\s*=\s*(?:'((?:[^'\\]|\\.)*)'|((?:[^\s'\\]|\\.)*))(?=\s|$)/gsy

function parseKeywords(text: string): Parameters {
  const parameters = new Map<string, string>()
  keywordPair.lastIndex = 0
  while (keywordPair.lastIndex < text.length) {
    const pair = keywordPair.exec(text)
    if (pair === null) {
      throw invalidUrl(
        "the database address is neither a URL nor a list of keywords and values",
        "write it as postgresql://user:password@host:5432/database or host=... dbname=...",
      )
    }
    const [, name = "", quoted, bare = ""] = pair
    parameters.set(name, (quoted ?? bare).replace(/\\(.)/gs, "$1"))
  }
  return parameters
}
