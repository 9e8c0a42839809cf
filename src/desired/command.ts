import { spawn } from "node:child_process"
import type { CommandSource } from "../api/options.ts"
import { sourceFailed } from "./package.ts"

/**
 * Runs a program that prints the SQL of the whole schema, in the project's folder, and returns what it prints.
 *
 * @throws ToolError `schema-source-failed` where it fails or prints nothing
 */
export async function commandSql({ command }: CommandSource, root: string): Promise<string> {
  const words = typeof command === "string" ? [command] : command
  const [program = "", ...args] = words
  const shown = words.join(" ")
  const { code, stdout, stderr } = await run(program, args, root, typeof command === "string").catch(
    (error: unknown) => {
      throw sourceFailed(shown, error instanceof Error ? error.message : String(error), error)
    },
  )
  if (code !== 0) throw sourceFailed(shown, `it ended with ${code}\n${stderr}`)
  if (stdout.trim() === "") throw sourceFailed(shown, "it printed nothing")
  return stdout
}

interface Ended {
  readonly code: number | null
  readonly stdout: string
  readonly stderr: string
}

/** @param inShell as one line, as a person would type it */
function run(program: string, args: readonly string[], cwd: string, inShell: boolean): Promise<Ended> {
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, {
      cwd,
      // npm and its like are scripts on Windows, which only a shell can start.
      shell: inShell || process.platform === "win32",
      stdio: ["ignore", "pipe", "pipe"],
      windowsHide: true,
    })
    const out: Buffer[] = []
    const err: Buffer[] = []
    child.stdout?.on("data", (chunk: Buffer) => out.push(chunk))
    child.stderr?.on("data", (chunk: Buffer) => err.push(chunk))
    child.once("error", reject)
    child.once("close", (code) => {
      resolve({
        code,
        stdout: Buffer.concat(out).toString("utf8"),
        stderr: Buffer.concat(err).toString("utf8"),
      })
    })
  })
}
