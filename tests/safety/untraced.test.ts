import { expect, test } from "vitest"
import { openScratch } from "../../src/scratch/scratch.ts"
import { Workbench } from "./workbench.ts"

const untraced: readonly (readonly [what: string, sql: string, says: RegExp])[] = [
  [
    "an extension that is not there",
    "create extension no_such_extension",
    /could not be traced.*no_such_extension/,
  ],
  [
    "what needs it",
    "create extension no_such_extension; alter table users add column place no_such_type",
    /could not be traced.*type "no_such_type" does not exist/,
  ],
  [
    "a language that is not there",
    "create function f() returns int language plsomething as 'return 1'",
    /could not be traced.*language "plsomething"/,
  ],
  [
    "a role that nobody knows",
    "set role migrator; alter table users add column note2 text",
    /becomes migrator/,
  ],
  [
    "rows that only the real database has",
    "do $$ declare one bigint; begin select id into strict one from audit where what = 'first'; end $$",
    /could not be traced.*P0002/,
  ],
  [
    "the whole server",
    "alter system set work_mem = '1GB'",
    /could not be traced: it concerns the whole server/,
  ],
  [
    "a session that ends",
    "select pg_terminate_backend(pg_backend_pid()); create index on users (age)",
    /could not be traced: an earlier statement ended the session/,
  ],
]

test("what cannot be seen on scratch is said, and is neither safe nor an error", async () => {
  await using scratch = await openScratch()
  const workbench = new Workbench(scratch)
  for (const [what, sql, says] of untraced) {
    const { findings } = await workbench.lint({ sql })
    const told = findings.filter(({ rule }) => rule === "not-traced")
    expect(told.map(({ message }) => message).join("\n"), what).toMatch(says)
    expect(new Set(findings.map(({ severity }) => severity)), what).toEqual(new Set(["warning"]))
  }
})
