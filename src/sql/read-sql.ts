import { readFile } from "node:fs/promises"
import { resolve } from "node:path"
import { ToolError } from "../diagnostic.ts"
import { unreadable } from "../file-error.ts"
import { decodeSql } from "./decode.ts"
import type { Source } from "./source.ts"

/** Reads a file of SQL that an option names. */
export async function readSql(cwd: string, path: string): Promise<Source> {
  try {
    return { text: decodeSql(await readFile(resolve(cwd, path)), path), file: path, line: 1 }
  } catch (error) {
    if (error instanceof ToolError) throw error
    throw unreadable(path, error)
  }
}
