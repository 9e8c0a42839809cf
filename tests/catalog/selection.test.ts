import { readFile } from "node:fs/promises"
import { join } from "node:path"
import { describe, expect, test } from "vitest"
import { drift } from "../../src/api/drift.ts"
import { generate } from "../../src/api/generate.ts"
import { upgrade } from "../../src/api/upgrade.ts"
import { lockstep } from "../cli/lockstep.ts"
import { testDatabase } from "../database.ts"
import { revision, testProject } from "../project.ts"

const users = { "a.sql": revision("aaaa", "", "create table users (id int primary key, name text);") }

describe("include and exclude", () => {
  test("apply to every command that compares, from the configuration or from flags", async () => {
    await using db = await testDatabase()
    await using project = await testProject(users)
    await upgrade({ root: project.root, url: db.url })
    const connection = await db.connect()
    await connection.run(`create schema cron; create table cron.job (id serial primary key);
      create table tmp_import (id int); create view tmp_view as select * from tmp_import;
      create function touch() returns trigger language plpgsql as 'begin return new; end';
      create trigger touch before update on users for each row execute function touch()`)
    const options = { root: project.root, url: db.url, scratch: { url: db.server.url } }
    const changed = async (selection: { include?: string[]; exclude?: string[] }) =>
      (await drift({ ...options, ...selection })).changes.map(({ object }) => object)
    expect(
      await changed({ exclude: ["cron", "public.tmp_*", "trigger:*", "function:public.touch"] }),
    ).toEqual([])
    expect(await changed({ exclude: ["cron", "public.tmp_*"] })).toEqual([
      "function public.touch()",
      "trigger touch on public.users",
    ])
    expect(await changed({ include: ["cron"] })).toContain("schema cron")
    expect(await changed({ include: ["table:public.users"] })).toEqual(["trigger touch on public.users"])

    await project.write({ "lockstep.config.json": JSON.stringify({ exclude: ["cron", "public.tmp_*"] }) })
    const at = { cwd: project.root, env: { DATABASE_URL: db.url } }
    const words = ["diff", db.url, "revisions", "--tree", "--scratch", db.server.url]
    expect((await lockstep(words, at)).stdout).toBe(
      "- function public.touch()\n- trigger touch on public.users\n",
    )
    const all = ["--exclude", "cron", "--exclude", "public.*"]
    expect((await lockstep([...words, ...all], at)).stdout).toBe("no difference\n")
  })
})

describe("generate", () => {
  test("against a live database starts from what is there, and only reads it", async () => {
    await using db = await testDatabase()
    await using project = await testProject({})
    await (await db.connect()).run(
      "create table users (id int primary key, name text); create table alembic_version (version_num text)",
    )
    await project.write({
      "schema/users.sql": "create table users (id int primary key, name text, phone text);",
      "lockstep.config.json": JSON.stringify({ environments: { prod: { url: db.url } } }),
    })
    const words = ["generate", "phone", "--against", "prod", "--dry-run", "--scratch", db.server.url]
    const { exit, stdout } = await lockstep(words, { cwd: project.root, env: {} })
    expect(exit).toBe(0)
    expect(stdout).toContain("alter table public.users add column phone text")
    expect(stdout).not.toMatch(/create table|alembic/)
  })

  test("with --phase all writes one revision, and keeps the answers in its header", async () => {
    await using db = await testDatabase()
    await using project = await testProject({
      "a.sql": revision("aaaa", "", "create table users (id int primary key, name text, old int);"),
    })
    await project.write({
      "schema/users.sql":
        "create table users (id int primary key, full_name text); create index on users (full_name); create table logs ();",
    })
    const { revisions } = await generate({
      root: project.root,
      schema: ["schema"],
      title: "all at once",
      rename: ["public.users.name=full_name"],
      drop: ["public.users.old"],
      phases: "all",
      scratch: { url: db.server.url },
    })
    expect(revisions).toMatchObject([{ phase: "contract", losses: ["the values of public.users.old"] }])
    const text = await readFile(join(project.root, revisions[0]?.files[0]?.path ?? ""), "utf8")
    expect(text).toContain("-- rename: public.users.name=full_name\n-- drop: public.users.old\n")
    expect(text).not.toContain("CONCURRENTLY")
    const target = { root: project.root, url: db.url }
    await upgrade(target)
    const empty = await generate({
      root: project.root,
      schema: ["schema"],
      title: "nothing",
      phases: "all",
      scratch: { url: db.server.url },
    })
    expect(empty.revisions).toEqual([])
  })
})
