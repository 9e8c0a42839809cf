import { spawn } from "node:child_process"
import { spawnAs } from "./execute.ts"

/** What must happen to a server when the process that started it is gone. */
export interface Guarded {
  readonly pid: number
  /** The signal that stops the server. */
  readonly signal: "SIGINT" | "SIGQUIT"
  /** Removed afterwards. */
  readonly folder: string
}

/** What guards a server. */
export interface Guard {
  readonly callOff: () => void
  /** Stops the server now, as if this process had ended; false where the guard cannot. Does not wait for it. */
  readonly actNow: () => boolean
}

const waitThenStop = `
read -r _
kill -"$1" "$2"
tries=0
while kill -0 "$2" 2>/dev/null && [ "$tries" -lt 100 ]; do sleep 0.05; tries=$((tries + 1)); done
rm -rf "$3"
`

/**
 * Sees to it that a server does not outlive this process, even one that is killed with SIGKILL: a shell holds the
 * reading end of a pipe whose other end closes with us, and then stops the server and removes its folder.
 */
export function guard({ pid, signal, folder }: Guarded): Guard {
  if (process.platform === "win32") return { callOff: guardAtExit(pid), actNow: () => false }
  const shell = spawn("/bin/sh", ["-c", waitThenStop, "sh", signal.slice(3), String(pid), folder], {
    ...spawnAs(undefined),
    stdio: ["pipe", "ignore", "ignore"],
    detached: true,
  })
  shell.on("error", () => undefined)
  shell.stdin?.on("error", () => undefined)
  shell.unref()
  // The pipe must not keep this process alive either.
  ;(shell.stdin as unknown as { unref(): void }).unref()
  return {
    callOff: () => {
      shell.kill("SIGKILL")
    },
    actNow: () => {
      if (shell.pid === undefined || shell.exitCode !== null) return false
      shell.stdin?.end()
      return true
    },
  }
}

function guardAtExit(pid: number): () => void {
  const stop = () => {
    try {
      process.kill(pid)
    } catch {
      // It is gone already.
    }
  }
  process.once("exit", stop)
  return () => {
    process.removeListener("exit", stop)
  }
}
