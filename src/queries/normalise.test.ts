import { expect, test } from "vitest"
import { mergeQueries, parseManifest, printManifest } from "./manifest.ts"
import { normalise } from "./normalise.ts"

test.each([
  ["select  1 -- traceparent='00-4bf9'\n  as one /* by */;", ["select 1 as one"]],
  [
    "select name from users where id in ($3, $4,$5) and age > $1",
    ["select name from users where id in ($1) and age > $2"],
  ],
  [
    "insert into t (a, b) values ($1, $2), ($3, $4) returning $5::int",
    ["insert into t (a, b) values ($1, $2) returning $3::int"],
  ],
  ["insert into t values ($1, 1), ($2, 2)", ["insert into t values ($1, 1), ($2, 2)"]],
  ["select 'in ($1, $2)  ', $2, $1, $2", ["select 'in ($1, $2)  ', $1, $2, $1"]],
  [
    "begin; set x = 1; create table t (); (select 1); with a as (select 2) delete from t; commit",
    ["(select 1)", "with a as (select 2) delete from t"],
  ],
  ["select 'a'\n  'b'", ["select 'a'\n'b'"]],
  ["copy t (a) from stdin", ["copy t (a) from stdin"]],
  ["select 'open", []],
])("%s", (text, expected) => {
  expect(normalise(text)).toEqual(expected)
})

test("what was recorded is one text whatever came first, and each query is there once with all its places", () => {
  const one = { sql: "select 1", from: ["src/b.ts:10", "src/b.ts:9"] }
  const other = { sql: "select 1", from: ["src/a.ts:1"], name: "one" }
  const third = { sql: "delete from t" }
  const text = printManifest([one, other, third])
  expect(printManifest(mergeQueries([third, other], [one]))).toBe(text)
  expect(parseManifest(text, "queries.json")).toEqual([
    third,
    { sql: "select 1", name: "one", from: ["src/a.ts:1", "src/b.ts:9", "src/b.ts:10"] },
  ])
})

test.each(["[", "[]", '{"queries": [{}]}', '{"v": 2, "queries": []}'])("%s is no list of queries", (text) => {
  expect(() => parseManifest(text, "q.json")).toThrow(/the queries in q\.json cannot be read/)
})
