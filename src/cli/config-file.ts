import { existsSync, readFileSync, statSync } from "node:fs"
import { dirname, extname, join, resolve } from "node:path"
import { pathToFileURL } from "node:url"
import { ToolError } from "../diagnostic.ts"

/** Names under which the configuration is looked for, the first found wins. */
export const configFileNames = [
  "lockstep.config.ts",
  "lockstep.config.mts",
  "lockstep.config.js",
  "lockstep.config.mjs",
  "lockstep.config.json",
] as const

/**
 * Returns the absolute path of the configuration: `named` relative to `cwd`, or the nearest upward from `cwd`;
 * undefined where there is none.
 *
 * @throws ToolError `config-not-found` where `named` does not exist
 */
export function findConfigFile(cwd: string, named?: string): string | undefined {
  if (named !== undefined) {
    const path = resolve(cwd, named)
    if (existsSync(path) && statSync(path).isFile()) return path
    throw new ToolError("config-not-found", `there is no configuration file "${named}"`, { subject: named })
  }
  for (let folder = cwd; ; folder = dirname(folder)) {
    for (const name of configFileNames) {
      const path = join(folder, name)
      if (existsSync(path)) return path
    }
    if (dirname(folder) === folder) return undefined
  }
}

/**
 * Evaluates a configuration file and returns its default export, unchecked.
 *
 * @param again evaluate it afresh, although it was loaded before
 * @throws ToolError `config-unreadable`
 */
export async function loadConfigFile(path: string, again = false): Promise<unknown> {
  try {
    if (extname(path) === ".json") return JSON.parse(readFileSync(path, "utf8").replace(/^\uFEFF/, ""))
    const module = await importConfig(path, again)
    const exported = "default" in module ? module.default : undefined
    if (exported !== undefined) return exported
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error)
    throw new ToolError("config-unreadable", `${path} cannot be read: ${firstLine(message)}`, {
      subject: path,
      details: error instanceof Error ? placesIn(error, path) : [],
      cause: error,
    })
  }
  throw new ToolError("config-unreadable", `${path} has no default export`, {
    subject: path,
    hint: "end it with: export default { ... }",
  })
}

async function importConfig(path: string, again: boolean): Promise<Record<string, unknown>> {
  const url = pathToFileURL(path).href + (again ? "?again" : "")
  const typescript = /\.[mc]?ts$/.test(path)
  if (typescript && !stripsTypes()) return importWithJiti(path)
  try {
    return await import(url)
  } catch (error) {
    if (typescript && beyondStripping(error)) return importWithJiti(path)
    throw error
  }
}

/** Tells whether this Node runs TypeScript by itself (22.18, 23.6 and later). */
function stripsTypes(): boolean {
  return Boolean((process.features as { typescript?: unknown }).typescript)
}

/** Tells whether Node refused the file for something that jiti can do: enums, imports without an extension. */
function beyondStripping(error: unknown): boolean {
  const code = error instanceof Error && "code" in error ? error.code : undefined
  return (
    code === "ERR_UNSUPPORTED_TYPESCRIPT_SYNTAX" ||
    code === "ERR_MODULE_NOT_FOUND" ||
    code === "ERR_UNSUPPORTED_DIR_IMPORT"
  )
}

async function importWithJiti(path: string): Promise<Record<string, unknown>> {
  const { createJiti } = await import("jiti")
  return createJiti(path, { moduleCache: false, interopDefault: false }).import(path)
}

function firstLine(text: string): string {
  return text.split("\n", 1)[0] ?? ""
}

/** The lines of a stack that lie in the configuration file. */
function placesIn(error: Error, path: string): string[] {
  return (error.stack ?? "")
    .split("\n")
    .slice(1)
    .filter((line) => line.includes(path))
    .map((line) => line.trim())
}
