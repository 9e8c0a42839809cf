import { describe, expect, test } from "vitest"
import { type Connection, ConnectionLost, type Notice, ServerError } from "../../src/db/connection.ts"
import { connect } from "../../src/db/node-postgres.ts"
import { parseConnection } from "../../src/db/settings.ts"
import { sqlState } from "../../src/db/sqlstate.ts"
import { eachMajor, testDatabase } from "../database.ts"
import { startProxy } from "../proxy.ts"

async function serverError(promise: Promise<unknown>): Promise<ServerError> {
  const error = await promise.then(
    () => undefined,
    (reason: unknown) => reason,
  )
  if (error instanceof ServerError) return error
  throw new Error(`no server error but ${String(error)}`)
}

async function waitUntilRunning(observer: Connection, text: string): Promise<void> {
  for (;;) {
    const rows = await observer.query(
      "select 1 from pg_stat_activity where datname = current_database() and state = 'active' and query = $1",
      [text],
    )
    if (rows.length > 0) return
  }
}

describe("statements", () => {
  eachMajor("run answers each statement with its command and rows", async (db) => {
    const connection = await db.connect()
    const sql =
      "create table t (a int); insert into t values (1), (2); select a from t;; comment on table t is 'x'"
    expect(await connection.run(sql)).toEqual([
      { command: "CREATE TABLE", rowCount: null, rows: [] },
      { command: "INSERT", rowCount: 2, rows: [] },
      { command: "SELECT", rowCount: 2, rows: [{ a: 1 }, { a: 2 }] },
      { command: "COMMENT", rowCount: null, rows: [] },
    ])
    expect(await connection.run("-- nothing")).toEqual([])
    expect(Math.floor(connection.serverVersion / 10_000)).toBe(db.major)
  })

  test("values come back as documented", async () => {
    await using db = await testDatabase()
    const connection = await db.connect()
    const [row] = await connection.query(
      `select true as yes, 1::int2 as small, 2 as int, 3::int8 as big, 1.50 as num, 0.1::float8 as float,
         '{"a": [1]}'::jsonb as json, array['x', null, 'a,b"'] as texts, array[1, 2] as ints, '\\x00ff'::bytea as bytes,
         timestamptz '2026-01-02 03:04:05.678901+00' as moment, null as nothing`,
    )
    expect(row).toEqual({
      yes: true,
      small: 1,
      int: 2,
      big: "3",
      num: "1.50",
      float: 0.1,
      json: { a: [1] },
      texts: ["x", null, 'a,b"'],
      ints: [1, 2],
      bytes: "\\x00ff",
      moment: "2026-01-02 03:04:05.678901+00",
      nothing: null,
    })
  })

  test("parameters arrive as given", async () => {
    await using db = await testDatabase()
    const connection = await db.connect()
    const values = [7n, ['a"b\\', null, "c,d"], { deep: ["x"] }, Buffer.from([0, 255]), null, "it's"]
    const [row] = await connection.query(
      "select $1::int8 as big, $2::text[] as texts, $3::jsonb as json, $4::bytea as bytes, $5::int as none, $6 as text",
      values,
    )
    expect(row).toEqual({
      big: "7",
      texts: ['a"b\\', null, "c,d"],
      json: { deep: ["x"] },
      bytes: "\\x00ff",
      none: null,
      text: "it's",
    })
  })

  test("an error has the server's fields, and its position counts from the start of the text", async () => {
    await using db = await testDatabase()
    const connection = await db.connect()
    const sql = "create table t (é int check (é > 0));\nselect wrong from t"
    const { fields, message } = await serverError(connection.run(sql))
    expect(message).toBe('column "wrong" does not exist')
    expect(fields).toMatchObject({ sqlState: sqlState.undefined_column, severity: "ERROR" })
    expect(sql.slice((fields.position ?? 0) - 1)).toBe("wrong from t")
    await connection.run("create table u (é int constraint positive check (é > 0))")
    const violated = await serverError(connection.run("insert into u values (-1)"))
    expect(violated.fields).toMatchObject({ schema: "public", table: "u", constraint: "positive" })
    expect(violated.fields.detail).toContain("-1")
  })

  test("what stands behind a failing statement does not run, and the connection goes on", async () => {
    await using db = await testDatabase()
    const connection = await db.connect()
    await serverError(connection.run("create table t (a int); select 1/0; create table u (a int)"))
    expect(await connection.query("select to_regclass('t') as t, to_regclass('u') as u")).toEqual([
      { t: null, u: null },
    ])
  })

  test("calls that do not wait for each other are answered in order", async () => {
    await using db = await testDatabase()
    const connection = await db.connect()
    const answers = await Promise.allSettled([
      connection.query("select 1 as n"),
      connection.run("select 1/0"),
      connection.run("create temp table t (a int)"),
      connection.copyIn("copy t from stdin", "1\n2\n"),
      connection.query("select sum(a)::int as n from t"),
    ])
    expect(answers.map((answer) => answer.status)).toEqual([
      "fulfilled",
      "rejected",
      "fulfilled",
      "fulfilled",
      "fulfilled",
    ])
    expect(answers.at(-1)).toMatchObject({ value: [{ n: 3 }] })
  })

  test("a statement of sixteen megabytes", async () => {
    await using db = await testDatabase()
    const connection = await db.connect()
    const text = "x".repeat(16_000_000)
    const [result] = await connection.run(`select length('${text}') as n`)
    expect(result?.rows).toEqual([{ n: 16_000_000 }])
  })

  test("notices are told as they come", async () => {
    await using db = await testDatabase()
    const connection = await db.connect()
    const notices: Notice[] = []
    const stop = connection.onNotice((notice) => notices.push(notice))
    await connection.run("do $$ begin raise warning 'careful' using hint = 'slow down'; end $$")
    stop()
    await connection.run("drop table if exists nothing")
    expect(notices).toMatchObject([
      { severity: "WARNING", message: "careful", hint: "slow down", sqlState: "01000" },
    ])
  })
})

