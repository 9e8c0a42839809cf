import { createHash, randomBytes } from "node:crypto"
import {
  chmodSync,
  chownSync,
  cpSync,
  existsSync,
  mkdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs"
import { dirname, join } from "node:path"
import { ToolError } from "../diagnostic.ts"
import { type ServerBinaries, unsupported } from "./binaries.ts"
import { ownFolder, touch } from "./cache-folder.ts"
import { execute } from "./execute.ts"
import { publish } from "./runnable.ts"
import type { ServerUser } from "./server-user.ts"

/** The superuser of every scratch server. */
export const superuser = "postgres"

const initdbOptions = [
  `--username=${superuser}`,
  "--encoding=UTF8",
  "--no-locale",
  "--auth-local=trust",
  "--auth-host=scram-sha-256",
  "--wal-segsize=1",
  "--no-sync",
]

/** A data directory made by initdb once and copied ever after. */
export interface Template {
  readonly dataDir: string
  /** The superuser's password; random, the same for all servers of this operating-system user and version. */
  readonly password: string
}

/**
 * Returns the template for this version, made on first use: initdb takes a third of a second, a copy a tenth of that.
 * Safe against others that make it at the same time.
 */
export async function template(
  binaries: ServerBinaries,
  user: ServerUser | undefined,
  cache: string,
): Promise<Template> {
  const key = createHash("sha256")
    .update(JSON.stringify([binaries.version, initdbOptions, user]))
    .digest("hex")
  const kept = join(cache, `template-${binaries.major}-${key.slice(0, 16)}`)
  if (!existsSync(kept)) publish(await initialise(binaries, user, cache), kept)
  touch(kept)
  return { dataDir: join(kept, "data"), password: readFileSync(join(kept, "password"), "utf8") }
}

async function initialise(
  binaries: ServerBinaries,
  user: ServerUser | undefined,
  cache: string,
): Promise<string> {
  const building = ownFolder(cache, "building")
  const password = join(building, "password")
  writeFileSync(password, randomBytes(16).toString("hex"), { mode: 0o600 })
  giveTo(user, building, password)
  const { exitCode, output } = await executeServerProgram(
    join(binaries.binDir, "initdb"),
    [...initdbOptions, `--pwfile=${password}`, `--pgdata=${join(building, "data")}`],
    user,
  )
  if (exitCode === 0) return building
  rmSync(building, { recursive: true, force: true })
  throw new ToolError("embedded-server-failed", `initdb of PostgreSQL ${binaries.version} failed`, {
    details: output.trim().split("\n").slice(-20),
  })
}

async function executeServerProgram(program: string, args: readonly string[], user: ServerUser | undefined) {
  try {
    return await execute(program, args, user)
  } catch (error) {
    throw startError(error, program)
  }
}

/** What it means that a program of the server could not even be started. */
export function startError(error: unknown, program: string): ToolError {
  const { code } = error as NodeJS.ErrnoException
  // The kernel says "no such file" of a program whose loader is missing: a glibc program on a musl system.
  if (code === "ENOENT" && existsSync(program)) return unsupported("this C library (musl)")
  return new ToolError(
    "embedded-server-failed",
    `${program} could not be started (${code ?? String(error)})`,
    {
      cause: error,
      hint:
        code === "EPERM" || code === "EINVAL"
          ? "as root the server must run as another user, and this container does not allow that: run as an ordinary user"
          : undefined,
    },
  )
}

/** Copies the template to `dataDir`, owned by the server's user. */
export async function copyTemplate(
  { dataDir: from }: Template,
  dataDir: string,
  user: ServerUser | undefined,
): Promise<void> {
  if (process.platform === "win32") {
    cpSync(from, dataDir, { recursive: true })
    return
  }
  mkdirSync(dirname(dataDir), { recursive: true })
  // `cp` takes a tenth of the time of node:fs for the thousand files of a data directory.
  const { exitCode, output } = await execute("/bin/cp", ["-Rp", from, dataDir])
  if (exitCode !== 0) {
    rmSync(dataDir, { recursive: true, force: true })
    throw new ToolError("embedded-server-failed", `the data directory ${dataDir} could not be made`, {
      details: output.trim().split("\n").slice(-5),
      subject: dataDir,
    })
  }
  chmodSync(dataDir, 0o700)
  giveTo(user, dataDir)
}

/** Makes `user` the owner of `paths`, where the server runs as somebody else. */
export function giveTo(user: ServerUser | undefined, ...paths: readonly string[]): void {
  if (user === undefined) return
  for (const path of paths) chownSync(path, user.uid, user.gid)
}
