import { expect, test } from "vitest"
import { prove } from "../../src/api/prove.ts"
import { printQueries, pullQueries, pullStatistics } from "../../src/api/pull.ts"
import { upgrade } from "../../src/api/upgrade.ts"
import { connect } from "../../src/db/node-postgres.ts"
import { parseConnection } from "../../src/db/settings.ts"
import { startServer } from "../../src/scratch/embedded.ts"
import { lockstep } from "../cli/lockstep.ts"
import { testDatabase } from "../database.ts"
import { revision, testProject } from "../project.ts"

const revisions = {
  "a.sql": revision("aaaa", "", "create table users (id bigint primary key, name text, email text);"),
  "b.sql": revision(
    "bbbb",
    "aaaa",
    "alter table users add column age int;\nalter table users drop column name;",
  ),
}

test("what is pending is proven against the queries that serve, and the statement that breaks one is named", async () => {
  await using db = await testDatabase()
  await using project = await testProject(revisions)
  await upgrade({ root: project.root, url: db.url, to: "aaaa" })
  const text =
    "-- name: find\nselect name from users where id = $1;\n-- name: mail\nselect email from users where id = $1;\nselect nothing;"
  const result = await prove({
    root: project.root,
    target: { url: db.url },
    queries: [{ text, file: "queries.sql", line: 1 }],
    scratch: { url: db.server.url },
  })
  expect(result).toMatchObject({
    proven: 2,
    revisions: [{ id: "bbbb" }],
    broken: [
      {
        query: "find",
        sqlState: "42703",
        statement: "alter table users drop column name",
        file: "migrations/b.sql",
        line: 5,
      },
    ],
    unproven: [{ query: "queries.sql:5", afterwards: expect.stringMatching(/^42703/) as string }],
  })
})

test("on the command line: exit 3, the query, what it fails with, and by what", async () => {
  await using db = await testDatabase()
  await using project = await testProject(revisions)
  await project.write({ "q.sql": "-- name: find\nselect name from users where id = $1;" })
  const words = ["prove", "--range", "aaaa:heads", "--queries", "q.sql", "--scratch", db.server.url]
  const { exit, stdout } = await lockstep(words, { cwd: project.root })
  expect(exit).toBe(3)
  expect(stdout).toContain('find error fails with 42703: column "name" does not exist')
  expect(stdout).toContain("by migrations/b.sql:5")
})

test("rows behind a policy are looked at as the application's session would: with its setting", async () => {
  await using db = await testDatabase()
  const app = await db.role()
  const policy = (using: string) => `create policy tenants on docs using (${using})`
  const mine = "tenant = current_setting('app.tenant', true)::int"
  await using project = await testProject({
    "a.sql": revision(
      "aaaa",
      "",
      `create table docs (id int primary key, tenant int not null, body text);
insert into docs values (1, 7, 'x');
alter table docs enable row level security;
${policy(mine)};
grant select on docs to ${app};`,
    ),
    "b.sql": revision("bbbb", "aaaa", `drop policy tenants on docs;\n${policy(`${mine} and body is null`)};`),
    "c.sql": revision("cccc", "bbbb", `drop policy tenants on docs;\n${policy(`${mine}`)};`),
  })
  const broken = async (range: string) => {
    const options = { root: project.root, scratch: { url: db.server.url }, role: app, range }
    const result = await prove({
      ...options,
      queries: [{ text: "select body from docs where id = $1", file: "q.sql", line: 1 }],
    })
    return result.broken.map(({ message }) => message)
  }
  expect(await broken("aaaa:bbbb")).toEqual(["found 1 rows and finds none"])
  expect(await broken("aaaa:cccc")).toEqual([])
})

test("queries and sizes are read from a database that has them", async () => {
  await using server = await startServer({ settings: { shared_preload_libraries: "pg_stat_statements" } })
  const url = server.socketUrl()
  await expect(pullQueries({ url })).rejects.toMatchObject({ code: "statements-not-recorded" })
  const connection = await connect(parseConnection(url))
  await connection.run(
    "create extension pg_stat_statements; create table users as select i as id from generate_series(1, 50) i; analyze users; create role app login; create role curious login; grant select on users to app; set role app",
  )
  const app = await connect(parseConnection(url.replace("postgres@", "app@")))
  await app.run("select id from users where id = 7")
  await app.run("select now() - interval '1 day', extract(hour from now()) from users")
  await app.run(
    "create procedure pg_temp.pay(text) language sql as 'select 1'; call pg_temp.pay('topsecret')",
  )
  await expect(pullQueries({ url: url.replace("postgres@", "curious@") })).rejects.toMatchObject({
    code: "statements-hidden",
    facts: { hint: "grant pg_read_all_stats to curious" },
  })
  await expect(pullQueries({ url, roles: ["ap"] })).rejects.toMatchObject({ code: "no-such-role" })
  expect((await pullQueries({ url, roles: ["pg_monitor"] })).warnings).toMatchObject([
    { message: "pg_monitor has issued no query here" },
  ])
  await Promise.all([app.close(), connection.close()])
  const pulled = await pullQueries({ url, roles: ["app"] })
  expect(pulled).toMatchObject({
    forgotten: 0,
    warnings: [],
    since: expect.stringMatching(/^20.*Z$/) as string,
  })
  // What the server writes in place of constants is not always SQL; every text that is printed can be prepared.
  expect(pulled.queries.map(({ sql }) => sql).sort()).toEqual([
    "call pg_temp.pay($1)",
    "select id from users where id = $1",
    "select now() - $1::interval, extract(epoch from now()) from users",
  ])
  const recorded = pulled.queries.filter(({ sql }) => sql.includes("where"))
  expect(recorded.map(({ sql, calls }) => ({ sql, calls }))).toEqual([
    { sql: "select id from users where id = $1", calls: 1 },
  ])
  expect(printQueries({ ...pulled, queries: recorded })).toMatch(
    /^-- 1 query that the server has counted since 20.*Z\n\n-- name: q\d*_?\d+\n-- 1 call\nselect id from users where id = \$1;\n$/,
  )
  expect(await pullStatistics({ url })).toEqual({
    "public.users": {
      rows: 50,
      bytes: expect.any(Number) as number,
      writesPerSecond: expect.any(Number) as number,
    },
  })
})
