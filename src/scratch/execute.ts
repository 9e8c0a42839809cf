import { type SpawnOptions, spawn } from "node:child_process"
import type { ServerUser } from "./server-user.ts"

/** How a program ended, and all that it printed. */
export interface Execution {
  readonly exitCode: number | null
  readonly output: string
}

/** Runs a program to its end, as `user` where one is given. Throws only where it could not be started. */
export function execute(program: string, args: readonly string[], user?: ServerUser): Promise<Execution> {
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, { ...spawnAs(user), stdio: ["ignore", "pipe", "pipe"] })
    const output: Buffer[] = []
    child.stdout?.on("data", (chunk: Buffer) => output.push(chunk))
    child.stderr?.on("data", (chunk: Buffer) => output.push(chunk))
    child.once("error", reject)
    child.once("close", (exitCode) => resolve({ exitCode, output: Buffer.concat(output).toString("utf8") }))
  })
}

/** Spawn options for a program of the server: its user, and an environment that makes its output predictable. */
export function spawnAs(user: ServerUser | undefined): SpawnOptions {
  return {
    // The current folder may be one that the server's user cannot enter.
    ...(process.platform === "win32"
      ? {}
      : { cwd: "/", env: { LC_ALL: "C", TZ: "UTC", PATH: "/usr/bin:/bin" } }),
    ...(user === undefined ? {} : { uid: user.uid, gid: user.gid }),
    windowsHide: true,
  }
}
