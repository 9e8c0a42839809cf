import { tmpdir } from "node:os"
import { describe, expect, test } from "vitest"
import { eachMajor } from "../database.ts"
import { testProject } from "../project.ts"
import { lockstep } from "./lockstep.ts"
import { checkedJson } from "./schemas.ts"

const cwd = tmpdir()

describe("roles plan and apply", () => {
  eachMajor("set up what the configuration says, and keep to it", async (db) => {
    const suffix = db.name.slice(5)
    const [owner, migrator, api] = [`owner_${suffix}`, `migrator_${suffix}`, `api_${suffix}`]
    await using project = await testProject({})
    const roles = { owner, migrator, schemas: "app", applications: { [api]: { lockTimeout: "2s" } } }
    await project.write({ "lockstep.config.json": JSON.stringify({ url: db.url, roles }) })
    const admin = await db.connect()
    await admin.run(`create schema app; create function app.run(q text) returns void language plpgsql security definer
      as 'begin execute q; end'`)
    try {
      const plan = await lockstep(["roles", "plan"], { cwd: project.root })
      expect(plan).toMatchObject({ exit: 0 })
      expect(plan.stdout).toMatch(/^BEGIN;\n-- owns everything and cannot log in.*\nCREATE ROLE/)

      // A function is left to whoever wrote it, and is told.
      const apply = await lockstep(["roles", "apply"], { cwd: project.root })
      expect(apply.exit).toBe(3)
      expect(apply.stdout).toContain("it runs SQL that its caller can write")

      const again = await lockstep(["roles", "apply", "--json"], { cwd: project.root })
      const { result } = checkedJson("roles", again.stdout) as {
        result: { steps: []; audits: { paths: { id: string }[] }[] }
      }
      const [path] = result.audits[0]?.paths ?? []
      expect(result.steps).toEqual([])

      // So is a trigger that runs what stands in a row: to close it would take the application's writes away.
      await admin.run(`create table app.jobs (q text); create function app.t() returns trigger language plpgsql as
        'begin execute new.q; return new; end'; create trigger t before insert on app.jobs for each row execute function app.t()`)
      await lockstep(["roles", "apply"], { cwd: project.root })
      const stored = await lockstep(["roles", "apply", "--json"], { cwd: project.root })
      expect(checkedJson("roles", stored.stdout)).toMatchObject({
        exit: 3,
        result: {
          steps: [],
          audits: [
            { paths: expect.arrayContaining([expect.objectContaining({ id: "stored:app.jobs app.t()" })]) },
          ],
        },
      })
      await admin.run("drop table app.jobs; drop function app.t()")
      const accept = { [path?.id ?? ""]: "only administrators know of it" }
      await project.write({
        "lockstep.config.json": JSON.stringify({ url: db.url, roles: { ...roles, accept } }),
      })
      const audit = await lockstep(["roles", "audit"], { cwd: project.root })
      expect(audit).toMatchObject({
        exit: 0,
        stdout: expect.stringContaining("because only administrators know of it"),
      })
      await admin.run(
        "create or replace function app.run(q text) returns void language plpgsql security definer as 'begin execute q || q; end'",
      )
      expect(await lockstep(["roles", "audit"], { cwd: project.root })).toMatchObject({ exit: 3 })
    } finally {
      await admin.run(`alter database ${db.name} owner to ${db.server.user}`)
      for (const role of [api, migrator, `${owner}_rw`, `${owner}_ro`, owner])
        await admin.run(`drop owned by ${role} cascade; drop role ${role}`)
    }
  })

  test("every mistake in the setting is named by its key", async () => {
    await using project = await testProject({})
    const roles = {
      owner: "o",
      migrator: "o",
      aplications: ["a"],
      applications: { b: { statementTimeout: "soon", connectionLimit: -2 } },
    }
    await project.write({ "lockstep.config.json": JSON.stringify({ roles }) })
    const { exit, stderr } = await lockstep(["roles", "plan"], { cwd: project.root })
    expect(exit).toBe(2)
    expect(stderr).toMatch(/roles\.aplications: .*applications/)
    expect(stderr).toContain('roles.migrator: "o" is the owner already')
    expect(stderr).toContain("roles.applications.b.statementTimeout: must be")
    expect(stderr).toContain("roles.applications.b.connectionLimit: must be a whole number from -1")
  })
})

