import { existsSync, readFileSync } from "node:fs"
import { join } from "node:path"
import { parseEnv } from "node:util"
import type { Environment } from "./io.ts"

/**
 * Reads the `.env` file of `folder`; undefined where there is none.
 * Empty values count as absent, as `DATABASE_URL=` in a template that nobody filled in.
 */
export function readDotenv(folder: string): Environment | undefined {
  const path = join(folder, ".env")
  if (!existsSync(path)) return undefined
  const parsed = parseEnv(readFileSync(path, "utf8"))
  return Object.fromEntries(Object.entries(parsed).filter(([, value]) => value !== undefined && value !== ""))
}

/** Adds `variables` to `env`, never overriding; returns the names that were added. */
export function addVariables(env: Environment, variables: Environment): ReadonlySet<string> {
  const added = new Set<string>()
  for (const [name, value] of Object.entries(variables)) {
    if (env[name] !== undefined && env[name] !== "") continue
    env[name] = value
    added.add(name)
  }
  return added
}

/** Takes variables out again. */
export function removeVariables(env: Environment, names: Iterable<string>): void {
  for (const name of names) delete env[name]
}
