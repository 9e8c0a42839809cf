import { inspect } from "node:util"
import { describe, expect, test } from "vitest"
import { ToolError, upgrade } from "../../src/index.ts"
import { type Ended, lockstep, type Surroundings } from "../cli/lockstep.ts"
import { testDatabase } from "../database.ts"
import { revision, testProject } from "../project.ts"

// No word that is printed may hold a password: not where it is wrong, not where nobody can tell where it ends.

const commands = [
  ["status"],
  ["upgrade", "--events", "--verbose"],
  ["wait", "--timeout", "0"],
  ["init", "--yes"],
]
const forms = [[], ["--json", "--debug"]]

/** Runs every command in every form and returns all that was printed. */
async function everything(at: Surroundings, words: readonly string[] = []): Promise<readonly Ended[]> {
  const all: Ended[] = []
  for (const command of commands)
    for (const form of forms) all.push(await lockstep([...command, ...form, ...words], at))
  return all
}

function expectNoSecret(all: readonly Ended[], secret = /s3cr|cr3t/): void {
  expect(all.map(({ stdout, stderr }) => stdout + stderr).filter((text) => secret.test(text))).toEqual([])
  expect(all.map(({ stdout, stderr }) => stdout + stderr).join("").length).toBeGreaterThan(500)
}

const files = { "1_users.sql": revision("aaaa", "", "create table users (id int);") }

describe("an address that cannot be understood, or leads nowhere", () => {
  test.each([
    "postgres://app:s3cr3t@127.0.0.1:1/shop",
    "postgresql+asyncpg://app:s3cr3t@127.0.0.1:1/shop",
    "postgres://app:s3c@r3t-s3cr3t@127.0.0.1:1/shop",
    "postgres://app:s3cr3t/s3cr3t@127.0.0.1:1/shop",
    "postgres://app:s3cr3t?s3cr3t@127.0.0.1:1/shop",
    "postgres://app:s3cr3t?a=s3cr3t@127.0.0.1:1/shop",
    "postgres://app:s3cr3t#s3cr3t@127.0.0.1:1/shop",
    "postgres://app:s3cr3t%zz@127.0.0.1:1/shop",
    "postgres://app:s3cr3t s3cr3t@127.0.0.1:1/shop",
    'postgres://app:s3cr3t"s3cr3t@127.0.0.1:1/shop',
    "postgres://app:s3cr3t@127.0.0.1:one/shop",
    "postgres://app:s3cr3t@[::1/shop",
    "postgres://app:s3cr3t",
    "postgres:/app:s3cr3t@127.0.0.1:1/shop",
    "postgres//app:s3cr3t@127.0.0.1:1/shop",
    "app:s3cr3t@127.0.0.1:1/shop",
    '"postgres://app:s3cr3t@127.0.0.1:1/shop"',
    "DATABASE_URL=postgres://app:s3cr3t@127.0.0.1:1/shop",
    "mysql://app:s3cr3t@127.0.0.1:1/shop",
    "prisma+postgres://accelerate.example/?api_key=s3cr3t",
    "postgres://127.0.0.1:1/shop?user=app&password=s3cr3t",
    "postgres://127.0.0.1:1/shop?user=app&password=s3cr3t&sslmode=requird",
    "postgres://127.0.0.1:1/shop?user=app&pasword=s3cr3t",
    "host=127.0.0.1 port=1 user=app password=s3cr3t",
    "host=127.0.0.1 port=1 user=app password='s3cr3t s3cr3t'",
    "host=127.0.0.1 port=1 user=app password='s3cr3t",
    "host=127.0.0.1 port=1 user=app password:s3cr3t",
    "host=127.0.0.1 port=1 user=app pasword=s3cr3t",
  ])("%s", async (address) => {
    await using project = await testProject(files)
    const cwd = project.root
    const said = [
      await everything({ cwd, env: { DATABASE_URL: address } }),
      await everything({ cwd, env: {} }, ["--url", address]),
    ].flat()
    expectNoSecret(said)
    for (const { exit } of said) expect([0, 2, 5]).toContain(exit)
  })
})

