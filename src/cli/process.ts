import { maskSecrets } from "../db/mask.ts"
import { ToolError } from "../diagnostic.ts"
import { main } from "./main.ts"

/** Signals with a meaning for servers, besides those that end a process. */
const passedBesides: readonly NodeJS.Signals[] =
  process.platform === "win32" ? [] : ["SIGHUP", "SIGQUIT", "SIGUSR2", "SIGWINCH"]

/** Runs the command line of this process, with its streams and signals, and ends it. */
export async function runProcess(): Promise<void> {
  const controller = new AbortController()
  let signals = 0
  let pass: ((name: NodeJS.Signals) => void) | undefined
  for (const name of ["SIGINT", "SIGTERM"] as const) {
    process.on(name, () => {
      if (pass !== undefined) return pass(name)
      signals += 1
      // Whoever asks twice does not want to wait for a clean end.
      if (signals > 1) process.exit(130)
      controller.abort(new ToolError("interrupted", `interrupted by ${name}`))
    })
  }

  // `lockstep history | head` closes the pipe early; that is not an error, and a run goes on to its end unheard.
  for (const stream of [process.stdout, process.stderr]) {
    stream.on("error", (error: NodeJS.ErrnoException) => {
      if (error.code !== "EPIPE") throw error
    })
  }

  // Nothing may end a process with an address in its last words.
  process.on("uncaughtException", (error) => {
    process.stderr.write(`${maskSecrets(error.stack ?? String(error))}\n`)
    process.exit(1)
  })

  const { stdout, stderr, env } = process
  process.exitCode = await main(process.argv.slice(2), {
    // Opening it costs a millisecond, and few commands ask anything.
    get stdin() {
      return process.stdin
    },
    stdout,
    stderr,
    env,
    cwd: process.cwd(),
    signal: controller.signal,
    passSignals(listener) {
      pass = listener
      for (const name of passedBesides) process.on(name, listener)
    },
  })
  // Text that is still on its way to a pipe comes before the end; a handle that somebody forgot does not delay it.
  stdout.write("", () => stderr.write("", () => process.exit()))
}
