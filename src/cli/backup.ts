import { spawn } from "node:child_process"
import type { RestorePoint } from "../api/deploy.ts"
import { ToolError } from "../diagnostic.ts"
import type { Environment } from "./io.ts"

/**
 * Runs the command that takes a backup, and returns the last line that it printed.
 *
 * @param url the database's address, as `DATABASE_URL`
 * @throws ToolError `backup-failed`
 */
export async function runBackup(
  command: string,
  { lsn, at }: RestorePoint,
  {
    url,
    env,
    cwd,
    signal,
  }: {
    readonly url: string | undefined
    readonly env: Environment
    readonly cwd: string
    readonly signal: AbortSignal
  },
): Promise<string> {
  const variables = { ...env, LOCKSTEP_RESTORE_LSN: lsn, LOCKSTEP_RESTORE_TIME: at }
  const child = spawn(command, {
    shell: true,
    cwd,
    env: url === undefined ? variables : { ...variables, DATABASE_URL: url },
    stdio: ["ignore", "pipe", "pipe"],
    signal,
  })
  const lines: string[] = []
  const outputs: string[] = []
  const collect = (into: string[]) => (data: Buffer) => {
    into.push(
      ...data
        .toString()
        .split("\n")
        .filter((line) => line.trim() !== ""),
    )
    if (into.length > 100) into.splice(0, into.length - 100)
  }
  child.stdout.on("data", collect(outputs))
  child.stdout.on("data", collect(lines))
  child.stderr.on("data", collect(lines))
  const ended = await new Promise<string | undefined>((resolve) => {
    child.on("error", (error) => resolve(error.message))
    child.on("close", (code, by) => resolve(code === 0 ? undefined : `it ended with ${code ?? by}`))
  })
  if (ended === undefined) return outputs.at(-1) ?? "done"
  if (signal.aborted) throw new ToolError("interrupted", "the backup was interrupted; nothing was changed")
  throw new ToolError("backup-failed", `the backup failed: ${ended}`, {
    details: [...lines.slice(-5), "nothing was changed"],
    hint: "put right what it says, and run the same command again",
  })
}
