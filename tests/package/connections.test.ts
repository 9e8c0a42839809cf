import { expect, test } from "vitest"
import { lockstep } from "../cli/lockstep.ts"
import { type TestDatabase, testDatabase } from "../database.ts"
import { revision, testProject } from "../project.ts"

// Every way in which projects say where their database is, as they would write it.

const files = { "1_users.sql": revision("aaaa", "", "create table users (id int);") }

/** The URL over TCP, with another scheme and with parameters. */
function tcp(db: TestDatabase, scheme: string, query = ""): string {
  return db.tcpUrl.replace(/^\w+/, scheme) + query
}

const addresses: Readonly<Record<string, (db: TestDatabase) => string>> = {
  "a URL": (db) => tcp(db, "postgresql"),
  "the short scheme": (db) => tcp(db, "postgres", "?sslmode=disable"),
  "SQLAlchemy with asyncpg": (db) => tcp(db, "postgresql+asyncpg", "?ssl=disable"),
  "SQLAlchemy with psycopg2": (db) => tcp(db, "postgresql+psycopg2", "?sslmode=prefer&application_name=api"),
  "SQLAlchemy over a Unix socket": ({ server, name }) =>
    `postgresql+psycopg2://${server.user}@/${name}?host=${server.socketDir}&port=${server.port}`,
  "a socket's folder in place of the host": ({ server, name }) =>
    `postgres://${server.user}@${encodeURIComponent(server.socketDir ?? "")}:${server.port}/${name}`,
  "Prisma's parameters": (db) => tcp(db, "postgresql", "?schema=public&connection_limit=5&pool_timeout=0"),
  "libpq's keywords": ({ server, name }) =>
    `host=${server.host} port=${server.port} dbname='${name}' user=${server.user} password=${server.password}`,
}

test.each(Object.entries(addresses))("%s, from the environment and from .env", async (_, address) => {
  await using db = await testDatabase()
  await using project = await testProject(files)
  const url = address(db)
  const said = await lockstep(["status", "--json"], { cwd: project.root, env: { DATABASE_URL: url } })
  expect(JSON.parse(said.stdout).result).toMatchObject({ database: db.name, pending: [{ id: "aaaa" }] })
  await project.write({ ".env": `# the database\r\nexport DATABASE_URL="${url}"\r\nOTHER=\r\n` })
  expect(await lockstep(["upgrade"], { cwd: project.root, env: {} })).toMatchObject({ exit: 0 })
})

test("libpq's variables alone, over TCP and over the socket", async () => {
  await using db = await testDatabase()
  await using project = await testProject(files)
  const { host, port, user, password, socketDir } = db.server
  const env = { PGPORT: String(port), PGUSER: user, PGDATABASE: db.name }
  const at = (more: Readonly<Record<string, string>>) => ({ cwd: project.root, env: { ...env, ...more } })
  expect(await lockstep(["status"], at({ PGHOST: host, PGPASSWORD: password }))).toMatchObject({ exit: 0 })
  expect(await lockstep(["status"], at({ PGHOST: socketDir ?? host }))).toMatchObject({ exit: 0 })
})

test("a password that a function of the configuration fetches, anew for each connection", async () => {
  await using db = await testDatabase()
  const { host, port } = db.server
  const role = await db.role("login superuser password 'token-2'")
  await using project = await testProject({
    ...files,
    "../lockstep.config.mjs": `let calls = 0
export default {
  url: "postgres://${role}@${host}:${port}/${db.name}",
  password: async () => { calls += 1; return "token-2" },
}
globalThis.passwordCalls = () => calls`,
  })
  const at = { cwd: project.root, env: {} }
  expect(await lockstep(["upgrade"], at)).toMatchObject({ exit: 0 })
  expect((globalThis as unknown as { passwordCalls: () => number }).passwordCalls()).toBeGreaterThan(1)
})

test.each([
  ["rejects", 'async () => { throw new Error("the token service is down") }', "the token service is down"],
  ["gives nothing", "() => undefined", "the server asks for a password, and none was given"],
])("a password function that %s is named as the cause", async (_, code, message) => {
  await using db = await testDatabase()
  const { host, port } = db.server
  const role = await db.role("login password 'token'")
  await using project = await testProject({
    ...files,
    "../lockstep.config.mjs": `export default { url: "postgres://${role}@${host}:${port}/${db.name}", password: ${code} }`,
  })
  const { exit, stderr } = await lockstep(["status"], { cwd: project.root, env: {} })
  expect(exit).toBe(5)
  expect(stderr).toContain(message)
})

test.each([
  ["demands TLS of a server without it", "?sslmode=require", 5, "sslmode=require demands it"],
  ["asks to check certificates, and there is nobody to", "?sslmode=verify-full", 5, "verify-full demands it"],
  ["misspells the mode, which must not turn TLS off", "?sslmode=requird", 2, "sslmode has an unknown value"],
  ["misspells the parameter", "?ssl_mode=require", 2, "unknown parameter ssl_mode"],
])("a URL that %s", async (_, query, exit, message) => {
  await using db = await testDatabase()
  await using project = await testProject(files)
  const env = { DATABASE_URL: db.tcpUrl + query }
  const ended = await lockstep(["status"], { cwd: project.root, env })
  expect(ended.exit).toBe(exit)
  expect(ended.stderr).toContain(message)
})

test("quotes that Docker's --env-file leaves in the value are pointed at", async () => {
  await using project = await testProject(files)
  const env = { DATABASE_URL: '"postgres://app@db/shop"' }
  const { exit, stderr } = await lockstep(["status"], { cwd: project.root, env })
  expect(exit).toBe(2)
  expect(stderr).toContain("remove the quotes")
})
