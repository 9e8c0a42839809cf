import { describe, expect, test } from "vitest"
import { downgrade } from "../../src/api/downgrade.ts"
import { drift } from "../../src/api/drift.ts"
import { generate } from "../../src/api/generate.ts"
import { upgrade } from "../../src/api/upgrade.ts"
import { eachMajor, type TestDatabase, testDatabase } from "../database.ts"
import { revision, type TestProject, testProject } from "../project.ts"

const users = {
  "a.sql": revision("aaaa", "", "create table users (id int primary key, name text, note text);"),
}

function options(project: TestProject, db: TestDatabase, title: string) {
  return { root: project.root, schema: ["schema"], title, scratch: { url: db.server.url } }
}

describe("generate", () => {
  eachMajor("writes revisions that lead to the schema, keep the rows, and can be undone", async (db) => {
    await using project = await testProject(users)
    const target = { root: project.root, url: db.url }
    await upgrade(target)
    const connection = await db.connect()
    await connection.run("insert into users values (1, 'ada', 'x')")
    await project.write({
      "schema/all.sql": `create table users (id int primary key, name text not null, note text, email text unique);
create index on users (name);
create table invoices (id int primary key, user_id int not null references users);
create view open as select * from invoices;
alter table users add column best int references invoices;`,
    })
    const { revisions } = await generate(options(project, db, "invoices"))
    const textOf = (wanted: string) =>
      revisions
        .filter(({ phase }) => phase === wanted)
        .map(({ files }) => files[0]?.content)
        .join("\n")
    // Code that serves still writes users without a name; nothing else of it could break.
    expect(textOf("contract")).toMatch(
      /check \(name is not null\) not valid[\s\S]*validate[\s\S]*set not null/,
    )
    expect(textOf("contract")).not.toMatch(/email|best/)
    const sql = textOf("expand")
    expect(sql).toContain("CREATE INDEX CONCURRENTLY users_name_idx")
    expect(sql).toContain("create unique index concurrently users_email_key")
    expect(sql).toContain("FOREIGN KEY (best) REFERENCES public.invoices(id) not valid")

    await upgrade(target)
    expect(await drift({ ...target, scratch: { url: db.server.url } })).toMatchObject({ equal: true })
    expect(await connection.query("select name, note from users")).toEqual([{ name: "ada", note: "x" }])
    expect(await generate(options(project, db, "again"))).toEqual({ revisions: [], byHand: [] })
    await downgrade({ ...target, to: "aaaa" })
    expect(await drift({ ...target, scratch: { url: db.server.url } })).toMatchObject({
      equal: true,
      current: ["aaaa"],
    })
  })

  test("puts what removes into a revision of its own, and says what is lost", async () => {
    await using db = await testDatabase()
    await using project = await testProject(users)
    await project.write({
      "schema/users.sql": "create table users (id int primary key, name text, born date);",
    })
    const { revisions } = await generate(options(project, db, "born"))
    expect(revisions.map(({ phase, losses }) => [phase, losses])).toEqual([
      ["expand", []],
      ["contract", ["the values of public.users.note"]],
    ])
  })

  test("counts in a live database what would be lost there", async () => {
    await using db = await testDatabase()
    await using project = await testProject({})
    const connection = await db.connect()
    await connection.run(
      "create table users (id int primary key, note text); create table old (id int); insert into users select n, nullif(n, 1)::text from generate_series(1, 1200) n; insert into old values (1)",
    )
    await project.write({ "schema/users.sql": "create table users (id int primary key);" })
    const { revisions } = await generate({
      ...options(project, db, "less"),
      against: { url: db.url },
      write: false,
    })
    expect(revisions.flatMap(({ losses }) => losses).sort()).toEqual([
      "all rows of public.old (1 row)",
      "the values of public.users.note (1,199 values)",
    ])
  })

  test("tightens what exists in a contract, and loosens it in an expand", async () => {
    await using db = await testDatabase()
    await using project = await testProject({
      "a.sql": revision(
        "aaaa",
        "",
        "create table t (a int, b int not null, c int check (c < 5), d int); create table other (a int primary key);",
      ),
    })
    await project.write({
      "schema/t.sql": `create table t (a int primary key, b int, c int check (c < 9), d int not null references other,
          e int not null default 0 check (e < 5) unique, constraint both_below check (a < b));
        create unique index on t (b); create index on t (c);
        create table uses (a int references t, d int);`,
      "schema/other.sql": "create table other (a int primary key);",
    })
    const { revisions } = await generate(options(project, db, "tight"))
    const textOf = (wanted: string) =>
      revisions
        .filter(({ phase }) => phase === wanted)
        .flatMap(({ files }) => files[0]?.content.split("-- rollback")[0] ?? [])
        .join("\n")
    expect(textOf("expand")).toMatch(/alter column b drop not null/)
    expect(textOf("expand")).toMatch(/CHECK \(\(c < 9\)\)/)
    expect(textOf("expand")).toMatch(/add column e/)
    // The new table refers to it, so that it cannot wait.
    expect(textOf("expand")).toMatch(/PRIMARY KEY|primary key/)
    expect(textOf("expand")).not.toMatch(/both_below|FOREIGN KEY \(d\)|t_b_idx/)
    expect(textOf("contract")).toMatch(/both_below/)
    expect(textOf("contract")).toMatch(/FOREIGN KEY \(d\) REFERENCES public.other/)
    expect(textOf("contract")).toMatch(/alter column d set not null/)
    expect(textOf("contract")).toMatch(/UNIQUE INDEX CONCURRENTLY t_b_idx/)
    expect(await generate(options(project, db, "again"))).toEqual({ revisions: [], byHand: [] })
  })

  test("indexes of partitioned tables are built in the partitions, and can be undone", async () => {
    await using db = await testDatabase()
    const old = `create table logs (at date not null, host text) partition by range (at);
      create table logs_24 partition of logs for values from ('2024-01-01') to ('2025-01-01');
      create table old_hosts (id int, constraint hosts_pkey primary key (id));`
    await using project = await testProject({ "a.sql": revision("aaaa", "", old) })
    await project.write({
      "schema/logs.sql": `${old.replace("old_hosts (id int,", "hosts (id int, name text,")}
        create index logs_host on logs (host);`,
    })
    const { revisions } = await generate(options(project, db, "hosts"))
    expect(revisions.map(({ phase }) => phase)).toEqual(["expand", "expand", "expand", "contract"])
    const texts = revisions.map(({ files }) => files[0]?.content ?? "")
    expect(texts[1]).toMatch(/INDEX CONCURRENTLY logs_24_host_idx ON public.logs_24/)
    // The old one has the name of its index until it goes.
    expect(texts[3]).toMatch(/drop table public.old_hosts[\s\S]*create table public.hosts/)
  })

  test("what cannot be there beside what it replaces changes at once", async () => {
    await using db = await testDatabase()
    const old = `create function slug(t text) returns text language sql immutable as 'select lower(t)';
      create table pages (id int primary key, title text); create index pages_slug on pages (slug(title));`
    await using project = await testProject({ "a.sql": revision("aaaa", "", old) })
    await project.write({ "schema/pages.sql": old.replace("(t text)", "(t text, sep text default '-')") })
    const { revisions } = await generate(options(project, db, "slugs"))
    expect(new Set(revisions.map(({ phase }) => phase))).toEqual(new Set(["contract"]))
    const texts = revisions.map(({ files }) => files[0]?.content ?? "")
    expect(texts.join("\n")).toMatch(/INDEX CONCURRENTLY pages_slug/)
    expect(await generate(options(project, db, "again"))).toEqual({ revisions: [], byHand: [] })
  })

  test("a new column without a value for the rows that are there gets time to be filled", async () => {
    await using db = await testDatabase()
    await using project = await testProject({
      "a.sql": revision("aaaa", "", "create table t (a int primary key);"),
    })
    await project.write({
      "schema/t.sql":
        "create table t (a int primary key, b text not null, c int not null default 0, d int not null generated always as (a * 2) stored, e bigint generated always as identity);",
    })
    const { revisions } = await generate(options(project, db, "filled"))
    const [expand, ...rest] = revisions
    expect(expand?.files[0]?.content).toMatch(/add column b text;/)
    expect(rest.map(({ phase }) => phase)).toEqual(["contract", "contract", "contract"])
    const target = { root: project.root, url: db.url }
    await upgrade({ ...target, to: [expand?.id ?? ""] })
    const connection = await db.connect()
    await connection.run("insert into t values (1)")
    await expect(upgrade(target)).rejects.toMatchObject({
      code: "statement-failed",
      message: expect.stringContaining("violated by some row"),
    })
    await connection.run("update t set b = 'x'")
    await upgrade(target)
    expect(await connection.query("select * from t")).toEqual([{ a: 1, b: "x", c: 0, d: 2, e: "1" }])
  })

  test("rows that the revisions write and the schema forbids are for people to correct first", async () => {
    await using db = await testDatabase()
    await using project = await testProject({
      "a.sql": revision("aaaa", "", "create table t (a int primary key); insert into t values (1);"),
    })
    await project.write({ "schema/t.sql": "create table t (a int primary key, b text not null);" })
    await expect(generate(options(project, db, "b"))).rejects.toMatchObject({
      code: "rows-in-the-way",
      exitCode: 4,
      facts: { hint: expect.stringContaining("--phase migrate") },
    })
  })

  test("asks whether it is a rename, and renames where that is the answer", async () => {
    await using db = await testDatabase()
    await using project = await testProject(users)
    await project.write({
      "schema/users.sql": "create table users (id int primary key, full_name text, note text);",
    })
    const asked = options(project, db, "full names")
    await expect(generate(asked)).rejects.toMatchObject({
      code: "rename-or-drop",
      facts: { hint: "say which it is: --rename public.users.name=full_name or --drop public.users.name" },
    })
    const { revisions } = await generate({ ...asked, rename: ["public.users.name=full_name"] })
    expect(revisions.map(({ files }) => files[0]?.content)).toEqual([
      expect.stringContaining(`alter table public.users rename column name to full_name;

-- rollback
alter table public.users rename column full_name to name;`),
    ])
  })

  test("a rename that fits nothing is an error, not a drop", async () => {
    await using db = await testDatabase()
    await using project = await testProject(users)
    await project.write({
      "schema/users.sql": "create table users (id int primary key, name text, note text);",
    })
    await expect(
      generate({ ...options(project, db, "x"), rename: ["public.users.nmae=full_name"] }),
    ).rejects.toMatchObject({ code: "invalid-rename" })
  })
})
