import { spawn } from "node:child_process"
import { createInterface } from "node:readline"
import type { Readable } from "node:stream"
import { ToolError } from "../../diagnostic.ts"

/** What a program said when it had ended. */
export interface ProgramEnd {
  readonly code: number | null
  /** The last lines of its standard error. */
  readonly said: readonly string[]
}

/**
 * Runs a program of PostgreSQL's client, and gives every line of its output to `onLine`.
 *
 * @param env its whole environment. Default: that of this process
 * @throws ToolError `program-missing`, `interrupted`
 */
export async function runProgram(
  name: string,
  words: readonly string[],
  {
    onLine,
    input,
    env,
    signal,
  }: {
    readonly onLine?: ((line: string) => void) | undefined
    readonly input?: Readable | undefined
    readonly env?: Readonly<Record<string, string | undefined>> | undefined
    readonly signal?: AbortSignal | undefined
  } = {},
): Promise<ProgramEnd> {
  const child = spawn(name, words, {
    stdio: [input === undefined ? "ignore" : "pipe", onLine === undefined ? "ignore" : "pipe", "pipe"],
    ...(env === undefined ? {} : { env }),
    ...(signal === undefined ? {} : { signal }),
  })
  const said: string[] = []
  child.stderr?.on("data", (data: Buffer) => {
    said.push(
      ...data
        .toString()
        .split("\n")
        .filter((line) => line.trim() !== ""),
    )
    if (said.length > 20) said.splice(0, said.length - 20)
  })
  if (input !== undefined && child.stdin !== null) {
    child.stdin.on("error", () => undefined)
    input.pipe(child.stdin)
  }
  const read = onLine === undefined || child.stdout === null ? Promise.resolve() : lines(child.stdout, onLine)
  const code = await new Promise<number | null>((resolve, reject) => {
    child.on("error", (error: NodeJS.ErrnoException) => {
      if (signal?.aborted === true) reject(new ToolError("interrupted", `${name} was interrupted`))
      // EACCES: it is nowhere that may be looked into, or not a program that this user may run.
      else if (error.code === "ENOENT" || error.code === "EACCES")
        reject(
          new ToolError("program-missing", `${name} is not installed here, or not for this user`, {
            subject: name,
            hint: "install PostgreSQL's client programs (Debian: postgresql-client)",
          }),
        )
      else reject(error)
    })
    child.on("close", resolve)
  })
  await read
  return { code, said }
}

async function lines(stream: Readable, onLine: (line: string) => void): Promise<void> {
  for await (const line of createInterface({ input: stream, crlfDelay: Number.POSITIVE_INFINITY }))
    onLine(line)
}
