import { expect, test } from "vitest"
import { loadParser } from "../sql/parser.ts"
import { fromServer } from "./from-server.ts"

test.each([
  ["select now() - interval $1", "select now() - $1::interval"],
  [
    "select date $1, timestamp with time zone $2, $3::text limit $4",
    "select $1::date, $2::timestamp with time zone, $3::text limit $4",
  ],
  ["select extract($1 from now()), $2", "select extract(epoch from now()), $1"],
  [
    "select id from t where id in ($1 /*, ... */) and n = numeric $2",
    "select id from t where id in ($1) and n = $2::numeric",
  ],
  ["select at at time zone $1 from t order by 1", "select at at time zone $1 from t order by 1"],
  // Before 17 the values of CALL stay in the text.
  ["call pay('topsecret', 5, $$x$$)", "call pay($1, $2, $3)"],
  // The server has forgotten the statement while it ran, and kept the text as it came.
  [
    "select name from t where email = 'a@b.c' and age > 30 and at > date '2024-01-01'",
    "select name from t where email = $1 and age > $2 and at > $3::date",
  ],
  ["select 'a'\n  'b' from t", "select $1 from t"],
  ["select id from users where (id = $1", undefined],
  ["set search_path = 'x'", undefined],
  ["<insufficient privilege>", undefined],
])("%s", async (text, expected) => {
  const parse = await loadParser()
  const isQuery = (sql: string) => parse(sql) !== undefined && !sql.startsWith("set")
  expect(fromServer(text, isQuery)).toBe(expected)
})
