import { closeSync, createReadStream, openSync, readSync, statSync } from "node:fs"
import { createInterface } from "node:readline"
import { ToolError } from "../../diagnostic.ts"
import { type DumpFacts, DumpReader } from "./facts.ts"
import { runProgram } from "./program.ts"

/**
 * Reads a dump from its first byte to its last: lists what is in it, and counts the rows of every table. Plain text, and
 * what only pg_restore reads: custom, directory and tar.
 *
 * @throws ToolError `dump-unreadable`, `program-missing`
 */
export async function readDump(path: string, signal?: AbortSignal): Promise<DumpFacts> {
  const reader = new DumpReader()
  const onLine = (line: string) => reader.line(line)
  if (isPlain(path)) {
    const lines = createInterface({ input: createReadStream(path), crlfDelay: Number.POSITIVE_INFINITY })
    for await (const line of lines) onLine(line)
  } else {
    const { code, said } = await runProgram("pg_restore", ["-f", "-", path], { onLine, signal })
    if (code !== 0) throw unreadable(path, said)
  }
  const { facts } = reader
  if (!facts.complete) throw unreadable(path, ["it ends before pg_dump's last line"])
  return facts
}

/** Whether it is a script, and no format of pg_restore's. */
export function isPlain(path: string): boolean {
  try {
    if (statSync(path).isDirectory()) return false
    const descriptor = openSync(path, "r")
    try {
      const start = Buffer.alloc(512)
      const length = readSync(descriptor, start)
      const isTar = start.subarray(257, 262).toString("latin1") === "ustar"
      return (
        !isTar &&
        start.subarray(0, 5).toString("latin1") !== "PGDMP" &&
        !start.subarray(0, length).includes(0)
      )
    } finally {
      closeSync(descriptor)
    }
  } catch (error) {
    throw unreadable(path, [error instanceof Error ? error.message : String(error)])
  }
}

function unreadable(path: string, said: readonly string[]): ToolError {
  return new ToolError("dump-unreadable", `the dump ${path} is not whole`, {
    details: said.slice(-5),
    hint: "take another one",
    subject: path,
  })
}
