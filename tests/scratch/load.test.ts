import { describe, expect, test } from "vitest"
import { loadSchema } from "../../src/scratch/load.ts"
import { testDatabase } from "../database.ts"

function source(text: string, file = "schema.sql") {
  return { text, file, line: 1 }
}

describe("the SQL of a schema", () => {
  test("may stand in any order, over several files", async () => {
    await using db = await testDatabase()
    const connection = await db.connect()
    await loadSchema(connection, [
      source("create view app.named as select name, app.shout(name) as loud from app.users;", "views.sql"),
      source(
        "create function app.shout(text) returns text language sql immutable as 'select upper($1)';",
        "functions.sql",
      ),
      source(
        "create table app.invoices (user_id int references app.users, state app.state); create table app.users (id int primary key, name text);",
        "tables.sql",
      ),
      source("create type app.state as enum ('open', 'paid'); create schema app;", "types.sql"),
    ])
    expect(
      await connection.query(
        "select count(*)::int as columns from information_schema.columns where table_schema = 'app'",
      ),
    ).toEqual([{ columns: 6 }])
  })

  test("loads a chain of views that stands upside down", async () => {
    await using db = await testDatabase()
    const connection = await db.connect()
    const views = Array.from({ length: 200 }, (_, n) => `create view v${n + 1} as select * from v${n};`)
    await loadSchema(connection, [
      source([...views.reverse(), "create view v0 as select 1 as one;"].join("\n")),
    ])
    expect(await connection.query("select one from v200")).toEqual([{ one: 1 }])
  })

  test("loads functions that call each other", async () => {
    await using db = await testDatabase()
    const connection = await db.connect()
    await loadSchema(connection, [
      source(`begin;
create function a(int) returns int language sql as 'select b($1 - 1)';
create function b(int) returns int language sql as 'select case when $1 > 0 then a($1) else 0 end';
commit;`),
    ])
    expect(await connection.query("select a(3)")).toEqual([{ a: 0 }])
  })

  test("names the statement that can never succeed", async () => {
    await using db = await testDatabase()
    const connection = await db.connect()
    const text = "create table users (id int);\n\ncreate view names as\n  select name from users;"
    await expect(loadSchema(connection, [source(text)])).rejects.toMatchObject({
      code: "schema-not-loadable",
      facts: { location: { file: "schema.sql", line: 4, column: 10 }, sqlState: "42703" },
    })
  })
})
