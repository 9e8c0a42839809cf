import { describe, expect, test } from "vitest"
import { ToolError } from "../diagnostic.ts"
import { findSections } from "./sections.ts"

/** The sections of a text, each with what is in it. */
function sections(text: string) {
  const { up, verify, down, ...rest } = findSections(text, "x.sql")
  const cut = (span: { start: number; end: number } | undefined) => {
    return span === undefined ? {} : { text: text.slice(span.start, span.end).trim() }
  }
  return { up: cut(up).text, verify: cut(verify).text, down: cut(down).text, ...rest }
}

function failure(text: string): string {
  try {
    findSections(text, "x.sql")
  } catch (error) {
    if (!(error instanceof ToolError)) throw error
    return `${error.code} line ${error.facts.location?.line}: ${error.message}`
  }
  return "no error"
}

test("a file without marks is all forward", () => {
  expect(sections("create table a ();")).toEqual({ up: "create table a ();", outsideTransaction: false })
})

test("Lockstep's own sections", () => {
  expect(sections("up;\n-- verify\ncheck;\n-- rollback\ndown;\n")).toMatchObject({
    up: "up;",
    verify: "check;",
    down: "down;",
  })
  expect(sections("up;\r\n--  Rollback:\r\ndown;\r\n-- VERIFY\r\ncheck;")).toMatchObject({
    up: "up;",
    verify: "check;",
    down: "down;",
  })
})

test("a reason instead of a rollback begins no section", () => {
  const expected = { up: expect.stringContaining("up;"), noRollback: "rows are gone" }
  expect(sections("up;\n-- rollback: none because rows are gone")).toMatchObject(expected)
  expect(sections("-- rollback: none because rows are gone\nup;")).toMatchObject(expected)
})

describe("marks of other tools", () => {
  test.each([
    ["dbmate", "-- migrate:up\nup;\n-- migrate:down\ndown;", false],
    ["dbmate", "-- migrate:up transaction:false\nup;\n-- migrate:down transaction:false\ndown;", true],
    [
      "goose",
      "-- +goose Up\n-- +goose StatementBegin\nup;\n-- +goose StatementEnd\n-- +goose Down\ndown;",
      false,
    ],
    ["goose", "-- +goose NO TRANSACTION\n-- +goose Up\nup;\n-- +goose Down\ndown;", true],
    ["sql-migrate", "-- +migrate Up notransaction\nup;\n-- +migrate Down\ndown;", true],
    ["node-pg-migrate", "-- Up Migration\nup;\n-- Down Migration\ndown;", false],
    ["node-pg-migrate", "---- up migration ----\nup;\n---- down migration ----\ndown;", false],
  ])("%s: %s", (tool, text, outsideTransaction) => {
    expect(sections(text)).toMatchObject({
      tool,
      up: expect.stringContaining("up;"),
      down: "down;",
      outsideTransaction,
    })
    expect(sections(text).up).not.toContain("down;")
  })

  test("comments may stand in front of the first mark, a header too", () => {
    expect(sections("-- revision: a\n\n-- migrate:up\nup;").up).toBe("up;")
  })
})

describe("a mark counts only where PostgreSQL sees a comment", () => {
  test.each([
    ["in a string", "select '\n-- rollback\n';"],
    ["in a function body", "create function f() returns void as $$\n-- rollback\n$$ language sql;"],
    ["in a quoted name", 'select 1 as "\n-- rollback\n";'],
    ["in a block comment", "select 1 /*\n-- rollback\n/* nested */\n-- verify\n*/;"],
    ["in rows of a COPY", "copy t from stdin;\n-- rollback\n\\.\n"],
    ["behind a statement on its line", "select 1; -- rollback"],
    ["in prose", "-- rollback is easy: drop it\n-- verify the result by hand\n-- migrate:upwards\nselect 1;"],
  ])("not %s", (_, text) => {
    expect(sections(text)).toEqual({ up: text.trim(), outsideTransaction: false })
  })

  test("after quotes of every kind the next mark counts again", () => {
    const text = "select '-- rollback', $x$\n-- rollback\n$x$ /* ' */;\n-- it's\n-- rollback\ndown;"
    expect(sections(text).down).toBe("down;")
  })
})

describe("contradictions name their line", () => {
  test.each([
    ["a;\n-- rollback\nb;\n-- rollback\nc;", "invalid-section line 4: this section is there twice"],
    [
      "-- migrate:up\na;\n-- +goose Down\nb;",
      "invalid-section line 3: the file has marks of dbmate and of goose",
    ],
    [
      "a;\n-- migrate:up\nb;",
      "invalid-section line 2: statements stand in front of the first section, where nothing would run them",
    ],
    [
      "-- migrate:down\ndrop table a;",
      "invalid-section line 1: dbmate wants a section with what moves forward, and the file has none",
    ],
    [
      "-- +goose Down\ndrop table a;",
      "invalid-section line 1: goose wants a section with what moves forward, and the file has none",
    ],
    [
      "a;\n-- rollback: none",
      "invalid-section line 2: a reason is missing: -- rollback: none because <reason>",
    ],
    [
      "a;\n-- rollback: drop table a",
      "invalid-section line 2: the statements belong on the lines below -- rollback",
    ],
    [
      "a;\n-- rollback\nb;\n-- rollback: none because x",
      "invalid-section line 4: the file says that there is no rollback, and has one",
    ],
    [
      "-- +goose ENVSUB ON\n-- +goose Up\na;",
      "invalid-section line 1: goose would replace variables of the environment here, Lockstep does not",
    ],
  ])("%s", (text, expected) => {
    expect(failure(text)).toBe(expected)
  })
})
