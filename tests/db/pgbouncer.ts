import { spawn } from "node:child_process"
import { chownSync, existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs"
import { connect, createServer } from "node:net"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { setTimeout as delay } from "node:timers/promises"
import { serverUser } from "../../src/scratch/server-user.ts"
import type { TestDatabase } from "../database.ts"

const program = "/usr/sbin/pgbouncer"

/** Why PgBouncer cannot be tested here; undefined where it can. */
export const noPgBouncer = existsSync(program)
  ? undefined
  : `${program} is not installed (apt-get install pgbouncer)`
if (noPgBouncer !== undefined) console.warn(`NOT TESTED: poolers, because ${noPgBouncer}`)

export interface PgBouncer extends AsyncDisposable {
  /** The database's URL through the pooler. */
  readonly url: string
}

export interface PgBouncerOptions {
  readonly mode: "session" | "transaction" | "statement"
  /** How many server sessions it opens at most. Default: 5. */
  readonly poolSize?: number
}

/** Starts the real PgBouncer in front of a test database. */
export async function startPgBouncer(
  db: TestDatabase,
  { mode, poolSize = 5 }: PgBouncerOptions,
): Promise<PgBouncer> {
  const { host, port: serverPort, user, password } = db.server
  const folder = mkdtempSync(join(tmpdir(), "pgbouncer-"))
  const port = await freePort()
  const config = join(folder, "pgbouncer.ini")
  writeFileSync(
    config,
    `[databases]
* = host=${host} port=${serverPort} user=${user} password=${password}
[pgbouncer]
listen_addr = 127.0.0.1
listen_port = ${port}
unix_socket_dir =
auth_type = any
pool_mode = ${mode}
default_pool_size = ${poolSize}
logfile = ${join(folder, "log")}
`,
  )
  // It refuses to run as root.
  const runAs = serverUser()
  if (runAs !== undefined) for (const path of [folder, config]) chownSync(path, runAs.uid, runAs.gid)
  const child = spawn(program, ["-q", config], { stdio: "ignore", cwd: "/", ...(runAs ?? {}) })
  const gone = new Promise<void>((resolve) => child.once("exit", () => resolve()))
  await untilListening(port, () => child.exitCode)
  return {
    url: `postgresql://${user}@127.0.0.1:${port}/${db.name}`,
    async [Symbol.asyncDispose]() {
      child.kill("SIGKILL")
      await gone
      rmSync(folder, { recursive: true })
    },
  }
}

async function freePort(): Promise<number> {
  const server = createServer()
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve))
  const { port } = server.address() as { port: number }
  await new Promise((resolve) => server.close(resolve))
  return port
}

async function untilListening(port: number, exitCode: () => number | null): Promise<void> {
  for (let tries = 0; tries < 500; tries++) {
    if (exitCode() !== null) throw new Error(`pgbouncer ended with exit code ${exitCode()}`)
    const listening = await new Promise<boolean>((resolve) => {
      const socket = connect(port, "127.0.0.1")
      socket.once("connect", () => resolve(true)).once("error", () => resolve(false))
      socket.once("connect", () => socket.destroy())
    })
    if (listening) return
    await delay(10)
  }
  throw new Error("pgbouncer does not listen")
}
