import { expect, test } from "vitest"
import { mergeRewrites } from "./merge.ts"

const merge = (...statements: string[]) =>
  mergeRewrites(statements.map((sql) => ({ verb: "alter", sql }))).map(({ sql }) => sql)

test("type changes of one table become one statement", () => {
  expect(
    merge(
      "alter table a alter column x type bigint",
      "alter table a alter column x set storage plain",
      'alter table a alter column y type text collate "C"',
      "alter table b alter column x type bigint",
    ),
  ).toEqual([
    'alter table a alter column x type bigint,\n  alter column y type text collate "C"',
    "alter table a alter column x set storage plain",
    "alter table b alter column x type bigint",
  ])
})

test("what happens to something else in between keeps them apart", () => {
  const statements = [
    "alter table a alter column x type bigint",
    "drop type t",
    "alter table a alter column y type text",
  ]
  expect(merge(...statements)).toEqual(statements)
})
