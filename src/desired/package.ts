import { pathToFileURL } from "node:url"
import { ToolError } from "../diagnostic.ts"
import { type Exports, exportsOf, findModule } from "../project-module.ts"

/**
 * Imports a module of the project's own packages, of the version that its models are written for.
 *
 * @throws ToolError `schema-source-missing`
 */
export async function importPackage(root: string, name: string, install: string): Promise<Exports> {
  const path = findModule(root, name)
  if (path === undefined) throw packageMissing(name, install)
  return exportsOf(await import(pathToFileURL(path).href))
}

export function packageMissing(name: string, install: string): ToolError {
  return new ToolError("schema-source-missing", `the schema's source needs ${name}, which is not installed`, {
    subject: name,
    hint: install,
  })
}

/**
 * Says that a source could not be turned into SQL.
 *
 * @param shown the source, as it is configured
 */
export function sourceFailed(shown: string, reason: string, cause?: unknown): ToolError {
  const [first = reason, ...more] = reason.trim().split("\n")
  return new ToolError("schema-source-failed", `${shown} could not be turned into SQL: ${first}`, {
    subject: shown,
    details: more.slice(-20),
    hint: "run its own tool to see whether the models are sound",
    cause,
  })
}

/** Runs what an ORM does with somebody's models; what it throws is about them. */
export async function attempt<Result>(shown: string, work: () => Promise<Result>): Promise<Result> {
  try {
    return await work()
  } catch (error) {
    if (error instanceof ToolError) throw error
    throw sourceFailed(shown, error instanceof Error ? error.message : String(error), error)
  }
}
