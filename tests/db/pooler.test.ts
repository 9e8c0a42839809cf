import { describe, expect, test } from "vitest"
import { readFacts, refuseUnfit } from "../../src/db/fitness.ts"
import { connector } from "../../src/db/node-postgres.ts"
import { detectPooler, directAddress } from "../../src/db/pooler.ts"
import { parseConnection } from "../../src/db/settings.ts"
import { testDatabase } from "../database.ts"
import { noPgBouncer, startPgBouncer } from "./pgbouncer.ts"

async function refusal(url: string, pooled: boolean) {
  const connect = connector(parseConnection(url))
  const connection = await connect()
  try {
    const { facts } = await readFacts(connection)
    await refuseUnfit(facts, connect, { pooled })
    return "fit"
  } catch (error) {
    return (error as { code: string }).code
  } finally {
    await connection.close()
  }
}

test("without a pooler", async () => {
  await using db = await testDatabase()
  expect(await detectPooler(connector(parseConnection(db.url)))).toBe("none")
  expect(await refusal(db.url, false)).toBe("fit")
})

describe.skipIf(noPgBouncer !== undefined)("through PgBouncer", () => {
  test.each([
    ["session", "fit", "fit"],
    ["transaction", "pooled-connection", "fit"],
    ["statement", "pooled-connection", "pooled-connection"],
  ] as const)("in %s mode", async (mode, direct, pooled) => {
    await using db = await testDatabase()
    await using pooler = await startPgBouncer(db, { mode })
    expect(await detectPooler(connector(parseConnection(pooler.url)))).toBe(mode)
    expect(await refusal(pooler.url, false)).toBe(direct)
    expect(await refusal(pooler.url, true)).toBe(pooled)
  })

  test("a session pool with a single server, where the second client waits", async () => {
    await using db = await testDatabase()
    await using pooler = await startPgBouncer(db, { mode: "session", poolSize: 1 })
    expect(await detectPooler(connector(parseConnection(pooler.url)))).toBe("session")
  })

  test("a busy transaction pool", async () => {
    await using db = await testDatabase()
    await using pooler = await startPgBouncer(db, { mode: "transaction" })
    const connect = connector(parseConnection(pooler.url))
    const others = await Promise.all([connect(), connect(), connect()])
    let busy = true
    const work = others.map(async (other) => {
      while (busy) await other.run("begin; select pg_sleep(0.002); commit")
    })
    expect(await detectPooler(connect)).toBe("transaction")
    busy = false
    await Promise.all(work)
    await Promise.all(others.map((other) => other.close()))
  })

  test("options in the URL, which PgBouncer refuses, are not sent where pooled", async () => {
    await using db = await testDatabase()
    await using pooler = await startPgBouncer(db, { mode: "transaction" })
    const url = `${pooler.url}?options=-c%20lock_timeout=2s`
    await expect(connector(parseConnection(url))()).rejects.toMatchObject({
      code: "cannot-connect",
      facts: { data: { reason: "pooler" } },
    })
    const connection = await connector(parseConnection(`${url}&pgbouncer=true`))()
    expect(await connection.query("select 1 as one")).toEqual([{ one: 1 }])
    await connection.close()
  })
})

test.each([
  ["postgres://app@ep-cool-1-pooler.eu.aws.neon.tech/shop", "ep-cool-1.eu.aws.neon.tech:5432"],
  [
    "postgres://postgres.abcd@aws-0-eu.pooler.supabase.com:6543/postgres",
    "db.abcd.supabase.co:5432, or aws-0-eu.pooler.supabase.com:5432 (session mode)",
  ],
  ["postgres://postgres@db.abcd.supabase.co:6543/postgres", "db.abcd.supabase.co:5432"],
  ["postgres://app@pool.db.ondigitalocean.com:25061/shop", "pool.db.ondigitalocean.com:25060"],
  ["postgres://app@db.internal:6432/shop", "db.internal:5432"],
  ["postgres://app@db.internal:5432/shop", undefined],
])("the direct address for %s", (url, expected) => {
  expect(directAddress(parseConnection(url))).toBe(expected)
})
