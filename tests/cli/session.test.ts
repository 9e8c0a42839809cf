import { expect, test } from "vitest"
import { testDatabase } from "../database.ts"
import { revision, testProject } from "../project.ts"
import { lockstep } from "./lockstep.ts"
import { checkedJson } from "./schemas.ts"

const files = {
  "1_users.sql": revision("a1", "", "create table users (id int);\n\n-- rollback\ndrop table users;"),
  "2_phone.sql": revision(
    "b2",
    "a1",
    "alter table users add column phone text;\n\n-- rollback\nalter table users drop column phone;",
  ),
}

test("a database is brought forward, looked at, and taken back", async () => {
  await using db = await testDatabase()
  await using project = await testProject(files)
  const at = { cwd: project.root, env: { DATABASE_URL: db.url } }

  const before = await lockstep(["status"], at)
  expect(before).toMatchObject({ exit: 0, stderr: "" })
  expect(before.stdout).toContain("Lockstep has never written to this database")
  expect(before.stdout).toContain("next: lockstep upgrade")
  expect(await lockstep(["status", "--check", "-q"], at)).toEqual({ exit: 3, stdout: "", stderr: "" })

  const dry = await lockstep(["upgrade", "--dry-run"], at)
  expect(dry.exit).toBe(0)
  expect(dry.stdout).toContain("  alter table users add column phone text;")
  expect((await lockstep(["status"], at)).stdout).toBe(before.stdout)

  const up = await lockstep(["upgrade"], at)
  expect(up.exit).toBe(0)
  expect(up.stdout).toMatch(new RegExp(`^done: 2 revisions applied in \\d+ms, ${db.name} is at b2\n$`))
  expect(up.stderr).toMatch(/2 revisions to apply\n✓ a1 applied \d+ms\n✓ b2 applied \d+ms\n$/)
  expect((await lockstep(["upgrade"], at)).stdout).toBe(`nothing to do: ${db.name} is at b2\n`)
  expect(await lockstep(["status", "--check", "-q"], at)).toEqual({ exit: 0, stdout: "", stderr: "" })

  const history = await lockstep(["history", "--applied", "--graph"], at)
  expect(history.stdout).toBe("●  b2 phone (head, current)\n●  a1 users (base)\n")

  const down = await lockstep(["downgrade", "-1"], at)
  expect(down.stdout).toContain("done: 1 revision undone")
  const stamped = await lockstep(["stamp", "head", "--unverified"], at)
  expect(stamped.stdout).toContain("stamped")
  expect(stamped.stdout).toContain("  + b2\n")
})

test("every command prints one document that its published schema describes", async () => {
  await using db = await testDatabase()
  await using project = await testProject(files)
  const at = { cwd: project.root, env: { DATABASE_URL: db.url } }
  const ask = async (...words: string[]) => {
    const { stdout, exit } = await lockstep([...words, "--json"], at)
    const document = checkedJson(words[0] ?? "", stdout)
    expect(document).toMatchObject({ v: 1, command: words[0], exit, ok: exit === 0 })
    return document
  }
  expect(await ask("status")).toMatchObject({
    result: { managed: false, pending: [{ id: "a1" }, { id: "b2" }] },
  })
  expect(await ask("upgrade", "--dry-run")).toMatchObject({
    result: { revisions: [{ id: "a1" }, { id: "b2" }] },
  })
  expect(await ask("upgrade", "--sql")).toMatchObject({ result: { revisions: [{ id: "a1" }, { id: "b2" }] } })
  expect(await ask("upgrade")).toMatchObject({
    result: { applied: [{ id: "a1" }, { id: "b2" }], current: ["b2"] },
  })
  expect(await ask("status")).toMatchObject({ result: { managed: true, pending: [] } })
  expect(await ask("history", "-i")).toMatchObject({
    result: { revisions: [{ id: "b2", isCurrent: true }, { id: "a1" }] },
  })
  expect(await ask("history", "--log")).toMatchObject({ ok: true })
  expect(await ask("heads")).toMatchObject({ result: { heads: [{ id: "b2" }] } })
  expect(await ask("branches")).toMatchObject({ result: { branchPoints: [], labels: [] } })
  expect(await ask("show", "current")).toMatchObject({ result: { revision: { id: "b2" }, isHead: true } })
  expect(await ask("downgrade", "base")).toMatchObject({ result: { reverted: [{ id: "b2" }, { id: "a1" }] } })
  expect(await ask("stamp", "head", "--unverified")).toMatchObject({ result: { added: ["a1", "b2"] } })
  expect(await ask("explain")).toMatchObject({ ok: true })
  expect(await ask("explain", "multiple-heads")).toMatchObject({ result: { code: "multiple-heads" } })
  expect(await ask("completion", "bash")).toMatchObject({ ok: true })
  expect(await ask("upgrade", "nope")).toMatchObject({ exit: 2, diagnostics: [{ code: "unknown-revision" }] })
})

