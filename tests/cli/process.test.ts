import { type ChildProcess, execFileSync, spawn } from "node:child_process"
import { existsSync } from "node:fs"
import { fileURLToPath } from "node:url"
import { beforeAll, describe, expect, test } from "vitest"
import manifest from "../../package.json" with { type: "json" }
import { testDatabase } from "../database.ts"
import { revision, testProject } from "../project.ts"

// What only a process of its own shows: signals, pipes, the real environment. `npm test` builds it first.
const program = fileURLToPath(new URL("../../dist/cli.js", import.meta.url))

beforeAll(() => {
  if (!existsSync(program)) throw new Error("dist/cli.js is missing: run npm run build first")
})

interface Surroundings {
  readonly cwd?: string
  readonly env?: Readonly<Record<string, string>>
}

function start(words: readonly string[], { cwd, env = {} }: Surroundings = {}): ChildProcess {
  const { PATH = "", HOME = "" } = process.env
  return spawn(process.execPath, [program, ...words], {
    cwd,
    env: { PATH, HOME, ...env },
    stdio: ["ignore", "pipe", "pipe"],
  })
}

async function ended(child: ChildProcess) {
  let stdout = ""
  let stderr = ""
  child.stdout?.on("data", (data: Buffer) => {
    stdout += data.toString()
  })
  child.stderr?.on("data", (data: Buffer) => {
    stderr += data.toString()
  })
  const exit = await new Promise<number | null>((resolve) => child.on("close", resolve))
  return { exit, stdout, stderr }
}

/** Waits until the child has printed `text` on standard error. */
function printed(child: ChildProcess, text: string): Promise<void> {
  return new Promise((resolve, reject) => {
    let seen = ""
    child.stderr?.on("data", (data: Buffer) => {
      seen += data.toString()
      if (seen.includes(text)) resolve()
    })
    child.on("close", () => reject(new Error(`ended without printing ${text}: ${seen}`)))
  })
}

test("the version is the package's", async () => {
  expect(await ended(start(["--version"]))).toEqual({ exit: 0, stdout: `${manifest.version}\n`, stderr: "" })
})

test("a configuration may import Lockstep where that is not installed", async () => {
  await using project = await testProject({ "a.sql": revision("aaaa", "", "select 1;") })
  await project.write({
    "db/a.sql": revision("aaaa", "", "select 1;"),
    "lockstep.config.ts":
      'import { defineConfig } from "lockstep"\nexport default defineConfig({ migrations: "db" })',
  })
  const { exit, stdout, stderr } = await ended(start(["heads", "--json"], { cwd: project.root }))
  expect({ exit, stderr }).toEqual({ exit: 0, stderr: "" })
  expect(JSON.parse(stdout).result).toMatchObject({ heads: [{ file: "db/a.sql" }] })
})

test("an error ends with its exit code, and all of a long answer arrives", async () => {
  expect((await ended(start(["upgarde"]))).exit).toBe(2)
  const { exit, stdout } = await ended(start(["explain", "--json"]))
  expect(exit).toBe(0)
  expect(JSON.parse(stdout).result.codes.length).toBeGreaterThan(50)
})

test("a reader that leaves early is no error", () => {
  const command = `"${process.execPath}" "${program}" explain | head -n 1; echo "\${PIPESTATUS[0]}"`
  const lines = execFileSync("bash", ["-c", command], { encoding: "utf8" }).trimEnd().split("\n")
  expect(lines).toHaveLength(2)
  expect(lines[1]).toBe("0")
})

test("a run whose reader leaves early goes on to its end, and exits as it ends", async () => {
  await using db = await testDatabase()
  await using project = await testProject({
    "1_a.sql": revision("a1", "", "select pg_sleep(0.5);\ncreate table a ();"),
    "2_b.sql": revision("b2", "a1", "select nothing;"),
  })
  const child = start(["upgrade"], { cwd: project.root, env: { DATABASE_URL: db.url } })
  await printed(child, "connected to")
  child.stderr?.destroy()
  child.stdout?.destroy()
  expect(await new Promise((resolve) => child.on("close", resolve))).toBe(1)
  const connection = await db.connect()
  expect(await connection.query("select id from lockstep.revision")).toEqual([{ id: "a1" }])
})

describe("the environment", () => {
  test(".env reaches a configuration that reads process.env, but not for a protected environment", async () => {
    await using db = await testDatabase()
    await using project = await testProject({
      "1_a.sql": "create table a ();",
      "../lockstep.config.ts": `export default {
        url: process.env.SHOP_URL,
        environments: { prod: { url: process.env.SHOP_URL as string, protected: true }, dev: {} },
      }`,
      "../.env": `SHOP_URL=${db.url}\n`,
    })
    const at = { cwd: project.root }
    expect((await ended(start(["status", "--env", "dev"], at))).exit).toBe(0)
    const prod = await ended(start(["status", "--env", "prod"], at))
    expect(prod.exit).toBe(2)
    expect(prod.stderr).toContain("[invalid-config]")
    expect((await ended(start(["status", "--env", "prod"], { ...at, env: { SHOP_URL: db.url } }))).exit).toBe(
      0,
    )
  })
})

describe("signals", () => {
  test.each(["SIGINT", "SIGTERM"] as const)(
    "%s cancels the statement, rolls back, and exits with 130",
    async (signal) => {
      await using db = await testDatabase()
      await using project = await testProject({ "1_slow.sql": "create table t ();\nselect pg_sleep(600);" })
      const at = { cwd: project.root, env: { DATABASE_URL: db.url } }
      const child = start(["upgrade", "--events"], at)
      const result = ended(child)
      await printed(child, "pg_sleep")
      child.kill(signal)
      const { exit, stderr } = await result
      expect(exit).toBe(130)
      expect(stderr).toContain(`"code":"interrupted"`)
      const connection = await db.connect()
      expect(
        await connection.query(
          "select 1 from pg_stat_activity where datname = current_database() and query ~ '^select pg_sleep'",
        ),
      ).toEqual([])
      expect(await connection.query("select to_regclass('t') as t")).toEqual([{ t: null }])
      expect((await ended(start(["history", "--failed"], at))).stdout).toContain("interrupted")
    },
  )
})
