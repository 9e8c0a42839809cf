import { expect, test } from "vitest"
import { changesRole, isTransactionControl, mentionedNames } from "./mentioned-names.ts"

test.each([
  ["create table if not exists app.users (id int)", "users", ["app", "id"]],
  ['create or replace view "Open" as select * from app.invoices', "Open", ["app", "invoices"]],
  ["create function app.next_id() returns int return nextval('app.ids')", "next_id", ["app", "ids"]],
  ["create unlogged table copies (like originals)", "copies", ["originals"]],
  ["create unique index concurrently by_name on users (lower(name))", "by_name", ["users", "name"]],
])("%s makes %s", (sql, made, mentioned) => {
  const { makes, mentions } = mentionedNames(sql)
  expect([...makes]).toEqual([made])
  expect([...mentions]).toEqual(expect.arrayContaining(mentioned))
})

test.each([
  "create index on users (name)",
  "create trigger seen after insert on users execute function note()",
  "create operator === (function = same, leftarg = int, rightarg = int)",
  "create cast (int as app.id) with inout",
  "alter table users add column name text",
])("%s makes nothing that others name", (sql) => {
  expect([...mentionedNames(sql).makes]).toEqual([])
})

test("knows what begins or ends a transaction, and what changes the role", () => {
  expect(
    ["begin", "START TRANSACTION", "commit", "end", "prepare transaction 'x'"].map(isTransactionControl),
  ).toEqual([true, true, true, true, true])
  expect(["prepare x as select 1", "create table begin (id int)"].map(isTransactionControl)).toEqual([
    false,
    false,
  ])
  expect(
    ["set role app", "set local role app", "set session authorization x", "set search_path = a"].map(
      changesRole,
    ),
  ).toEqual([true, true, true, false])
})
