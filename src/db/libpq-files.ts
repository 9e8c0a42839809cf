import { existsSync, readFileSync, statSync } from "node:fs"
import { join } from "node:path"
import { invalidUrl, type Parameters } from "./connection-string.ts"

/** Variables of the environment. */
export type Variables = Readonly<Record<string, string | undefined>>

/**
 * Returns the parameters of a service, from `~/.pg_service.conf` or its like.
 *
 * @throws ToolError `invalid-database-url` where there is no such service
 * @see PostgreSQL documentation, libpq, "The Connection Service File"
 */
export function readService(service: string, file: string | undefined, variables: Variables): Parameters {
  const files = [
    ...(file === undefined ? inFolder(variables.HOME, ".pg_service.conf") : [file]),
    ...inFolder(variables.PGSYSCONFDIR, "pg_service.conf"),
  ]
  for (const each of files) {
    const found = existsSync(each) ? sectionOf(readFileSync(each, "utf8"), service) : undefined
    if (found !== undefined) return found
  }
  throw invalidUrl(`there is no service ${service} in ${files.join(" or ") || "any file"}`)
}

function sectionOf(text: string, name: string): Parameters | undefined {
  const lines = text.split(/\r?\n/).map((line) => line.trim())
  const start = lines.indexOf(`[${name}]`)
  if (start < 0) return undefined
  const length = lines.slice(start + 1).findIndex((line) => line.startsWith("["))
  const section = lines.slice(start + 1, length < 0 ? undefined : start + 1 + length)
  return new Map(
    section
      .filter((line) => line.includes("=") && !line.startsWith("#"))
      .map((line) => [line.slice(0, line.indexOf("=")).trim(), line.slice(line.indexOf("=") + 1).trim()]),
  )
}

/** What a line of a password file must match. */
export interface PasswordKey {
  /** Several where one server has several names: a Unix socket is also `localhost`. */
  readonly hosts: readonly string[]
  readonly port: number
  readonly database: string
  readonly user: string
}

/** Returns the password file in force: the given one, or the one in the home folder. */
export function passwordFile(given: string | undefined, variables: Variables): string | undefined {
  if (given !== undefined) return given
  return process.platform === "win32"
    ? inFolder(variables.APPDATA, "postgresql", "pgpass.conf")[0]
    : inFolder(variables.HOME, ".pgpass")[0]
}

/**
 * Returns the first password in the file that matches; undefined where none does, and where others may read the file.
 *
 * @see PostgreSQL documentation, libpq, "The Password File"
 */
export function passwordFrom(file: string, { hosts, port, database, user }: PasswordKey): string | undefined {
  if (!existsSync(file) || isReadByOthers(file)) return undefined
  const wanted = [hosts, [String(port)], [database], [user]]
  for (const line of readFileSync(file, "utf8").split(/\r?\n/)) {
    if (line.startsWith("#")) continue
    const fields = [...line.matchAll(/((?:[^:\\]|\\.)*)(?::|$)/g)].map(([, field = ""]) =>
      withoutBackslashes(field),
    )
    const matches = wanted.every(
      (values, index) => fields[index] === "*" || values.includes(fields[index] ?? ""),
    )
    if (matches && fields[4] !== undefined && fields[4] !== "") return fields[4]
  }
  return undefined
}

function withoutBackslashes(field: string): string {
  return field.replace(/\\(.)/g, "$1")
}

function isReadByOthers(file: string): boolean {
  return process.platform !== "win32" && (statSync(file).mode & 0o077) !== 0
}

/** Returns the default certificate files of libpq that exist. */
export function certificateFiles(variables: Variables) {
  const [root, certificate, key] = ["root.crt", "postgresql.crt", "postgresql.key"].map((name) =>
    [
      ...(process.platform === "win32"
        ? inFolder(variables.APPDATA, "postgresql", name)
        : inFolder(variables.HOME, ".postgresql", name)),
    ].find((file) => existsSync(file)),
  )
  return { root, certificate, key }
}

function inFolder(folder: string | undefined, ...names: readonly string[]): string[] {
  return folder === undefined || folder === "" ? [] : [join(folder, ...names)]
}
