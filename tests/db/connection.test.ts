import { expect, test } from "vitest"
import { eachMajor, testDatabase } from "../database.ts"

eachMajor("run answers each statement with its command and rows", async (db) => {
  const connection = await db.connect()
  const results = await connection.run(
    "create table t (a int); insert into t values (1), (2); select a from t",
  )
  expect(results).toEqual([
    { command: "CREATE TABLE", rowCount: null, rows: [] },
    { command: "INSERT", rowCount: 2, rows: [] },
    { command: "SELECT", rowCount: 2, rows: [{ a: 1 }, { a: 2 }] },
  ])
  expect(Math.floor(connection.serverVersion / 10_000)).toBe(db.major)
})

test("a database of its own", async () => {
  await using db = await testDatabase()
  const connection = await db.connect("peek")
  expect(await connection.query("select current_database() as name")).toEqual([{ name: db.name }])
})
