import { expect } from "vitest"
import { diff } from "../../src/diff/diff.ts"
import { introspect } from "../../src/introspect/introspect.ts"
import { stagesOf } from "../../src/plan/online.ts"
import { plan } from "../../src/plan/plan.ts"
import { eachMajor, testDatabase } from "../database.ts"

eachMajor("what exists is changed without holding up its readers and writers", async (db) => {
  await using to = await testDatabase({ major: db.major })
  const [source, target] = await Promise.all([db.connect(), to.connect()])
  await source.run(`create table t (id int not null, a int, b text); create index i on t (a); comment on index i is 'old';
    create table m (a int, b text) partition by list (a); create index m_b on m (b);
    create table p (a int, b text); create table e (id int)`)
  await source.run(
    "insert into t values (1, 2, 'x'); insert into p values (5, 'y'); insert into e values (1)",
  )
  await target.run(`create table t (id int primary key, a int, b text); create index i on t (a, b);
    comment on index i is 'new';
    create table m (a int, b text) partition by list (a); create index m_b on m (b);
    create table p partition of m for values in (5, 6); create table e (id int primary key)`)
  const [from, wanted] = [await introspect(source), await introspect(target)]
  const stages = stagesOf(plan(from, wanted).steps, from, wanted)
  const said = stages.map(({ steps }) => steps.map(({ sql }) => sql))
  for (const { transaction, steps } of stages) {
    if (transaction === "allowed") await source.run("begin")
    for (const { sql } of steps) await source.run(sql)
    if (transaction === "allowed") await source.run("commit")
  }
  expect(diff(await introspect(source), wanted)).toEqual([])
  expect(await source.query("select count(*)::int as rows from m")).toEqual([{ rows: 1 }])

  const order = said.flat()
  const place = (text: string) => order.findIndex((sql) => sql.includes(text))
  // An index that is replaced is there until the new one is.
  expect(place("INDEX CONCURRENTLY i__new")).toBeGreaterThan(-1)
  expect(place("INDEX CONCURRENTLY i__new")).toBeLessThan(place("rename to i__old"))
  expect(said).toContainEqual(["drop index concurrently public.i__old"])
  // A primary key takes over an index; one whose column must be filled first waits for that.
  expect(order).toContain("create unique index concurrently t_pkey on public.t (id)")
  expect(order).toContain("alter table public.t add constraint t_pkey primary key using index t_pkey")
  expect(place("check (id is not null) not valid")).toBeGreaterThan(-1)
  // A partition's rows are looked through before it is attached, in another transaction.
  const validated = said.findIndex((steps) =>
    steps.join().includes('validate constraint "lockstep partition"'),
  )
  const attached = said.findIndex((steps) => steps.join().includes("attach partition public.p"))
  expect(validated).toBeGreaterThan(-1)
  expect(attached).toBeGreaterThan(validated)
})

eachMajor("names that have to be quoted change nothing in that", async (db) => {
  await using to = await testDatabase({ major: db.major })
  const [source, target] = await Promise.all([db.connect(), to.connect()])
  await source.run(`create table "Order Items" ("Unit ON Price" int, "a b" int);
    create index "by ON price" on "Order Items" ("Unit ON Price"); insert into "Order Items" values (1, 2)`)
  await target.run(`create table "Order Items" ("Unit ON Price" int not null, "a b" int);
    create index "by ON price" on "Order Items" ("Unit ON Price" desc)`)
  const [from, wanted] = [await introspect(source), await introspect(target)]
  const steps = stagesOf(plan(from, wanted).steps, from, wanted).flatMap((stage) => stage.steps)
  for (const { sql } of steps) await source.run(sql)
  expect(diff(await introspect(source), wanted)).toEqual([])
  const said = steps.map(({ sql }) => sql).join("\n")
  expect(said).toContain('CREATE INDEX CONCURRENTLY "by ON price__new"')
  expect(said).toMatch(/check \("Unit ON Price" is not null\) not valid/i)
})
