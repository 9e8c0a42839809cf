import { readdirSync, readFileSync, statSync } from "node:fs"
import { join, relative, resolve } from "node:path"
import { ToolError } from "../diagnostic.ts"
import { decodeSql } from "../sql/decode.ts"
import type { Source } from "../sql/source.ts"

/**
 * Reads the SQL files that a path means: a file, all files of a folder and its subfolders that end in `.sql`, or those
 * that fit a pattern (`schema/**\/*.sql`), in the order of their names.
 *
 * @throws ToolError `no-such-schema`
 */
export function readSql(root: string, path: string): readonly Source[] {
  return filesOf(root, path, /\.sql$/).map((file) => {
    const shown = relative(root, file).replaceAll("\\", "/") || path
    return { text: decodeSql(readFileSync(file), shown), file: shown, line: 1 }
  })
}

/** The absolute paths of the files that a path means; of a folder those whose names fit `ending`. */
export function filesOf(root: string, path: string, ending: RegExp): readonly string[] {
  const files = isPattern(path) ? filesThatFit(root, path) : filesAt(resolve(root, path), ending)
  if (files !== undefined && (files.length > 0 || !isPattern(path))) return files
  throw new ToolError("no-such-schema", `there is no file or folder ${path}`, {
    subject: path,
    hint: "give a file or folder of SQL, a database's URL, an environment, revisions[@id], or empty",
  })
}

function filesAt(absolute: string, ending: RegExp): readonly string[] | undefined {
  const entry = statSync(absolute, { throwIfNoEntry: false })
  if (entry === undefined) return undefined
  return entry.isDirectory() ? below(absolute).filter((file) => ending.test(file)) : [absolute]
}

function isPattern(path: string): boolean {
  return /[*?{]/.test(path)
}

function filesThatFit(root: string, pattern: string): readonly string[] {
  const parts = pattern.replaceAll("\\", "/").split("/")
  const fixed = parts.slice(0, parts.findIndex(isPattern)).join("/")
  const absolute = resolve(root, fixed)
  const fits = expressionOf(parts.slice(fixed === "" ? 0 : fixed.split("/").length).join("/"))
  const files = statSync(absolute, { throwIfNoEntry: false })?.isDirectory() ? below(absolute) : []
  return files.filter((file) => fits.test(relative(absolute, file).replaceAll("\\", "/")))
}

function below(folder: string): readonly string[] {
  return readdirSync(folder, { recursive: true, encoding: "utf8" })
    .filter((name) => !/(^|[\\/])node_modules[\\/]/.test(name))
    .sort()
    .map((name) => join(folder, name))
    .filter((file) => statSync(file).isFile())
}

/** `*` and `?` stay within a folder, `**` does not, `{a,b}` is either. */
function expressionOf(pattern: string): RegExp {
  const text = pattern.replaceAll(/\*\*\/|\*\*|[*?{},]|[.+^$()|[\]\\]/g, (sign) => {
    switch (sign) {
      case "**/":
        return "(?:.*/)?"
      case "**":
        return ".*"
      case "*":
        return "[^/]*"
      case "?":
        return "[^/]"
      case "{":
        return "(?:"
      case "}":
        return ")"
      case ",":
        return "|"
      default:
        return `\\${sign}`
    }
  })
  return new RegExp(`^${text}$`)
}
