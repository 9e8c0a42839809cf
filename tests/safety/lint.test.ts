import { mkdtemp, rm, writeFile } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { describe, expect, test } from "vitest"
import { lockstep } from "../cli/lockstep.ts"
import { majors } from "../database.ts"

const files = {
  "schema.sql":
    "create table users (id bigserial primary key, email text not null); insert into users (email) values ('a@example.org'); grant select on users to app;",
  "queries.sql": "-- name: find_user\nselect id, email from users where id = $1;",
  "stats.json": JSON.stringify({ users: { rows: 40, bytes: 8192 } }),
  "index.sql": "create index users_email on users (email);",
  "drop.sql": "alter table users\n  drop column email;",
  "guarded.sql": `create table users (id bigint primary key);
    create function refuse() returns event_trigger language plpgsql as $$ begin raise exception 'no DDL here'; end $$;
    create event trigger refuse on ddl_command_start execute function refuse();`,
  "ended.sql": "select pg_terminate_backend(pg_backend_pid()); alter table users add column note text;",
  "empty.sql": "-- nothing yet",
  "rules.json": JSON.stringify({ lint: { rules: { "blocking-index-build": "warning" } } }),
  "misspelt.sql": "alter tabel users add column note text;",
}

/** Runs `lockstep lint --json` in a folder with the files, and nothing else: no project, no configuration. */
async function lint(...words: string[]) {
  const cwd = await mkdtemp(join(tmpdir(), "lockstep-lint-"))
  try {
    for (const [name, text] of Object.entries(files)) await writeFile(join(cwd, name), text)
    const { exit, stdout } = await lockstep(["lint", "--json", ...words], { cwd })
    return {
      exit,
      answer: JSON.parse(stdout) as { findings: readonly Record<string, unknown>[]; result: unknown },
    }
  } finally {
    await rm(cwd, { recursive: true })
  }
}

describe("lockstep lint --file", () => {
  test.each(majors)(
    "needs no project, and says what a statement does to whom (PostgreSQL %s)",
    async (major) => {
      const { exit, answer } = await lint(
        "--file",
        "index.sql",
        "--schema",
        "schema.sql",
        "--pg",
        String(major),
      )
      expect(exit).toBe(3)
      expect(answer.findings).toEqual([
        {
          rule: "blocking-index-build",
          severity: "error",
          statement: "create index users_email on users (email)",
          relation: "public.users",
          message: "SHARE on public.users keeps writes waiting while an index of public.users is built",
          fix: "create index concurrently users_email on users (email);",
          file: "index.sql",
          line: 1,
        },
      ])
      expect(answer.result).toEqual({ findings: answer.findings, accepted: [] })
    },
  )

  test.each([
    ["a script without statements", ["empty.sql", "schema.sql"], 0, []],
    ["what PostgreSQL cannot read", ["misspelt.sql", "schema.sql"], 3, ["statement-fails"]],
    ["an event trigger that refuses all DDL", ["index.sql", "guarded.sql"], 3, ["statement-fails"]],
    [
      "a statement that ends its session, and one behind it",
      ["ended.sql", "schema.sql"],
      0,
      ["not-traced", "not-traced"],
    ],
  ] as const)("has a clear answer to %s", async (_, [file, schema], exit, rules) => {
    const answered = await lint("--file", file, "--schema", schema)
    expect(answered.answer.findings.map(({ rule }) => rule)).toEqual(rules)
    expect(answered.exit).toBe(exit)
  })

  test("says nothing of a small table", async () => {
    const { exit, answer } = await lint(
      "--file",
      "index.sql",
      "--schema",
      "schema.sql",
      "--stats",
      "stats.json",
    )
    expect({ exit, findings: answer.findings }).toEqual({ exit: 0, findings: [] })
  })

  test("goes by the rules of a configuration that is named", async () => {
    const { exit, answer } = await lint(
      ..."--file index.sql --schema schema.sql --config rules.json".split(" "),
    )
    expect(answer.findings).toMatchObject([{ rule: "blocking-index-build", severity: "warning" }])
    expect(exit).toBe(0)
  })

  test("names the query that breaks, and the statement that breaks it", async () => {
    const { exit, answer } = await lint(
      ..."--file drop.sql --schema schema.sql --queries queries.sql --role app".split(" "),
    )
    expect(exit).toBe(3)
    expect(answer.findings).toMatchObject([
      {
        rule: "query-breaks",
        severity: "error",
        statement: "alter table users\n  drop column email",
        message: 'the query find_user fails with 42703: column "email" does not exist',
      },
    ])
  })
})
