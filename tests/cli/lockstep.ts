import type { Environment } from "../../src/cli/io.ts"
import { main } from "../../src/cli/main.ts"

/** What a command line printed and how it ended. */
export interface Ended {
  readonly exit: number
  readonly stdout: string
  readonly stderr: string
}

export interface Surroundings {
  readonly cwd: string
  /** Nothing else of the environment is seen. */
  readonly env?: Environment
  readonly signal?: AbortSignal
  /** Called with every text on standard error, as it is printed. */
  readonly onStderr?: (text: string) => void
}

/** Runs one command line in this process, with streams, variables and folder of its own. */
export async function lockstep(words: readonly string[], surroundings: Surroundings): Promise<Ended> {
  const { cwd, env = {}, signal = new AbortController().signal, onStderr } = surroundings
  let stdout = ""
  let stderr = ""
  const exit = await main(words, {
    stdin: {},
    stdout: {
      write: (text) => {
        stdout += text
      },
    },
    stderr: {
      write: (text) => {
        stderr += text
        onStderr?.(text)
      },
    },
    // Tests read what a person would; what a collector of logs reads has tests of its own.
    env: { LOCKSTEP_LOG_FORMAT: "text", ...env },
    cwd,
    signal,
  })
  return { exit, stdout, stderr }
}
