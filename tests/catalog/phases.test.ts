import { expect, test } from "vitest"
import { downgrade } from "../../src/api/downgrade.ts"
import { drift } from "../../src/api/drift.ts"
import { generate } from "../../src/api/generate.ts"
import { upgrade } from "../../src/api/upgrade.ts"
import { testDatabase } from "../database.ts"
import { revision, testProject } from "../project.ts"

const items = `create table items (id int primary key, price int not null default 7, name text);
create index items_price on items (price) where price > 0;`

test("a type that would write all rows again changes over several deploys, and both codes work meanwhile", async () => {
  await using db = await testDatabase()
  await using project = await testProject({ "a.sql": revision("aaaa", "", items) })
  await project.write({ "schema/items.sql": items.replace("price int", "price bigint") })
  const scratch = { url: db.server.url }
  const target = { root: project.root, url: db.url }
  const { revisions } = await generate({ root: project.root, schema: ["schema"], title: "wide", scratch })
  const phases = revisions.map(({ phase }) => phase)
  expect(phases.slice(0, 4)).toEqual(["expand", "migrate", "expand", "contract"])
  expect(revisions.flatMap(({ rewrites }) => rewrites)).toEqual([])

  const connection = await db.connect()
  await upgrade({ ...target, to: ["aaaa"] })
  await connection.run("insert into items select n, n from generate_series(1, 3000) n")
  const contract = phases.indexOf("contract")
  await upgrade({ ...target, to: [revisions[contract - 1]?.id ?? ""] })
  await connection.run("insert into items (id, price) values (3001, 5); insert into items (id) values (3002)")
  await connection.run("update items set price = 9 where id = 1")
  await upgrade(target)
  expect(
    await connection.query("select id, price from items where id in (1, 2, 3001, 3002) order by id"),
  ).toEqual([
    { id: 1, price: "9" },
    { id: 2, price: "2" },
    { id: 3001, price: "5" },
    { id: 3002, price: "7" },
  ])
  expect(await drift({ ...target, scratch })).toMatchObject({ equal: true })
  expect(await generate({ root: project.root, schema: ["schema"], title: "again", scratch })).toMatchObject({
    revisions: [],
  })
  await connection.run("update items set price = 11 where id = 2")
  await downgrade({ ...target, to: "aaaa", acceptDataLoss: true })
  expect(await connection.query("select price from items where id in (1, 2) order by id")).toEqual([
    { price: 9 },
    { price: 11 },
  ])
})

test("a column is renamed beside its old name, which is dropped when nobody uses it", async () => {
  await using db = await testDatabase()
  await using project = await testProject({
    "a.sql": revision(
      "aaaa",
      "",
      "create table users (id int primary key, name text not null unique); create view names as select name from users;",
    ),
  })
  await project.write({
    "schema/users.sql":
      "create table users (id int primary key, full_name text not null unique default 'nobody'); create view names as select full_name as name from users;",
  })
  const scratch = { url: db.server.url }
  const target = { root: project.root, url: db.url }
  const { revisions } = await generate({
    root: project.root,
    schema: ["schema"],
    title: "full names",
    rename: ["public.users.name=full_name"],
    renameAs: "expand",
    scratch,
  })
  expect(revisions.map(({ phase }) => phase).slice(0, 3)).toEqual(["expand", "migrate", "contract"])
  const connection = await db.connect()
  await upgrade({ ...target, to: ["aaaa"] })
  await connection.run("insert into users values (1, 'ada')")
  await upgrade({ ...target, to: [revisions[1]?.id ?? ""] })
  await connection.run(
    "insert into users (id, name) values (2, 'bob'); insert into users (id, full_name) values (3, 'cleo')",
  )
  await connection.run("update users set full_name = 'eve' where id = 1")
  expect(await connection.query("select id, name, full_name from users order by id")).toEqual([
    { id: 1, name: "eve", full_name: "eve" },
    { id: 2, name: "bob", full_name: "bob" },
    { id: 3, name: "cleo", full_name: "cleo" },
  ])
  await upgrade(target)
  expect(await connection.query("select name from names order by name")).toEqual([
    { name: "bob" },
    { name: "cleo" },
    { name: "eve" },
  ])
  expect(await drift({ ...target, scratch })).toMatchObject({ equal: true })
  await downgrade({ ...target, to: "aaaa", acceptDataLoss: true })
  expect(await connection.query("select name from users order by id")).toEqual([
    { name: "eve" },
    { name: "bob" },
    { name: "cleo" },
  ])
})

test("what made-up rows stand in the way of is said, and filled where a value is given", async () => {
  await using db = await testDatabase()
  await using project = await testProject({
    "a.sql": revision(
      "aaaa",
      "",
      "create table users (id int primary key, code text, kind text, short text);",
    ),
  })
  await project.write({
    "schema/users.sql":
      "create table users (id int primary key, code text unique, kind int, short varchar(20), email text not null);",
  })
  const options = {
    root: project.root,
    schema: ["schema"],
    title: "mail",
    scratch: { url: db.server.url },
    write: false,
  }
  const { revisions } = await generate(options)
  const risks = revisions.flatMap((each) => each.risks.map(({ message }) => message))
  expect(risks.join("\n")).toMatch(/invalid input syntax for type integer/)
  // Never cut off without a word.
  expect(risks.join("\n")).toMatch(/value too long for type character varying/)
  const { revisions: filled } = await generate({
    ...options,
    fill: ["public.users.email='none'"],
    rewrite: ["public.users.kind"],
  })
  const migrates = filled.filter(({ phase }) => phase === "migrate").map(({ files }) => files[0]?.content)
  expect(migrates.join("\n")).toMatch(/set email = 'none'[\s\S]*email is null/)
  expect(filled.find(({ rewrites }) => rewrites.length > 0)).toMatchObject({
    phase: "contract",
    rewrites: ["public.users"],
    locks: [{ table: "public.users", mode: "ACCESS EXCLUSIVE" }],
  })
})
