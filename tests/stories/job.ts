import { type ChildProcess, spawn } from "node:child_process"
import { existsSync } from "node:fs"
import { fileURLToPath } from "node:url"

// What a platform runs. `npm test` builds the program first.
const program = fileURLToPath(new URL("../../dist/cli.js", import.meta.url))

/** Where a job runs: nothing of the environment is seen but what it is given. */
export interface Place {
  readonly cwd: string
  readonly env: Readonly<Record<string, string>>
}

export interface EndedJob {
  readonly exit: number | null
  /** Standard output and standard error, as they came. */
  readonly text: string
}

/** Starts the built program, as a platform's job would. */
export function startJob(words: readonly string[], { cwd, env }: Place): ChildProcess {
  if (!existsSync(program)) throw new Error("dist/cli.js is missing: run npm run build first")
  const { PATH = "", HOME = "" } = process.env
  return spawn(process.execPath, [program, ...words], {
    cwd,
    // As a person reads it; on a platform it is JSON lines.
    env: { PATH, HOME, LOCKSTEP_LOG_FORMAT: "text", ...env },
    stdio: ["ignore", "pipe", "pipe"],
  })
}

/** Waits until it has ended; `onText` is told what it prints, as it prints it. */
export async function ended(
  child: ChildProcess,
  onText: (text: string) => void = () => undefined,
): Promise<EndedJob> {
  let text = ""
  for (const stream of [child.stdout, child.stderr])
    stream?.on("data", (data: Buffer) => {
      text += data.toString()
      onText(data.toString())
    })
  const exit = await new Promise<number | null>((resolve) => child.on("close", resolve))
  return { exit, text }
}

/** Runs the built program to its end. */
export async function job(words: readonly string[], place: Place): Promise<EndedJob> {
  return ended(startJob(words, place))
}
