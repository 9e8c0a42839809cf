import { spawn } from "node:child_process"
import { constants } from "node:os"
import { ToolError } from "../diagnostic.ts"
import type { Environment, Io } from "./io.ts"

/**
 * Runs a program in the place of this one: with its streams, its folder and its signals.
 *
 * @returns its exit code; 128 and the number of the signal that ended it
 * @throws ToolError `program-failed` where it cannot be started
 */
export function runInstead(words: readonly string[], env: Environment, io: Io): Promise<number> {
  const [program = "", ...rest] = words
  return new Promise((resolve, reject) => {
    const child = spawn(program, rest, { stdio: "inherit", env, cwd: io.cwd })
    // A terminal sends Ctrl-C to both.
    const isShared = (name: NodeJS.Signals) => name === "SIGINT" && io.stdin.isTTY === true
    io.passSignals?.((name) => {
      if (!isShared(name)) child.kill(name)
    })
    child.on("error", (error) =>
      reject(
        new ToolError("program-failed", `${program} cannot be started: ${error.message}`, {
          subject: program,
          hint: "check its name, PATH, and that it may be executed",
          cause: error,
        }),
      ),
    )
    child.on("close", (code, signal) =>
      resolve(code ?? 128 + (signal === null ? 0 : constants.signals[signal])),
    )
  })
}
