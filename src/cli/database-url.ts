import type { TargetOptions } from "../api/options.ts"
import type { UrlSource } from "../config.ts"
import { ToolError } from "../diagnostic.ts"
import { type Environment, readVariable } from "./io.ts"

/** Finds the database's address: what is configured, else `DATABASE_URL`; undefined leaves it to the `PG*` variables. */
export async function resolveUrl(
  source: UrlSource | undefined,
  env: Environment,
): Promise<string | undefined> {
  if (typeof source === "string") return source
  if (typeof source === "function") return required(await source())
  if (source === undefined) return readVariable(env, "DATABASE_URL")
  const url = readVariable(env, source.env)
  if (url !== undefined) return url
  throw new ToolError(
    "invalid-config",
    `the variable ${source.env} is not set, which holds the database's URL`,
    {
      subject: source.env,
      hint: `set ${source.env}, or give the address with --url`,
    },
  )
}

/**
 * Says where an address came from. The file may have read it from `process.env`, so what counts for `.env` is
 * whether one of its variables holds this very address.
 */
export function originOf(
  url: string | undefined,
  env: Environment,
  { flag, fromDotenv }: { readonly flag: unknown; readonly fromDotenv: ReadonlySet<string> },
): string | undefined {
  if (url === undefined) return [...fromDotenv].some((name) => name.startsWith("PG")) ? ".env" : undefined
  if (url === flag) return "--url"
  for (const name of fromDotenv) if (env[name] === url) return ".env"
  if (url === env.LOCKSTEP_URL) return "LOCKSTEP_URL"
  return url === env.DATABASE_URL ? "DATABASE_URL" : "the configuration"
}

/** An address that turns out to be missing must not fall back to that of another database. */
function required(url: string | undefined): string {
  if (url !== undefined && url !== "") return url
  throw new ToolError("invalid-config", "the configured url is undefined", {
    subject: "url",
    hint: "set the variable that it is read from, or give the address with --url",
  })
}

/** Tells whether anything says which database is meant; otherwise libpq's own defaults hold. */
export function saysWhichDatabase({ url, libpqVariables = {} }: TargetOptions): boolean {
  const { PGHOST, PGHOSTADDR, PGPORT, PGDATABASE, PGSERVICE } = libpqVariables
  return [url, PGHOST, PGHOSTADDR, PGPORT, PGDATABASE, PGSERVICE].some(
    (word) => word !== undefined && word !== "",
  )
}

/** Adds to a failed connection that nobody has said where to connect: few mean libpq's defaults. */
export function noteMissingAddress(error: ToolError, target: TargetOptions): ToolError {
  if (saysWhichDatabase(target)) return error
  const hint = "nothing says which database is meant: set DATABASE_URL, or add --url"
  return new ToolError(error.code, error.message, { ...error.facts, hint })
}