describe("COPY", () => {
  eachMajor("sends its rows", async (db) => {
    const connection = await db.connect()
    await connection.run("create table t (a int, b text)")
    const rows = Array.from({ length: 50_000 }, (_, index) => `${index}\trow ${index}\n`).join("")
    expect(await connection.copyIn("copy t from stdin", rows)).toMatchObject({
      command: "COPY",
      rowCount: 50_000,
    })
    expect(await connection.query("select count(*)::int as n, max(b) as b from t where a = 49999")).toEqual([
      { n: 1, b: "row 49999" },
    ])
  })

  test("stops at a row that the server refuses", async () => {
    await using db = await testDatabase()
    const connection = await db.connect()
    await connection.run("create table t (a int)")
    const rows = `wrong\n${"1\n".repeat(500_000)}`
    const { fields } = await serverError(connection.copyIn("copy t from stdin", rows))
    expect(fields.where).toContain("COPY t, line 1")
    expect(await connection.query("select count(*)::int as n from t")).toEqual([{ n: 0 }])
  })

  test("without rows is refused", async () => {
    await using db = await testDatabase()
    const connection = await db.connect()
    await connection.run("create table t (a int)")
    expect((await serverError(connection.run("copy t from stdin"))).message).toContain("no rows were given")
  })
})

