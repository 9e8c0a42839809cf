import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir, userInfo } from "node:os"
import { join } from "node:path"
import { afterAll, describe, expect, test } from "vitest"
import { ToolError } from "../diagnostic.ts"
import { describeTarget, parseConnection } from "./settings.ts"

const folder = mkdtempSync(join(tmpdir(), "settings-"))
afterAll(() => rmSync(folder, { recursive: true }))

function file(name: string, text: string, mode = 0o600): string {
  const path = join(folder, name)
  writeFileSync(path, text)
  chmodSync(path, mode)
  return path
}

/** What the settings come to, with the password called for. */
async function target(text: string | undefined, variables: Record<string, string> = {}) {
  const { host, port, database, user, password } = parseConnection(text, variables)
  return [host, port, database, user, await password?.()]
}

function refusal(text: string, variables: Record<string, string> = {}): ToolError {
  try {
    parseConnection(text, variables)
  } catch (error) {
    if (error instanceof ToolError) return error
  }
  throw new Error("it was accepted")
}

describe("addresses", () => {
  test.each([
    ["postgresql://app:secret@db.internal:6000/shop", ["db.internal", 6000, "shop", "app", "secret"]],
    ["postgres://app@db.internal/shop", ["db.internal", 5432, "shop", "app", undefined]],
    ["postgres://app@db.internal", ["db.internal", 5432, "app", "app", undefined]],
    ["postgresql+asyncpg://app:s@h/shop", ["h", 5432, "shop", "app", "s"]],
    ["postgresql+psycopg2://app:s@h/shop", ["h", 5432, "shop", "app", "s"]],
    ["postgis://app:s@h/shop", ["h", 5432, "shop", "app", "s"]],
    ["jdbc:postgresql://h/shop?user=app&password=s", ["h", 5432, "shop", "app", "s"]],
    ["postgresql://a%40b:p%40s%2Fs%3A%25@h/sh%20op", ["h", 5432, "sh op", "a@b", "p@s/s:%"]],
    ["postgresql://app:p?ss#w:rd@h/shop", ["h", 5432, "shop", "app", "p?ss#w:rd"]],
    ["postgresql://app@[::1]:6000/shop", ["::1", 6000, "shop", "app", undefined]],
    ["postgresql://app@%2Fvar%2Frun%2Fpg/shop", ["/var/run/pg", 5432, "shop", "app", undefined]],
    ["postgresql://app@localhost/shop?host=/tmp/pg&port=6000", ["/tmp/pg", 6000, "shop", "app", undefined]],
    ["postgresql:///shop?host=/tmp/pg&user=app", ["/tmp/pg", 5432, "shop", "app", undefined]],
    ["host=h port=6000 dbname=shop user=app", ["h", 6000, "shop", "app", undefined]],
    [
      " host = h  dbname='my shop' user=app password='it\\'s \\\\' ",
      ["h", 5432, "my shop", "app", "it's \\"],
    ],
    ["host=h user=app dbname=shop password=a\\ b", ["h", 5432, "shop", "app", "a b"]],
    ["hostaddr=10.0.0.1 user=app", ["10.0.0.1", 5432, "app", "app", undefined]],
  ])("%s", async (text, expected) => {
    expect(await target(text)).toEqual(expected)
  })

  test("what is missing comes from the variables, then from the operating system", async () => {
    const variables = { PGHOST: "db", PGPORT: "6000", PGUSER: "app", PGPASSWORD: "s", PGDATABASE: "shop" }
    expect(await target(undefined, variables)).toEqual(["db", 6000, "shop", "app", "s"])
    expect(await target("postgresql://other/stock", variables)).toEqual(["other", 6000, "stock", "app", "s"])
    const { username } = userInfo()
    expect(await target("postgresql://h")).toEqual(["h", 5432, username, username, undefined])
  })

  test("in a few words", () => {
    const words = (text: string) => describeTarget(parseConnection(text))
    expect(words("postgresql://app:secret@db.internal/shop")).toBe("shop at db.internal:5432 as app")
    expect(words("postgresql://app@[::1]/shop")).toBe("shop at [::1]:5432 as app")
  })
})