test("a wrong password, from wherever it comes", async () => {
  await using db = await testDatabase()
  await using project = await testProject(files)
  const { host, port } = db.server
  const role = await db.role("login password 'right'")
  const cwd = project.root
  const url = `postgres://${role}:s3cr3t@${host}:${port}/${db.name}`
  const variables = { PGHOST: host, PGPORT: String(port), PGUSER: role, PGDATABASE: db.name }
  expectNoSecret(await everything({ cwd, env: { DATABASE_URL: url } }))
  expectNoSecret(await everything({ cwd, env: { ...variables, PGPASSWORD: "s3cr3t" } }))
  await project.write({ ".env": `DATABASE_URL="${url}"\n` })
  expectNoSecret(await everything({ cwd, env: {} }))
  await project.write({
    ".env": "",
    "lockstep.config.mjs": `export default { password: async () => "s3cr3t" }`,
  })
  const refused = await everything({ cwd, env: variables })
  expectNoSecret(refused)
  expect(refused.map(({ stderr }) => stderr).join("")).toContain("password authentication failed")
})

test.each([
  ["lockstep.config.json", '{ "url": "postgres://app:s3cr3t@db/shop" "migrations": "db" }'],
  ["lockstep.config.json", '{ "url": "postgres://app:s3cr3t@db/shop", "environments": 5 }'],
  ["lockstep.config.json", '{ "url": "postgres://app:aaaaaaaaaaaaaaaaaas3cr3t" x }'],
  ["lockstep.config.json", '{ "url": ["postgres://app:s3cr3t@db/shop"] }'],
  ["lockstep.config.json", '{ "password": "s3cr3t" }'],
  ["lockstep.config.json", '{ "pasword": "s3cr3t" }'],
  ["lockstep.config.json", '{ "environments": { "prod": "postgres://app:s3cr3t@db/shop" } }'],
  ["lockstep.config.json", '{ "environment": ["postgres://app:s3cr3t@db/shop"] }'],
  ["lockstep.config.json", '{ "url": "postgres://app@db/shop", "key": s3cr3t }'],
  ["lockstep.config.mjs", 'export default { url: "postgres://app:s3cr3t@db/shop" "x" }'],
  ["lockstep.config.ts", 'export default { url: "postgres://app:s3cr3t@db/shop" "x" }'],
  ["lockstep.config.mjs", 'throw new Error("cannot reach postgres://app:s3cr3t@db/shop")'],
  ["lockstep.config.mjs", 'export default { url: new URL("postgres://app:s3cr3t@db/shop") }'],
])("a configuration that is wrong: %s %s", async (name, text) => {
  await using project = await testProject({ ...files, [`../${name}`]: text })
  const at = { cwd: project.root, env: {} }
  for (const form of forms) {
    const ended = await lockstep(["status", ...form], at)
    expect(ended.exit).toBe(2)
    expect(ended.stdout + ended.stderr).not.toMatch(/s3cr|cr3t/)
  }
})

test("the library's errors, however closely they are looked at", async () => {
  await using db = await testDatabase()
  await using project = await testProject(files)
  const { host, port } = db.server
  const role = await db.role("login password 'right'")
  for (const url of [
    `postgres://${role}:s3cr3t@${host}:${port}/${db.name}`,
    "postgres://app:s3cr3t@127.0.0.1:1/shop",
    "postgres://app:s3c@r3t-s3cr3t@127.0.0.1:1/shop",
  ]) {
    const error: unknown = await upgrade({ root: project.root, url }).catch((reason: unknown) => reason)
    expect(error).toBeInstanceOf(ToolError)
    expect(inspect(error, { depth: 20, showHidden: true })).not.toMatch(/s3cr|cr3t/)
  }
})

test("a password in a revision: not while it runs, not where it fails, not in the log", async () => {
  await using db = await testDatabase()
  const name = await db.role()
  const secret = "password 's3cr3t'"
  await using project = await testProject({
    "1_role.sql": revision("aaaa", "", `alter role ${name} ${secret};\nalter role "nobody there" ${secret};`),
  })
  const at = { cwd: project.root, env: { DATABASE_URL: db.url } }
  const all = [...(await everything(at)), await lockstep(["history", "--log", "--json"], at)]
  expectNoSecret(all)
  expect(all.map(({ stderr }) => stderr).join("")).toContain("alter role")
})