describe("the session", () => {
  test("is named by command and purpose", async () => {
    await using db = await testDatabase()
    const connection = await connect(
      { ...parseConnection(db.url), applicationName: "lockstep upgrade" },
      "lock",
    )
    expect(await connection.query("select current_setting('application_name') as name")).toEqual([
      { name: "lockstep upgrade (lock)" },
    ])
    await connection.close()
  })

  test("announces the process that works for it", async () => {
    await using db = await testDatabase()
    const connection = await db.connect()
    expect(await connection.query("select pg_backend_pid() as pid")).toEqual([
      { pid: connection.announcedPid },
    ])
  })

  test("has the options of the URL", async () => {
    await using db = await testDatabase()
    const connection = await connect(
      parseConnection(`${db.url}&options=-c%20lock_timeout%3D7s&schema=my%20shop`),
    )
    expect(
      await connection.query(
        "select current_setting('lock_timeout') as t, current_setting('search_path') as s",
      ),
    ).toEqual([{ t: "7s", s: '"my shop"' }])
    await connection.close()
  })

  test("cancel stops what runs", async () => {
    await using db = await testDatabase()
    const connection = await db.connect()
    const observer = await db.connect()
    const sleeping = serverError(connection.run("select pg_sleep(60)"))
    await waitUntilRunning(observer, "select pg_sleep(60)")
    await connection.cancel()
    expect((await sleeping).sqlState).toBe(sqlState.query_canceled)
    expect(await connection.query("select 1 as one")).toEqual([{ one: 1 }])
  })

  test("close is polite, and may come twice, and in the middle of a statement", async () => {
    await using db = await testDatabase()
    const connection = await db.connect()
    const observer = await db.connect()
    const lost: unknown[] = []
    connection.onLost((error) => lost.push(error))
    const sleeping = connection.run("select pg_sleep(60)").catch((error: unknown) => error)
    await waitUntilRunning(observer, "select pg_sleep(60)")
    await Promise.all([connection.close(), connection.close()])
    expect(await sleeping).toBeInstanceOf(Error)
    expect(connection.open).toBe(false)
    expect(lost).toEqual([])
    await expect(connection.run("select 1")).rejects.toBeInstanceOf(ConnectionLost)
    const others =
      "select 1 from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()"
    expect(await observer.query(others)).toEqual([])
  })
})

describe("a connection that is lost", () => {
  test("while idle is told at once", async () => {
    await using db = await testDatabase()
    const connection = await db.connect()
    const lost = new Promise<ConnectionLost>((resolve) => connection.onLost(resolve))
    const other = await db.connect()
    await other.query("select pg_terminate_backend($1)", [connection.announcedPid])
    const error = await lost
    expect(error.message).toContain("terminating connection due to administrator command")
    expect(error.cause).toMatchObject({ sqlState: sqlState.admin_shutdown })
    const late: unknown[] = []
    connection.onLost((again) => late.push(again))
    expect(late).toEqual([error])
    await expect(connection.query("select 1")).rejects.toBeInstanceOf(ConnectionLost)
    await connection.close()
  })

  test("by a fatal error leaves the outcome unknown, even though the server said something", async () => {
    await using db = await testDatabase()
    const connection = await db.connect()
    const answers = await Promise.allSettled([
      connection.run("select pg_terminate_backend(pg_backend_pid())"),
      connection.run("select 'never sent or never answered'"),
    ])
    expect(answers).toMatchObject([
      { reason: expect.any(ConnectionLost) },
      { reason: expect.any(ConnectionLost) },
    ])
  })

  test.each([
    ["before", 0],
    ["after", 1],
  ] as const)("%s the server saw COMMIT, there are %i rows", async (side, rows) => {
    await using db = await testDatabase()
    await using proxy = await startProxy(db.tcpUrl)
    const observer = await db.connect()
    await observer.run("create table t (a int)")
    const connection = await connect(parseConnection(proxy.url))
    proxy.cutOnce({ when: "commit", side })
    await connection.run("begin; insert into t values (1)")
    await expect(connection.run("COMMIT")).rejects.toBeInstanceOf(ConnectionLost)
    expect(await observer.query("select a from t")).toHaveLength(rows)
    await connection.close()
  })

  test("to a server that says nothing any more can still be closed", async () => {
    await using db = await testDatabase()
    await using proxy = await startProxy(db.tcpUrl)
    const connection = await connect(parseConnection(proxy.url))
    proxy.blackHole()
    const silent = connection.run("select 1").catch((error: unknown) => error)
    await connection.close()
    expect(await silent).toBeInstanceOf(ConnectionLost)
  })
})
