import { execFileSync } from "node:child_process"
import { appendFileSync, chownSync, mkdtempSync, rmSync, statSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { afterAll, beforeAll, describe, expect, test } from "vitest"
import type { ConnectionSettings } from "../../src/db/connection-settings.ts"
import { connect } from "../../src/db/node-postgres.ts"
import { parseConnection } from "../../src/db/settings.ts"
import { type EmbeddedServer, startServer } from "../../src/scratch/embedded.ts"
import { majors } from "../database.ts"

const noOpenssl = (() => {
  try {
    execFileSync("openssl", ["version"], { stdio: "ignore" })
    return undefined
  } catch {
    return "the program openssl is not installed"
  }
})()
if (noOpenssl !== undefined) console.warn(`NOT TESTED: TLS, because ${noOpenssl}`)

const folder = mkdtempSync(join(tmpdir(), "tls-"))
const at = (name: string) => join(folder, name)
let server: EmbeddedServer

function openssl(...args: readonly string[]): void {
  execFileSync("openssl", args, { cwd: folder, stdio: "ignore" })
}

/** An authority, and a certificate from it for the name `localhost` only. */
function makeCertificates(): void {
  const key = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"]
  openssl(
    "req",
    "-x509",
    ...key,
    "-subj",
    "/CN=Test authority",
    "-days",
    "2",
    "-keyout",
    "ca.key",
    "-out",
    "ca.crt",
  )
  openssl("req", ...key, "-subj", "/CN=localhost", "-keyout", "server.key", "-out", "server.csr")
  writeFileSync(at("names"), "subjectAltName=DNS:localhost")
  const signing = ["-CA", "ca.crt", "-CAkey", "ca.key", "-CAcreateserial", "-days", "2", "-extfile", "names"]
  openssl("x509", "-req", "-in", "server.csr", ...signing, "-out", "server.crt")
}

beforeAll(async () => {
  if (noOpenssl !== undefined) return
  makeCertificates()
  const major = majors.at(-1)
  server = await startServer(major === undefined ? {} : { major })
  const { uid, gid } = statSync(server.dataDir)
  for (const path of [folder, at("server.key"), at("server.crt")]) chownSync(path, uid, gid)
  await administer(
    `alter system set ssl_cert_file = '${at("server.crt")}'`,
    `alter system set ssl_key_file = '${at("server.key")}'`,
    "alter system set ssl = on",
    "create role picky login password 'secret'",
  )
  // picky may come in by TCP only with TLS, and the superuser only without.
  const rules =
    "hostssl all picky all scram-sha-256\nhostnossl all postgres all scram-sha-256\nlocal all all trust\n"
  writeFileSync(join(server.dataDir, "pg_hba.conf"), rules)
  appendFileSync(join(server.dataDir, "pg_hba.conf"), "hostnossl all all all reject\n")
  await administer("select pg_reload_conf()")
})

afterAll(async () => {
  await server?.stop()
  rmSync(folder, { recursive: true })
})

async function administer(...statements: readonly string[]): Promise<void> {
  const admin = await connect(parseConnection(server.socketUrl()))
  for (const statement of statements) await admin.run(statement)
  await admin.close()
}

function settings(query: string, user = "picky"): ConnectionSettings {
  const password = user === "picky" ? "secret" : server.password
  return parseConnection(`postgres://${user}:${password}@localhost:${server.port}/postgres?${query}`)
}

/** `tls` or `plain`, or the reason why not. */
async function outcome(query: string, user?: string): Promise<unknown> {
  try {
    const connection = await connect(settings(query, user))
    const [row] = await connection.query<{ ssl: boolean }>(
      "select ssl from pg_stat_ssl where pid = pg_backend_pid()",
    )
    await connection.close()
    return row?.ssl ? "tls" : "plain"
  } catch (error) {
    return (error as { facts?: { data?: { reason?: string } } }).facts?.data?.reason ?? error
  }
}

describe.skipIf(noOpenssl !== undefined)("sslmode means what libpq means by it", () => {
  test.each([
    // Where the server wants TLS:
    ["sslmode=disable", "picky", "not-admitted"],
    ["sslmode=allow", "picky", "tls"],
    ["sslmode=prefer", "picky", "tls"],
    ["sslmode=require", "picky", "tls"],
    // Where it does not want TLS:
    ["sslmode=disable", "postgres", "plain"],
    ["sslmode=allow", "postgres", "plain"],
    ["sslmode=prefer", "postgres", "plain"],
    ["sslmode=require", "postgres", "not-admitted"],
  ])("%s as %s: %s", async (query, user, expected) => {
    expect(await outcome(query, user)).toBe(expected)
  })

  test("without the authority's certificate only verify-ca and verify-full mind", async () => {
    expect(await outcome("sslmode=require")).toBe("tls")
    expect(await outcome("sslmode=verify-ca")).toBe("certificate")
    expect(await outcome("sslmode=verify-full")).toBe("certificate")
    expect(await outcome("sslrootcert=system")).toBe("certificate")
  })

  test("with it, the chain is checked, and by verify-full the name", async () => {
    const root = `sslrootcert=${encodeURIComponent(at("ca.crt"))}`
    expect(await outcome(`sslmode=verify-full&${root}`)).toBe("tls")
    expect(await outcome(`sslmode=verify-ca&${root}&host=127.0.0.1`)).toBe("tls")
    expect(await outcome(`sslmode=verify-full&${root}&host=127.0.0.1`)).toBe("certificate")
    expect(await outcome(`sslmode=verify-full&${root}&hostaddr=127.0.0.1`)).toBe("tls")
    openssl(
      "req",
      "-x509",
      "-newkey",
      "rsa:2048",
      "-nodes",
      "-subj",
      "/CN=Other",
      "-keyout",
      "o.key",
      "-out",
      "o.crt",
    )
    expect(await outcome(`sslmode=require&sslrootcert=${encodeURIComponent(at("o.crt"))}`)).toBe(
      "certificate",
    )
    expect(await outcome("sslmode=verify-full&sslrootcert=/no/such/file")).toBe("file")
  })

  test("channel binding", async () => {
    expect(await outcome("sslmode=require&channel_binding=require")).toBe("tls")
    expect(await outcome("sslmode=disable&channel_binding=require", "postgres")).toBe(
      "channel-binding-refused",
    )
  })

  test.skipIf((majors.at(-1) ?? 0) < 17)("direct negotiation, from PostgreSQL 17 on", async () => {
    expect(await outcome("sslmode=require&sslnegotiation=direct")).toBe("tls")
  })

  test("cancel goes the same way as the connection", async () => {
    const connection = await connect(settings("sslmode=require"))
    const sleeping = connection
      .run("select pg_sleep(60)")
      .catch((error: { sqlState?: string }) => error.sqlState)
    // A request that comes before the statement has begun has no effect.
    const again = setInterval(() => connection.cancel(), 50)
    expect(await sleeping).toBe("57014")
    clearInterval(again)
    await connection.close()
  })
})
