import { createHash } from "node:crypto"
import {
  closeSync,
  fsyncSync,
  mkdirSync,
  openSync,
  renameSync,
  rmSync,
  writeFileSync,
  writeSync,
} from "node:fs"
import { dirname, join } from "node:path"
import type { Connection } from "../../db/connection.ts"
import { ToolError } from "../../diagnostic.ts"
import type { DoomedData } from "./destroyed.ts"

/** Where what is destroyed is exported to, and for how long it is kept. */
export interface ExportRules {
  /** Absolute path of the folder; it is made where it is missing. */
  readonly folder: string
  /** How long it is to be kept, in milliseconds. */
  readonly keepMs: number
  /** Takes it from there to where it is kept, and says in a line where that is; throws where it could not. */
  readonly command?: (folder: string) => Promise<string>
}

/** One file of an export. */
export interface ExportedFile extends Omit<DoomedData, "query"> {
  readonly file: string
  readonly rows: number
  readonly bytes: number
  readonly sha256: string
}

/** What was exported. The same stands in its `manifest.json`. */
export interface ExportedData {
  /** Where it is: the folder, or what the command has said. */
  readonly place: string
  readonly folder: string
  readonly database: string
  readonly environment?: string
  /** ISO 8601, UTC. */
  readonly at: string
  readonly keepUntil: string
  readonly files: readonly ExportedFile[]
}

export const manifestName = "manifest.json"

/** What is not finished; an export is found under its own name only when it is whole and on the disk. */
const unfinished = ".unfinished"

/**
 * Copies what is going to be destroyed into files, all as of one moment, with a manifest of counts and hashes. Nothing is
 * written where there are no rows.
 *
 * @throws ToolError `export-failed`; nothing of it stays then
 */
export async function exportAll(
  connection: Connection,
  doomed: readonly DoomedData[],
  { folder: parent, keepMs, command }: ExportRules,
  about: {
    readonly database: string
    readonly environment?: string
    readonly at: Date
    readonly signal?: AbortSignal | undefined
  },
): Promise<ExportedData | undefined> {
  const { database, environment, at, signal } = about
  const stamp = at.toISOString().replace(/[-:]|\.\d+/g, "")
  const revisions = [...new Set(doomed.map(({ revision }) => revision))]
  const folder = join(parent, `${database.replace(/[^\w.-]/g, "_")}-${stamp}-${revisions[0]?.slice(0, 40)}`)
  const partial = `${folder}${unfinished}`
  try {
    rmSync(partial, { recursive: true, force: true })
    mkdirSync(partial, { recursive: true })
    const files = await inOneSnapshot(connection, async () => {
      const written: ExportedFile[] = []
      for (const each of doomed) {
        signal?.throwIfAborted()
        const file = await exportOne(connection, each, partial, written.length + 1)
        if (file !== undefined) written.push(file)
      }
      return written
    })
    if (files.length === 0) {
      rmSync(partial, { recursive: true, force: true })
      return undefined
    }
    const facts = {
      database,
      ...(environment === undefined ? {} : { environment }),
      at: at.toISOString(),
      keepUntil: new Date(at.getTime() + keepMs).toISOString(),
      files,
    }
    writeDurably(join(partial, manifestName), `${JSON.stringify(facts, undefined, 2)}\n`)
    syncFolder(partial)
    rmSync(folder, { recursive: true, force: true })
    renameSync(partial, folder)
    syncFolder(dirname(folder))
    const place = command === undefined ? folder : await command(folder)
    return { place, folder, ...facts }
  } catch (error) {
    try {
      rmSync(partial, { recursive: true, force: true })
    } catch {
      // What could not be written can often not be removed either, and its name says that it is not whole.
    }
    if (error instanceof ToolError) throw error
    throw new ToolError(
      "export-failed",
      `what is to be destroyed could not be exported: ${messageOf(error)}`,
      {
        details: [`to ${folder}`, "nothing was changed"],
        hint: "make room, or choose another folder with the setting `exports`; then run the same command again",
        subject: folder,
        cause: error,
      },
    )
  }
}

/** COPY reads all of them as they were at one moment, and never waits for who writes. */
async function inOneSnapshot<T>(connection: Connection, work: () => Promise<T>): Promise<T> {
  await connection.run("begin isolation level repeatable read, read only; set local statement_timeout = 0")
  try {
    return await work()
  } finally {
    if (connection.open) await connection.run("rollback").catch(() => undefined)
  }
}

async function exportOne(
  connection: Connection,
  { query, ...doomed }: DoomedData,
  folder: string,
  number: number,
): Promise<ExportedFile | undefined> {
  const file = `${number}-${doomed.relation.replace(/[^\w.-]/g, "_")}.csv`
  const path = join(folder, file)
  const descriptor = openSync(path, "w", 0o600)
  const hash = createHash("sha256")
  let bytes = 0
  try {
    if (connection.copyOut === undefined)
      throw new Error("this connection cannot copy rows out of the database")
    const { rowCount } = await connection.copyOut(
      `copy (${query}) to stdout (format csv, header)`,
      (piece) => {
        for (let at = 0; at < piece.length; ) at += writeSync(descriptor, piece, at)
        hash.update(piece)
        bytes += piece.length
      },
    )
    fsyncSync(descriptor)
    if (rowCount === 0) {
      rmSync(path)
      return undefined
    }
    return { ...doomed, file, rows: rowCount ?? 0, bytes, sha256: hash.digest("hex") }
  } finally {
    closeSync(descriptor)
  }
}

function writeDurably(path: string, text: string): void {
  const descriptor = openSync(path, "w", 0o600)
  try {
    writeFileSync(descriptor, text)
    fsyncSync(descriptor)
  } finally {
    closeSync(descriptor)
  }
}

/** A rename is on the disk only when its folder is. Not every system lets a folder be opened. */
export function syncFolder(folder: string): void {
  let descriptor: number | undefined
  try {
    descriptor = openSync(folder, "r")
    fsyncSync(descriptor)
  } catch {
    // Then the system itself has to see to it.
  } finally {
    if (descriptor !== undefined) closeSync(descriptor)
  }
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}
