import { existsSync, readFileSync, statSync } from "node:fs"
import { dirname, extname, join, resolve } from "node:path"
import { ToolError } from "../diagnostic.ts"
import { importFile } from "../import-file.ts"

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
    throw new ToolError("config-not-found", `there is no configuration file "${named}"`, {
      subject: named,
      hint: `it is looked for from ${cwd}; \`lockstep init\` writes one`,
    })
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
    if (extname(path) === ".json") return parseJson(readFileSync(path, "utf8"))
    const exported = await importFile(path, again ? "again" : undefined)
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

/** Node's own message shows a piece of the text, and nobody knows whether a password is in it. */
function parseJson(text: string): unknown {
  const plain = text.replace(/^\uFEFF/, "")
  try {
    return JSON.parse(plain)
  } catch (error) {
    const [, position] = /at position (\d+)/.exec(String(error)) ?? []
    const before = position === undefined ? undefined : plain.slice(0, Number(position)).split("\n")
    const place =
      before === undefined ? "" : `, line ${before.length} column ${(before.at(-1) ?? "").length + 1}`
    throw new Error(`it is not valid JSON${place}`)
  }
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
