import { describe, expect, test } from "vitest"
import { classify } from "./classify.ts"
import { firstWordsSettle } from "./first-words.ts"
import { loadParser } from "./parser.ts"

const { forbidden } = await import("./forbidden.ts")
const { isAdditive } = await import("./additive.ts")

describe("the parser agrees with what the first words settle", () => {
  test.each([
    "create table a (id int)",
    "CREATE TABLE IF NOT EXISTS a PARTITION OF b FOR VALUES IN (1)",
    "create /* why not */ table a as select 1",
    "create sequence s",
    "create domain d as text",
    "comment on table a is 'create index concurrently'",
  ])("%s: adds", async (sql) => {
    const parse = await loadParser()
    const node = parse(sql)
    expect(firstWordsSettle(sql)).toBe(/concurrently/.test(sql) ? undefined : "adds")
    expect(node && forbidden(node, () => [])).toBeUndefined()
    expect(isAdditive([{ statement: { sql, file: "a.sql", line: 1, column: 1 }, node }])).toBe(true)
  })

  test.each([
    "insert into a values (1)",
    "update a set b = 1",
    "create index on a (b)",
    "create unique index on a (b)",
    "create or replace function f() returns int language sql begin atomic select 1; end",
    "alter table a add column b int",
    "alter table a detach partition b",
    "drop index a_b_idx",
    "grant select on a to b",
  ])("%s: runs in a transaction", async (sql) => {
    const parse = await loadParser()
    const node = parse(sql)
    expect(node).toBeDefined()
    expect(firstWordsSettle(sql)).toBe("runs")
    expect(node && forbidden(node, () => [])).toBeUndefined()
  })

  test.each([
    "create index concurrently on a (b)",
    "create unique index Concurrently on a (b)",
    "drop index concurrently a_b_idx",
    "alter table a detach partition b concurrently",
    "create database d",
    "alter type t add value 'x'",
    "alter system set work_mem = '1MB'",
    "vacuum a",
    "begin",
    "commit",
    "set role r",
    "call p()",
    "do $$ begin commit; end $$",
    "select set_config('a.b', 'c', false)",
    "copy a from stdin",
    '"create" table',
    "",
  ])("%s: nothing", (sql) => {
    expect(firstWordsSettle(sql)).toBeUndefined()
  })
})

test("a classification is the same with and without the parser", async () => {
  const statement = (sql: string, line: number) => ({ sql, file: "a.sql", line, column: 1 })
  const plain = [statement("create table a (id int)", 1), statement("create unique index on a (id)", 2)]
  const asked = [...plain, statement("select 1", 3)]
  const [settled, parsed] = [await classify(plain), await classify(asked)]
  expect(settled.steps).toEqual(parsed.steps.slice(0, 2))
  expect(settled).toMatchObject({ mode: "transaction", ownsTransaction: false, additive: true })
})
