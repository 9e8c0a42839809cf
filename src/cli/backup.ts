import { spawn } from "node:child_process"
import { resolve } from "node:path"
import type { DeployOptions, RestorePoint } from "../api/deploy.ts"
import { takeDump } from "../deploy/dump/take.ts"
import { ToolError } from "../diagnostic.ts"
import type { GateValues } from "./config.ts"
import type { Environment } from "./io.ts"

/** Where a command of the configuration runs. */
export interface ShellPlace {
  /** The database's address, as `DATABASE_URL`. */
  readonly url: string | undefined
  readonly env: Environment
  readonly cwd: string
  readonly signal: AbortSignal
}

/** Makes of the settings what a deploy does to save what is there; undefined where nothing is asked for. */
export function backupOf(
  { backup: command, dumps, dumped }: Pick<GateValues, "backup" | "dumps" | "dumped">,
  place: ShellPlace,
): DeployOptions["backup"] {
  if (command === undefined && dumps === undefined) return undefined
  return async (point, tables) => {
    const said: string[] = []
    if (dumps !== undefined && (dumped !== "destroyed" || tables.length > 0))
      said.push(await dump(resolve(place.cwd, dumps), point, dumped === "destroyed" ? tables : [], place))
    if (command !== undefined) said.push(await runBackup(command, point, place))
    return said.join("; ")
  }
}

/** The password goes through the environment, which other users of the machine do not see. */
async function dump(
  folder: string,
  { at }: RestorePoint,
  tables: readonly string[],
  { url, env, signal }: ShellPlace,
): Promise<string> {
  const name = at.replace(/[-:]|\.\d+/g, "")
  const { address, password } = withoutPassword(url)
  const {
    path,
    bytes,
    objects,
    tables: counted,
  } = await takeDump(folder, name, {
    env: password === undefined ? env : { ...env, PGPASSWORD: password },
    words: address === undefined ? [] : ["-d", address],
    tables,
    signal,
  })
  const rows = Object.values(counted).reduce((sum, each) => sum + each, 0)
  return `${path}: ${objects} objects, ${rows} rows in ${Object.keys(counted).length} tables, ${bytes} bytes, read to its end`
}

function withoutPassword(url: string | undefined): { address?: string; password?: string } {
  if (url === undefined) return {}
  if (!/^[a-z][a-z0-9+.-]*:\/\//i.test(url) || !URL.canParse(url)) return { address: url }
  const parsed = new URL(url.replace(/^(postgres(?:ql)?)\+\w+:/i, "$1:"))
  const { password } = parsed
  parsed.password = ""
  return { address: parsed.href, ...(password === "" ? {} : { password: decodeURIComponent(password) }) }
}

/** Runs the command that takes an export to where it is kept, and returns the last line that it printed. */
export async function runExportCommand(command: string, folder: string, place: ShellPlace): Promise<string> {
  return run(command, { LOCKSTEP_EXPORT: folder }, "what was exported could not be taken away", place)
}

/** Runs a command of the user's, and returns the last line that it printed. */
export async function runCommand(command: string, added: Environment, place: ShellPlace): Promise<string> {
  return run(command, added, `${command} failed`, place)
}

/** Runs a command that tests what was deployed. */
export async function runSmoke(command: string, place: ShellPlace): Promise<string> {
  return run(command, {}, `${command} failed`, place)
}

/**
 * Runs the command that takes a backup, and returns the last line that it printed.
 *
 * @throws ToolError `backup-failed`
 */
export async function runBackup(
  command: string,
  { lsn, at }: RestorePoint,
  place: ShellPlace,
): Promise<string> {
  return run(command, { LOCKSTEP_RESTORE_LSN: lsn, LOCKSTEP_RESTORE_TIME: at }, "the backup failed", place)
}

async function run(
  command: string,
  added: Environment,
  failure: string,
  { url, env, cwd, signal }: ShellPlace,
): Promise<string> {
  const variables = { ...env, ...added }
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
  throw new ToolError("backup-failed", `${failure}: ${ended}`, {
    details: [...lines.slice(-5), "nothing was changed"],
    hint: "put right what it says, and run the same command again",
  })
}