test("a failing statement is shown with its place, and as a document", async () => {
  await using db = await testDatabase()
  await using project = await testProject({
    ...files,
    "3_bad.sql": revision("c3", "b2", "alter table users\n  add column phone text;"),
  })
  const at = { cwd: project.root, env: { DATABASE_URL: db.url } }
  const failed = await lockstep(["upgrade"], at)
  expect(failed.exit).toBe(1)
  expect(failed.stdout).toBe("")
  expect(failed.stderr).toContain("[statement-failed, SQLSTATE 42701]")
  expect(failed.stderr).toContain("--> migrations/3_bad.sql:")
  expect(failed.stderr).not.toContain("warning")
  const document = checkedJson("upgrade", (await lockstep(["upgrade", "--json"], at)).stdout)
  expect(document).toMatchObject({
    ok: false,
    exit: 1,
    diagnostics: [{ code: "statement-failed" }],
    data: { applied: [] },
  })
  const log = await lockstep(["history", "--failed"], at)
  expect(log.stdout).toContain("statement-failed, 42701")
})

test("a password in a failing statement is printed nowhere", async () => {
  await using db = await testDatabase()
  await using project = await testProject({
    "1_app.sql": revision("a1", "", "create role app login nologin password 'hunter2';"),
  })
  const at = { cwd: project.root, env: { DATABASE_URL: db.url } }
  for (const words of [["--dry-run"], ["--debug"], ["--json"], ["--events"]]) {
    const { exit, stdout, stderr } = await lockstep(["upgrade", ...words], at)
    expect(exit).toBe(words.includes("--dry-run") ? 0 : 1)
    expect(stdout + stderr).toContain("password '***'")
    expect(stdout + stderr).not.toContain("hunter2")
  }
})

test("progress as events: one JSON document a line on standard error", async () => {
  await using db = await testDatabase()
  await using project = await testProject(files)
  const { stderr } = await lockstep(["upgrade", "--events", "--json"], {
    cwd: project.root,
    env: { DATABASE_URL: db.url },
  })
  const types = stderr
    .trimEnd()
    .split("\n")
    .map((line) => JSON.parse(line).type)
  expect(types[0]).toBe("connected")
  expect(types.filter((type) => type === "revision-finished")).toHaveLength(2)

  const failed = await lockstep(["upgrade", "nope", "--events"], {
    cwd: project.root,
    env: { DATABASE_URL: db.url },
  })
  const last = JSON.parse(failed.stderr.trimEnd().split("\n").at(-1) ?? "")
  expect(last).toMatchObject({ type: "diagnostic", diagnostic: { code: "unknown-revision" } })
})

test("an interrupted run exits with 130 and leaves the database as it was", async () => {
  await using db = await testDatabase()
  await using project = await testProject({
    "1_slow.sql": revision("a1", "", "create table t ();\nselect pg_sleep(600);"),
  })
  const controller = new AbortController()
  const at = { cwd: project.root, env: { DATABASE_URL: db.url } }
  const ended = await lockstep(["upgrade", "--events"], {
    ...at,
    signal: controller.signal,
    onStderr: (text) => {
      if (text.includes("pg_sleep")) controller.abort()
    },
  })
  expect(ended.exit).toBe(130)
  expect((await lockstep(["status"], at)).stdout).toContain("pending   1")
})

test("a warning is printed once", async () => {
  await using db = await testDatabase()
  await using project = await testProject({
    "1_a.sql": revision("a1", "", "create table a ();"),
    "2_b.sql": revision("b2", "a1", "create table b ();"),
    "3_c.sql": revision("c3", "b2", "create table c ();"),
  })
  const at = { cwd: project.root, env: { DATABASE_URL: db.url } }
  await lockstep(["upgrade"], at)
  await project.write({ "migrations/4_d.sql": revision("d4", "a1", "create table d ();") })
  await project.write({ "migrations/3_c.sql": revision("c3", "b2,d4", "create table c ();") })
  expect((await lockstep(["upgrade"], at)).stderr).toContain("[out-of-order]")
  const { exit, stderr } = await lockstep(["upgrade", "--out-of-order", "warn"], at)
  expect(exit).toBe(0)
  expect(stderr.split("[out-of-order]")).toHaveLength(2)
})

test("an empty folder is said, and names nothing that could be asked for", async () => {
  await using db = await testDatabase()
  await using project = await testProject({})
  const at = { cwd: project.root, env: { DATABASE_URL: db.url } }
  for (const words of [["status", "--check"], ["upgrade"], ["upgrade", "head"]]) {
    const { exit, stderr } = await lockstep(words, at)
    expect(exit).toBe(0)
    expect(stderr).toContain("warning: the folder of revisions is empty")
  }
  expect(await lockstep(["upgrade", "a1"], at)).toMatchObject({ exit: 2, stdout: "" })
})
