import { expect } from "vitest"
import { diff } from "../../src/diff/diff.ts"
import { introspect } from "../../src/introspect/introspect.ts"
import { plan } from "../../src/plan/plan.ts"
import { printScript } from "../../src/plan/print.ts"
import { eachMajor } from "../database.ts"

const connection = "connection 'dbname=nowhere password=hush'"

eachMajor("a subscription is made and dropped by people", async (db) => {
  const session = await db.connect()
  const without = await introspect(session)
  await session.run(`create subscription s ${connection} publication a, "B" with (connect = false, slot_name = 'slot');
    comment on subscription s is 'news'`)
  const there = await introspect(session)
  await session.run("alter subscription s set (slot_name = none); drop subscription s")

  const made = plan(without, there)
  expect(made.steps).toEqual([])
  expect(made.byHand.map(({ sql }) => sql)).toEqual([
    expect.stringMatching(
      /^create subscription s connection '\.\.\.' publication a, "B" with \(connect = false, slot_name = 'slot', binary = false/,
    ),
    "comment on subscription s is 'news'",
  ])
  expect(printScript(made)).toMatch(
    /^-- by hand, since a subscription needs .*:\n-- {3}create subscription s/,
  )
  expect(JSON.stringify(there)).not.toMatch(/hush|nowhere/)

  const dropped = plan(there, without)
  expect(dropped.steps).toEqual([])
  expect(dropped.byHand).toMatchObject([{ object: "subscription s", sql: "drop subscription s" }])
})

eachMajor("what needs no other server changes in place", async (db) => {
  const session = await db.connect()
  const make = (options: string) =>
    session.run(
      `create subscription s ${connection} publication a with (connect = false, slot_name = none${options})`,
    )
  await make("")
  const before = await introspect(session)
  await session.run(`alter subscription s set publication b, c with (refresh = false);
    alter subscription s set (binary = true, synchronous_commit = local); comment on subscription s is 'x'`)
  const after = await introspect(session)
  await session.run("drop subscription s")
  await make("")

  const changed = plan(before, after)
  expect(changed.byHand).toEqual([])
  for (const { sql } of changed.steps) await session.run(sql)
  expect(diff(await introspect(session), after)).toEqual([])
  for (const { sql } of plan(after, before).steps) await session.run(sql)
  expect(diff(await introspect(session), before)).toEqual([])
  await session.run("drop subscription s")
})

eachMajor(
  "with its connection string a subscription is made without its slot, and dropped without it",
  async (db) => {
    const session = await db.connect()
    const secrets = "read"
    const without = await introspect(session, { secrets })
    await session.run(
      `create subscription s ${connection} publication a with (connect = false, slot_name = 'slot')`,
    )
    const there = await introspect(session, { secrets })
    for (const { sql } of plan(there, without).steps) await session.run(sql)
    expect(diff(await introspect(session, { secrets }), without)).toEqual([])
    for (const { sql } of plan(without, there).steps) await session.run(sql)
    expect(diff(await introspect(session, { secrets }), there)).toEqual([])
    expect(plan(there, without).steps.at(-1)?.losesData).toMatch(/slot stays/)
    for (const { sql } of plan(there, without).steps) await session.run(sql)
  },
)
