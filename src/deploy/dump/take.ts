import { closeSync, fsyncSync, mkdirSync, openSync, renameSync, rmSync, statSync } from "node:fs"
import { dirname, join } from "node:path"
import { ToolError } from "../../diagnostic.ts"
import { syncFolder } from "../export/export.ts"
import { runProgram } from "./program.ts"
import { readDump } from "./read.ts"

/** A dump that is whole. */
export interface TakenDump {
  readonly path: string
  readonly bytes: number
  /** How many objects it lists. */
  readonly objects: number
  /** Rows by table. */
  readonly tables: Readonly<Record<string, number>>
}

/** What is not finished is never found under the name of a dump. */
const unfinished = ".unfinished"

/**
 * Takes a dump with pg_dump in its custom format, and reads it to its end: every object is listed and every row counted before it
 * gets its name.
 *
 * @param env in which pg_dump finds the way to the database
 * @param tables only these, with their schemas and quoted; empty for everything
 * @throws ToolError `backup-failed`, `program-missing`
 */
export async function takeDump(
  folder: string,
  name: string,
  {
    env,
    words = [],
    tables = [],
    signal,
  }: {
    readonly env?: Readonly<Record<string, string | undefined>> | undefined
    /** Further words for pg_dump, such as the address. */
    readonly words?: readonly string[]
    readonly tables?: readonly string[]
    readonly signal?: AbortSignal | undefined
  },
): Promise<TakenDump> {
  const path = join(folder, `${name}.dump`)
  const partial = `${path}${unfinished}`
  try {
    mkdirSync(folder, { recursive: true })
    const only = tables.flatMap((table) => ["--table", table])
    const { code, said } = await runProgram("pg_dump", [...words, ...only, "-Fc", "-f", partial], {
      env,
      signal,
    })
    if (code !== 0) throw failed(`pg_dump ended with ${code}`, said)
    const { objects, tables: counted } = await readDump(partial, signal)
    const descriptor = openSync(partial, "r")
    fsyncSync(descriptor)
    closeSync(descriptor)
    const { size } = statSync(partial)
    renameSync(partial, path)
    syncFolder(dirname(path))
    const total = Object.values(objects).reduce((sum, number) => sum + number, 0)
    return { path, bytes: size, objects: total, tables: counted }
  } catch (error) {
    removeIfCan(partial)
    if (error instanceof ToolError && error.code === "dump-unreadable")
      throw failed(error.message, error.facts.details)
    if (error instanceof ToolError) throw error
    throw failed(error instanceof Error ? error.message : String(error))
  }
}

/** What could not be written can often not be removed either, and its name says that it is not whole. */
function removeIfCan(path: string): void {
  try {
    rmSync(path, { force: true })
  } catch {
    // The reason why it could not be written is what is told.
  }
}

function failed(reason: string, said: readonly string[] = []): ToolError {
  return new ToolError("backup-failed", `the backup failed: ${reason}`, {
    details: [...said.slice(-5), "nothing was changed"],
    hint: "put right what it says, and run the same command again",
  })
}
