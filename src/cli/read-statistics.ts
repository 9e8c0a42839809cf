import { readFile } from "node:fs/promises"
import { resolve } from "node:path"
import { ToolError } from "../diagnostic.ts"
import { unreadable } from "../file-error.ts"
import type { Statistics } from "../lint/size.ts"

/** Reads the sizes of tables, as `stats pull` prints them. @throws ToolError `unreadable-file` */
export async function readStatistics(cwd: string, path: string): Promise<Statistics> {
  try {
    const value: unknown = JSON.parse(await readFile(resolve(cwd, path), "utf8"))
    if (isStatistics(value)) return value
  } catch (error) {
    throw unreadable(path, error)
  }
  throw new ToolError("unreadable-file", `${path} does not hold the sizes of tables`, {
    subject: path,
    hint: '{"users": {"rows": 1000, "bytes": 81920}}',
  })
}

function isStatistics(value: unknown): value is Statistics {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return false
  return Object.values(value).every((each: unknown) => {
    if (typeof each !== "object" || each === null) return false
    const { rows, bytes } = each as { rows?: unknown; bytes?: unknown }
    return typeof rows === "number" && typeof bytes === "number"
  })
}