describe("roles audit --tenants", () => {
  eachMajor("names tables in which tenants are not kept apart", async (db) => {
    await using project = await testProject({})
    const admin = await db.connect()
    await admin.run(`create schema app; create table app.countries (code text);
      create table app.orders (tenant_id int not null, id int, primary key (tenant_id, id));
      create table app.lines (tenant_id int not null, order_id int, id int primary key,
        foreign key (tenant_id, order_id) references app.orders); create index on app.lines (tenant_id);
      create table app.notes (tenant_id int, line_id int references app.lines); create table app.loose (id int)`)
    const configure = (tenants: object) =>
      project.write({ "lockstep.config.json": JSON.stringify({ url: db.url, tenants }) })
    const audit = async () => {
      const { exit, stdout } = await lockstep(["roles", "audit", "--tenants", "--json"], {
        cwd: project.root,
      })
      const { result } = checkedJson("roles", stdout) as {
        result: { findings: { table: string; rule: string }[] }
      }
      return { exit, result, found: result.findings.map(({ table, rule }) => `${table} ${rule}`) }
    }
    const exceptions = { "app.countries": "the same for all" }
    await configure({ schemas: "app", exceptions })
    expect(await audit()).toMatchObject({
      exit: 3,
      found: ["app.loose column", "app.notes not-null", "app.notes index", "app.notes foreign-key"],
      result: { exceptions: [{ table: "app.countries", because: "the same for all" }] },
    })

    await admin.run(`drop table app.loose, app.notes; alter table app.orders enable row level security, force row level security;
      create policy own on app.orders using (tenant_id = 1); alter table app.lines enable row level security; create policy own on app.lines for select using (true)`)
    expect(await audit()).toMatchObject({ exit: 0, found: [] })
    await configure({ schemas: "app", by: "row-security", exceptions })
    expect(await audit()).toMatchObject({
      exit: 3,
      // It lacks policies for three commands, and the one that it has is true for every tenant.
      found: ["app.lines row-security", ...Array(4).fill("app.lines policy")],
    })

    // Whoever may read one of these sees what the policies would hide; the last two ask for the reader's own rights.
    await admin.run(`create view app.all_lines as select * from app.lines; create materialized view app.sums as select count(*) from app.orders;
      create view app.told as select * from app.orders`)
    await configure({
      schemas: "app",
      by: "row-security",
      exceptions: { ...exceptions, "app.told": "for support" },
    })
    expect(await audit()).toMatchObject({
      found: expect.arrayContaining(["app.all_lines view", "app.sums view"]),
      result: { exceptions: expect.arrayContaining([{ table: "app.told", because: "for support" }]) },
    })
    await admin.run("drop materialized view app.sums")
    if (db.major >= 15) await admin.run("alter view app.all_lines set (security_invoker = on)")
    else await admin.run("drop view app.all_lines")
    expect((await audit()).found.filter((each) => each.endsWith(" view"))).toEqual([])
  })
})

describe("whoami", () => {
  eachMajor("says what the role may become, and through what", async (db) => {
    const [migrator, owner, group] = [
      await db.role("login noinherit"),
      await db.role("nologin"),
      await db.role("nologin"),
    ]
    const admin = await db.connect()
    await admin.run(`grant ${owner} to ${migrator}; grant ${group} to ${owner}`)
    const { exit, stdout } = await lockstep(["whoami", db.urlOf(migrator)], { cwd })
    expect(exit).toBe(0)
    expect(stdout).toContain(`${migrator} on ${db.name}\n`)
    expect(stdout).toContain(`may become ${owner}: ${migrator} -> ${owner} (SET ROLE)`)
    const { result } = checkedJson(
      "whoami",
      (await lockstep(["whoami", db.urlOf(migrator), "--json"], { cwd })).stdout,
    )
    expect(result).toMatchObject({
      user: migrator,
      superuser: false,
      becomes: [
        { role: owner },
        { role: group, through: [`${migrator} -> ${owner} (SET ROLE)`, `${owner} -> ${group} (SET ROLE)`] },
      ],
    })
  })
})

