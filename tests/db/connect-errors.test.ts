import { createServer } from "node:net"
import { inspect } from "node:util"
import { expect, test } from "vitest"
import { connect } from "../../src/db/node-postgres.ts"
import { parseConnection } from "../../src/db/settings.ts"
import type { ToolError } from "../../src/diagnostic.ts"
import { testDatabase } from "../database.ts"
import { startProxy } from "../proxy.ts"

/** Why no connection came about; sees to it that nothing about the error gives the password away. */
async function failure(url: string) {
  try {
    const connection = await connect(parseConnection(url))
    await connection.close()
  } catch (thrown) {
    const error = thrown as ToolError
    expect(inspect(error, { depth: 10, showHidden: true })).not.toMatch(/hunter2/)
    expect(error).toMatchObject({ code: "cannot-connect", exitCode: 5 })
    return { ...error.facts.data, message: error.message, hint: error.facts.hint }
  }
  throw new Error("it connected")
}

function listen(answer: (bytes: Buffer) => Buffer | string | undefined) {
  return new Promise<{ port: number; close(): void }>((resolve) => {
    const server = createServer((socket) => {
      socket.on("error", () => undefined)
      socket.on("data", (bytes) => {
        const reply = answer(bytes)
        if (reply !== undefined) socket.write(reply)
      })
    })
    server.listen(0, "127.0.0.1", () => {
      resolve({ port: (server.address() as { port: number }).port, close: () => server.close() })
    })
  })
}

test("nothing listens there", async () => {
  const closed = await listen(() => undefined)
  closed.close()
  const error = await failure(`postgres://app:hunter2@127.0.0.1:${closed.port}/shop`)
  expect(error.message).toBe(
    `cannot connect to shop at 127.0.0.1:${closed.port} as app: nothing listens there`,
  )
  expect(error).toMatchObject({ reason: "refused", hint: expect.stringContaining("the container itself") })
})

test("no such name, no such socket", async () => {
  expect(await failure("postgres://app:hunter2@no-such-host.invalid/shop")).toMatchObject({
    reason: "unknown-host",
  })
  expect(await failure("postgres://app@/shop?host=/no/such/folder")).toMatchObject({
    reason: "no-socket",
    message: expect.stringContaining("/no/such/folder/.s.PGSQL.5432"),
  })
})

test("no answer in time, before, during and after the agreement on TLS", async () => {
  const silent = await listen(() => undefined)
  const url = `postgres://app:hunter2@127.0.0.1:${silent.port}/shop?connect_timeout=1`
  expect(await failure(url)).toMatchObject({
    reason: "timeout",
    message: expect.stringContaining("within 1 s"),
  })
  const halfway = await listen(() => "S")
  expect(await failure(url.replace(`${silent.port}`, `${halfway.port}`))).toMatchObject({ reason: "timeout" })
  halfway.close()
  await using db = await testDatabase()
  await using proxy = await startProxy(db.tcpUrl)
  proxy.blackHole()
  expect(await failure(`${proxy.url}?connect_timeout=1&sslmode=disable`)).toMatchObject({ reason: "timeout" })
  silent.close()
})

test("something else than PostgreSQL listens there", async () => {
  const web = await listen(() => "HTTP/1.1 400 Bad Request\r\n\r\n")
  for (const mode of ["prefer", "disable"]) {
    const url = `postgres://app:hunter2@127.0.0.1:${web.port}/shop?sslmode=${mode}`
    expect(await failure(url)).toMatchObject({
      reason: "not-postgres",
      message: expect.stringContaining("HTTP/1.1"),
    })
  }
  web.close()
})

test("the server closes the connection", async () => {
  await using db = await testDatabase()
  await using proxy = await startProxy(db.tcpUrl)
  proxy.cutOnce({ when: db.name, side: "before" })
  expect(await failure(`${proxy.url}?sslmode=disable`)).toMatchObject({ reason: "closed" })
})

test("wrong password, no password, no such role, no such database", async () => {
  await using db = await testDatabase()
  const { host, port, user, password } = db.server
  const at = `${host}:${port}`
  expect(await failure(`postgres://${user}:hunter2@${at}/${db.name}`)).toMatchObject({
    reason: "password",
    message: expect.stringContaining(`password authentication failed for user "${user}"`),
  })
  expect(await failure(`postgres://${user}@${at}/${db.name}`)).toMatchObject({
    reason: "password-missing",
    hint: expect.stringContaining("PGPASSWORD"),
  })
  expect(await failure(db.urlOf("nobody_here"))).toMatchObject({
    reason: "role",
    message: expect.stringContaining('role "nobody_here" does not exist'),
  })
  expect(await failure(`postgres://${user}:${password}@${at}/no_such_database`)).toMatchObject({
    reason: "no-database",
    hint: `createdb -h ${host} -p ${port} -U ${user} no_such_database`,
  })
})

test("too many connections, no right to connect", async () => {
  await using db = await testDatabase()
  const admin = await db.connect()
  const role = await db.role("login connection limit 0")
  expect(await failure(db.urlOf(role))).toMatchObject({ reason: "too-many-connections" })
  const outsider = await db.role()
  await admin.run(`revoke connect on database ${db.name} from public`)
  expect(await failure(db.urlOf(outsider))).toMatchObject({
    reason: "not-allowed",
    hint: `grant connect on database "${db.name}" to "${outsider}"`,
  })
})

test("the password function is asked for every connection, and its failure is told", async () => {
  await using db = await testDatabase()
  let calls = 0
  const password = async () => {
    calls++
    return db.server.password
  }
  const settings = { ...parseConnection(db.tcpUrl), password }
  for (let expected = 1; expected <= 2; expected++) {
    const connection = await connect(settings)
    await connection.close()
    expect(calls).toBe(expected)
  }
  const broken = { ...settings, password: () => Promise.reject(new Error("no token")) }
  await expect(connect(broken)).rejects.toMatchObject({
    code: "cannot-connect",
    message: expect.stringMatching(/no token$/),
  })
})

test("the server has no TLS", async () => {
  await using db = await testDatabase()
  for (const mode of ["require", "verify-ca", "verify-full"]) {
    expect(await failure(`${db.tcpUrl}?sslmode=${mode}`)).toMatchObject({
      reason: "tls-not-supported",
      message: expect.stringContaining(`sslmode=${mode} demands it`),
    })
  }
  for (const mode of ["disable", "allow", "prefer"]) {
    const connection = await connect(parseConnection(`${db.tcpUrl}?sslmode=${mode}`))
    await connection.close()
  }
  expect(await failure(`${db.tcpUrl}?channel_binding=require`)).toMatchObject({
    reason: "channel-binding-refused",
  })
})
