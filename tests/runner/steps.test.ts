import { describe, expect, test } from "vitest"
import { status } from "../../src/api/status.ts"
import { upgrade } from "../../src/api/upgrade.ts"
import { eachMajor, testDatabase } from "../database.ts"
import { recorder, revision, testProject } from "../project.ts"

const table = { "a.sql": revision("aaaa", "", "create table users (id int, email text);") }

describe("a revision that cannot be one transaction", () => {
  eachMajor("runs step by step and leaves no step behind", async (db) => {
    await using project = await testProject({
      ...table,
      "b.sql": revision(
        "bbbb",
        "aaaa",
        "set statement_timeout = 0;\ncreate index concurrently users_email on users (email);",
      ),
    })
    const { applied } = await upgrade({ root: project.root, url: db.url })
    expect(applied.map(({ id }) => id)).toEqual(["aaaa", "bbbb"])
    const connection = await db.connect()
    expect(await connection.query("select count(*)::int as steps from lockstep.step")).toEqual([{ steps: 0 }])
    expect(
      await connection.query("select indisvalid from pg_index where indexrelid = 'users_email'::regclass"),
    ).toEqual([{ indisvalid: true }])
  })

  eachMajor("goes on where it stopped; an invalid index is dropped and built again", async (db) => {
    await using project = await testProject({
      ...table,
      "b.sql": revision(
        "bbbb",
        "aaaa",
        "insert into users values (1, 'x'), (2, 'x');\ncreate unique index concurrently users_email on users (email);\ncreate table after_it (id int);",
        "-- transaction: none",
      ),
    })
    const options = { root: project.root, url: db.url }
    await expect(upgrade(options)).rejects.toMatchObject({
      code: "statement-failed",
      facts: { sqlState: "23505" },
    })
    const connection = await db.connect()
    expect(
      await connection.query("select indisvalid from pg_index where indexrelid = 'users_email'::regclass"),
    ).toEqual([{ indisvalid: false }])
    expect((await status(options)).inFlight).toEqual([{ id: "bbbb", direction: "up", stepsDone: 1 }])

    await connection.run("delete from users where id = 2")
    const { events, onEvent } = recorder()
    await upgrade({ ...options, onEvent })
    expect(events.flatMap((event) => (event.type === "step-resumed" ? [event.found] : []))).toEqual([
      "done by an earlier run",
      "index public.users_email was left invalid and has been dropped",
    ])
    expect(await connection.query("select count(*)::int as rows from users")).toEqual([{ rows: 1 }])
    expect(await connection.query("select to_regclass('after_it')::text as name")).toEqual([
      { name: "after_it" },
    ])
  })

  test("must not be edited where it has run", async () => {
    await using db = await testDatabase()
    const body = (first: string) => `${first};\ncreate unique index concurrently on users (email);`
    const file = (first: string) => ({
      "b.sql": revision("bbbb", "aaaa", body(first), "-- transaction: none"),
    })
    await using project = await testProject({
      ...table,
      ...file("insert into users values (1, 'x'), (2, 'x')"),
    })
    const options = { root: project.root, url: db.url }
    await expect(upgrade(options)).rejects.toMatchObject({ code: "statement-failed" })
    await project.write({ "migrations/b.sql": file("insert into users values (1, 'x')")["b.sql"] })
    await expect(upgrade(options)).rejects.toMatchObject({ code: "revision-changed-in-flight" })
  })

  eachMajor("may call a procedure that commits", async (db) => {
    await using project = await testProject({
      "a.sql": revision(
        "aaaa",
        "",
        `create table users (id int);
create procedure fill() language plpgsql as $$
begin
  for i in 1..3 loop insert into users values (i); commit; end loop;
end $$;
call fill();
do $$ begin insert into users values (4); commit; end $$;`,
        "-- transaction: none",
      ),
    })
    await upgrade({ root: project.root, url: db.url })
    const connection = await db.connect()
    expect(await connection.query("select count(*)::int as rows from users")).toEqual([{ rows: 4 }])
  })

  test("IF NOT EXISTS does not hide an invalid index", async () => {
    await using db = await testDatabase()
    await using project = await testProject({
      ...table,
      "b.sql": revision(
        "bbbb",
        "aaaa",
        "create unique index concurrently if not exists users_email on users (email);",
      ),
    })
    const options = { root: project.root, url: db.url }
    await upgrade({ ...options, to: "aaaa" })
    const connection = await db.connect()
    await connection.run("insert into users values (1, 'x'), (2, 'x')")
    await connection
      .run("create unique index concurrently users_email on users (email)")
      .catch(() => undefined)
    await connection.run("delete from users")
    await expect(upgrade(options)).rejects.toMatchObject({ code: "index-left-invalid" })
  })
})