describe("roles audit", () => {
  eachMajor("answers for any database, without a project and without a superuser", async (db) => {
    const app = await db.role()
    const admin = await db.connect()
    await admin.run(`create schema app; create table app.users (id int); grant usage on schema app to ${app};
      grant select, insert on app.users to ${app}; revoke all on schema public from public`)

    const clean = await lockstep(["roles", "audit", db.urlOf(app), "--json"], { cwd })
    expect(clean).toMatchObject({ exit: 0 })
    // The members of the result stand in the document as well.
    const { role: _, paths: __, excess, unseen, ...envelope } = JSON.parse(clean.stdout)
    const { result } = checkedJson("roles", JSON.stringify(envelope))
    expect(result).toMatchObject({ excess, unseen })
    expect(result).toMatchObject({ role: app, paths: [], excess: [{ id: `temporary:database ${db.name}` }] })

    await admin.run(`grant create on schema app to ${app}; grant truncate on app.users to ${app}`)
    const open = await lockstep(["roles", "audit", db.urlOf(app), "--role", app, "--json"], { cwd })
    const document = JSON.parse(open.stdout)
    expect(open.exit).toBe(3)
    expect(document).toMatchObject({
      role: app,
      paths: [
        {
          id: "create:schema app",
          chain: [expect.stringContaining(`${app} has CREATE on schema app`), expect.any(String)],
          fix: `REVOKE CREATE ON SCHEMA app FROM ${app};`,
        },
      ],
      excess: [{ id: `temporary:database ${db.name}` }, { id: "truncate:table app.users" }],
      unseen: [expect.stringContaining("pg_hba.conf"), expect.any(String)],
    })
    expect(document.result.paths).toEqual(document.paths)
  })

  eachMajor("speaks of several roles at once, in text and in SARIF", async (db) => {
    const [one, two] = [await db.role(), await db.role("login createdb")]
    const audit = (...more: string[]) =>
      lockstep(["roles", "audit", db.url, "--role", one, "--role", two, ...more], { cwd })
    await (await db.connect()).run("revoke all on schema public from public")

    const text = await audit()
    expect(text.exit).toBe(3)
    expect(text.stdout).toContain(`no path: ${one} can read and write, and no more`)
    expect(text.stdout).toContain(`close it: ALTER ROLE ${two} NOCREATEDB;`)

    const json = checkedJson("roles", (await audit("--json")).stdout)
    expect(json.result).toMatchObject({ roles: [{ role: one, paths: [] }, { role: two }] })

    const sarif = JSON.parse((await audit("--format", "sarif")).stdout)
    expect(sarif).toMatchObject({ version: "2.1.0", runs: [{ tool: { driver: { name: "lockstep" } } }] })
    const errors = sarif.runs[0].results.filter(({ level }: { level: string }) => level === "error")
    expect(errors).toMatchObject([{ ruleId: "createdb", message: { text: expect.stringContaining(two) } }])
  })

  test("a role or an action that does not exist is an error of usage", async () => {
    const { testDatabase } = await import("../database.ts")
    await using db = await testDatabase()
    const role = await lockstep(["roles", "audit", db.url, "--role", "postgers"], { cwd })
    expect(role).toMatchObject({ exit: 2, stderr: expect.stringContaining("[no-such-role]") })
    expect(role.stderr).toContain("postgres")
    const action = await lockstep(["roles", "audti", db.url], { cwd })
    expect(action).toMatchObject({ exit: 2, stderr: expect.stringContaining("audit") })
  })
})
