import { execFileSync } from "node:child_process"
import { describe, expect, test } from "vitest"
import { check } from "../../src/api/check.ts"
import { snapshot } from "../../src/api/snapshot.ts"
import { lockstep } from "../cli/lockstep.ts"
import { checkedJson } from "../cli/schemas.ts"
import { testDatabase } from "../database.ts"
import { revision, testProject } from "../project.ts"

const users = revision(
  "aaaa",
  "",
  `create table users (id int primary key, email text not null);
-- rollback
drop table users;`,
)
const phone = revision(
  "bbbb",
  "aaaa",
  `alter table users add column phone text;
-- rollback
alter table users drop column phone;`,
)

/** What each guard says: `heads: yes`. */
function answers({ guards }: Awaited<ReturnType<typeof check>>): readonly string[] {
  return guards.map(({ guard, verdict }) => `${guard}: ${verdict}`)
}

describe("check", () => {
  test("says yes with its evidence, and skips what a project does not have", async () => {
    await using db = await testDatabase()
    await using project = await testProject({ "a.sql": users, "b.sql": phone })
    const options = { root: project.root, scratch: { url: db.server.url } }
    const bare = await check(options)
    expect(bare.ok).toBe(true)
    expect(answers(bare)).toEqual([
      "folder: yes",
      "heads: yes",
      "replay: yes",
      "snapshot: skipped",
      "schema: skipped",
      "rollbacks: yes",
      "lint: yes",
      "proof: skipped",
    ])
    expect(bare.guards.at(-3)?.evidence).toBe("2 of 2 went up, down and up again")

    await snapshot(options)
    await project.write({
      "schema/users.sql": "create table users (id int primary key, email text not null, phone text);",
    })
    const queries = [{ text: "select email from users where phone = $1", file: "queries.sql", line: 1 }]
    const whole = await check({ ...options, queries })
    expect(whole.guards.map(({ verdict }) => verdict)).toEqual(whole.guards.map(() => "yes"))
  })

  test("names a stale snapshot, a schema that nobody has written revisions for, and both with the difference", async () => {
    await using db = await testDatabase()
    await using project = await testProject({ "a.sql": users })
    const options = { root: project.root, scratch: { url: db.server.url }, skip: ["rollbacks"] }
    await snapshot(options)
    await project.write({
      "migrations/b.sql": phone,
      "schema/users.sql": "create table users (id int primary key, email text);",
    })
    const { ok, guards } = await check(options)
    expect(ok).toBe(false)
    expect(guards.flatMap(({ findings = [] }) => findings)).toMatchObject([
      { code: "snapshot-stale", details: ["+ table column public.users.phone"] },
      {
        code: "schema-differs",
        details: [
          expect.stringContaining("~ table column public.users.email: notNull true -> false"),
          "- table column public.users.phone",
        ],
      },
    ])
  })

  test("a rollback that forgets something, one that fails, and one that nobody wrote are three findings", async () => {
    await using db = await testDatabase()
    await using project = await testProject({
      "a.sql": users,
      "b.sql": revision(
        "bbbb",
        "aaaa",
        "create index if not exists users_email on users (email); alter table users alter email drop not null;\n-- rollback\nalter table users alter email set not null;",
      ),
      "c.sql": revision("cccc", "bbbb", "create table invoices ();\n-- rollback\ndrop table invoice;"),
      "d.sql": revision("dddd", "cccc", "create table agents ();"),
      "e.sql": revision(
        "eeee",
        "dddd",
        "create table logs ();\n-- rollback: none because logs are never thrown away",
      ),
    })
    const result = await check({ root: project.root, scratch: { url: db.server.url }, only: ["rollbacks"] })
    expect(answers(result)).toEqual(["folder: yes", "replay: yes", "rollbacks: no"])
    const { findings = [], evidence } = result.guards.at(-1) ?? {}
    expect(evidence).toBe("1 of 5 went up, down and up again, 1 says why there is no rollback, 3 do not hold")
    expect(findings).toMatchObject([
      { code: "rollback-incomplete", subject: "bbbb", details: ["+ index public.users_email"] },
      { code: "rollback-incomplete", subject: "cccc", sqlState: "42P01" },
      { code: "no-rollback", subject: "dddd" },
    ])
  })

  test("what cannot be read or run is a no, and what builds on it is not asked", async () => {
    await using db = await testDatabase()
    await using project = await testProject({
      "a.sql": users,
      "b.sql": revision("bbbb", "aaaa", "alter table user add column phone text;"),
    })
    const options = { root: project.root, scratch: { url: db.server.url } }
    const unrunnable = await check(options)
    expect(answers(unrunnable).slice(2)).toEqual([
      "replay: no",
      "snapshot: skipped",
      "schema: skipped",
      "rollbacks: skipped",
      "lint: skipped",
      "proof: skipped",
    ])
    expect(unrunnable.guards[2]?.findings).toMatchObject([
      { code: "revisions-not-replayable", location: { file: "migrations/b.sql" } },
    ])
    await project.write({ "migrations/b.sql": revision("bbbb", "zzzz", "select 1;") })
    expect(answers(await check(options)).slice(0, 3)).toEqual([
      "folder: no",
      "heads: skipped",
      "replay: skipped",
    ])
  })

  test("proof: what no longer works is named with its revision; with `since`, what worked before the branch is too", async () => {
    await using db = await testDatabase()
    await using project = await testProject({ "a.sql": users })
    const cwd = project.root
    const git = (...words: string[]) =>
      execFileSync("git", ["-c", "user.name=t", "-c", "user.email=t@example.com", ...words], { cwd })
    const find = { sql: "select email from users where id = $1", from: ["src/users.ts:7"] }
    await project.write({ "queries.json": JSON.stringify({ v: 1, queries: [find] }) })
    git("init", "-q", "-b", "main")
    git("add", ".")
    git("commit", "-qm", "first")
    await project.write({
      "migrations/b.sql": revision("bbbb", "aaaa", "alter table users drop column email;"),
    })
    const run = async (...more: string[]) => {
      const words = ["check", "--only", "proof", "--format", "github", "--scratch", db.server.url, ...more]
      return lockstep(words, { cwd })
    }
    const stale = await run()
    expect(stale.exit).toBe(3)
    expect(stale.stdout).toMatch(
      /^::error file=src\/users\.ts,line=7,title=query-breaks::the query src\/users\.ts:7 fails with 42703: .*, since migrations\/b\.sql/m,
    )
    await project.write({
      "queries.json": JSON.stringify({ v: 1, queries: [{ sql: "select id from users" }] }),
    })
    expect((await run()).exit).toBe(0)
    const across = await run("--since", "main")
    expect(across.exit).toBe(3)
    expect(across.stdout).toContain("1 query of main and of now would break")
    expect(across.stdout).toMatch(/^::error file=migrations\/b\.sql,line=4,title=query-breaks::/m)
    // Taking away is what a contract is for: the deploy holds it until nobody issues the query.
    await project.write({
      "migrations/b.sql": revision(
        "bbbb",
        "aaaa",
        "alter table users drop column email;",
        "-- phase: contract",
      ),
    })
    expect((await run("--since", "main")).exit).toBe(0)
  })

  test("two heads are a no; on the command line exit 3, JSON, and annotations for GitHub", async () => {
    await using db = await testDatabase()
    await using project = await testProject({
      "a.sql": users,
      "b.sql": phone,
      "c.sql": revision("cccc", "aaaa", "create table agents ();"),
    })
    const cwd = project.root
    const words = ["check", "--only", "heads", "--scratch", db.server.url]
    const json = await lockstep([...words, "--json"], { cwd })
    expect(json.exit).toBe(3)
    expect(checkedJson("check", json.stdout)).toMatchObject({
      result: {
        ok: false,
        guards: [
          { guard: "folder", verdict: "yes" },
          { guard: "heads", verdict: "no" },
        ],
      },
    })
    const github = await lockstep([...words, "--format", "github"], { cwd })
    expect(github.stdout).toContain("✗ heads")
    expect(github.stdout).toMatch(
      /^::error file=migrations\/[bc]\.sql,line=1,title=multiple-heads::the graph has 2/m,
    )
    const unknown = await lockstep(["check", "--skip", "head"], { cwd })
    expect(unknown).toMatchObject({ exit: 2, stderr: expect.stringContaining("heads") })
  })
})