describe("refusals never show what could be a password", () => {
  test.each([
    ["postgres://app:hun@ter2@db/shop", "an @ that is not escaped"],
    ["postgres://app:hunter/2@db/shop", "an @ that is not escaped"],
    ["postgres://app:12/hunter@db/shop", "an @ that is not escaped"],
    ["postgres://app:12/3?hunter=2@db/shop", "an unknown parameter"],
    ["postgres://app:hunter%2@db/shop", "a % that is not part of an escape"],
    ["postgres://app:hunter2@db:port/shop", "the port in the database URL is not a number"],
    ["postgres://app:hunter2@db:99999/shop", "not a number from 1 to 65535"],
    ["postgres://app:hunter2@one,two/shop", "several hosts"],
    ["host=one,two password=hunter2", "several hosts"],
    ["mysql://app:hunter2@db/shop", "begins with mysql://, which is not PostgreSQL"],
    ["app:hunter2@db/shop", "neither a URL nor a list of keywords"],
    ["host=db password='hunter2", "neither a URL nor a list of keywords"],
    ["postgres://app:hunter2@db/shop?sslmod=require", "an unknown parameter sslmod"],
    ["postgres://app:hunter2@db/shop?sslmode=requires", "sslmode has an unknown value"],
    ["postgres://app:hunter2@db/shop?sslmode=require&sslrootcert=system", "too weak for sslrootcert=system"],
    ["postgres://app:hunter2@db/shop?target_session_attrs=standby", "cannot be written to"],
    ["postgres://app:hunter2@db/shop?connect_timeout=soon", "connect_timeout"],
  ])("%s", (text, expected) => {
    const { code, message, facts } = refusal(text)
    expect(code).toBe("invalid-database-url")
    expect(message).toContain(expected)
    expect(`${message} ${facts.hint}`).not.toMatch(/hun|ter2/)
  })

  test("an address of Prisma Accelerate", () => {
    expect(refusal("prisma+postgres://accelerate.example/?api_key=k").facts.hint).toContain("direct URL")
  })
})

describe("TLS", () => {
  test.each([
    ["", "prefer"],
    ["?sslmode=verify-full", "verify-full"],
    ["?ssl=true", "require"],
    ["?ssl=require", "require"],
    ["?ssl=0", "disable"],
    ["?sslmode=no-verify", "require"],
    ["?sslrootcert=system", "verify-full"],
  ])("%s", (query, mode) => {
    expect(parseConnection(`postgres://app@h/shop${query}`).tls.mode).toBe(mode)
  })

  test("the files of the home folder are found, and a variable wins over them", () => {
    mkdirSync(join(folder, ".postgresql"))
    const home = file(join(".postgresql", "root.crt"), "")
    const key = file(join(".postgresql", "postgresql.key"), "")
    const { tls } = parseConnection("postgres://app@h", { HOME: folder, APPDATA: folder })
    expect(tls).toEqual({ mode: "prefer", rootCertificate: home, key, direct: false, channelBinding: false })
    const variables = { HOME: folder, PGSSLMODE: "verify-ca", PGSSLROOTCERT: "/etc/root.crt" }
    expect(parseConnection("postgres://app@h", variables).tls).toMatchObject({
      mode: "verify-ca",
      rootCertificate: "/etc/root.crt",
    })
  })

  test("Neon's parameters", () => {
    const { tls } = parseConnection("postgres://app@h/shop?sslmode=require&channel_binding=require")
    expect(tls).toMatchObject({ mode: "require", channelBinding: true })
  })
})

describe("other tools' parameters", () => {
  test("those of pools are left out of account", () => {
    const prisma = "postgres://app@h/shop?schema=public&connection_limit=5&pool_timeout=10"
    expect(parseConnection(prisma).options).toBeUndefined()
    expect(parseConnection("postgres://app@h/shop?prepared_statement_cache_size=0").pooled).toBe(false)
  })

  test("pgbouncer=true says that there is a pooler", () => {
    expect(parseConnection("postgres://app@h/shop?pgbouncer=true").pooled).toBe(true)
  })

  test("schema is where unqualified names go", () => {
    expect(parseConnection("postgres://app@h/shop?schema=my%20shop").options).toBe(
      '-c search_path="my\\ shop"',
    )
    expect(refusal("postgres://app@h/shop?schema=shop&pgbouncer=true").message).toContain("through a pooler")
  })
})

describe("files of libpq", () => {
  const lines = ["# comment", "other:*:*:*:wrong", "h:5432:sh\\:op:app:s\\:cret", "*:*:*:app:any"].join("\n")

  test("the password file, first match wins", async () => {
    const PGPASSFILE = file("pgpass", lines)
    expect((await target("postgres://app@h/sh%3Aop", { PGPASSFILE }))[4]).toBe("s:cret")
    expect((await target("postgres://app@h/shop", { PGPASSFILE }))[4]).toBe("any")
    expect((await target("postgres://bob@h/shop", { PGPASSFILE }))[4]).toBeUndefined()
  })

  test.skipIf(process.platform === "win32")("one that others may read is not used", async () => {
    const PGPASSFILE = file("pgpass-open", lines, 0o644)
    expect((await target("postgres://app@h/shop", { PGPASSFILE }))[4]).toBeUndefined()
  })

  test("a service stands between the URL and the variables", async () => {
    const PGSERVICEFILE = file(
      "services",
      "[one]\nhost=wrong\n\n[two]\n# comment\nhost=db\nport = 6000\n[three]\nuser=x",
    )
    const variables = { PGSERVICEFILE, PGSERVICE: "two", PGUSER: "app", PGPORT: "7000" }
    expect(await target("dbname=shop", variables)).toEqual(["db", 6000, "shop", "app", undefined])
    expect(refusal("service=four", { PGSERVICEFILE }).message).toContain("there is no service four")
  })
})

test("nothing that prints the settings shows the password", () => {
  const settings = parseConnection("postgres://app:hunter2@h/shop")
  expect(JSON.stringify(settings)).not.toContain("hunter2")
})
