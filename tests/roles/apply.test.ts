import { randomBytes } from "node:crypto"
import { describe, expect, test } from "vitest"
import type { Connection } from "../../src/db/connection.ts"
import { applyRoleSetup, auditRoles, planRoleSetup, type RolesModel } from "../../src/index.ts"
import { quoteIdentifier as q } from "../../src/sql/identifier.ts"
import { eachMajor, majors, type TestDatabase, testDatabase } from "../database.ts"

/** Roles with names that need quotes, in a schema whose name does too. */
function modelFor(): {
  readonly model: Required<Pick<RolesModel, "owner" | "migrator">> & RolesModel
  readonly names: readonly string[]
} {
  const suffix = randomBytes(4).toString("hex")
  const name = (word: string) => `${word} "${suffix}"`
  const owner = name("Owner")
  const [migrator, api, worker, report] = [name("Migrator"), name("Api"), name("worker"), name("Report")]
  const model = {
    owner,
    migrator,
    schemas: ["My App"],
    applications: { [api]: { statementTimeoutMs: 30_000, connectionLimit: 7 }, [worker]: {} },
    reporting: { [report]: {} },
  }
  return { model, names: [api, worker, report, migrator, `${owner}_rw`, `${owner}_ro`, owner] }
}

/** Over the superuser's connection, as another role would be after its login. */
async function as(admin: Connection, role: string, sql: string): Promise<string | undefined> {
  await admin.run(`set session authorization ${q(role)}; set search_path = "My App"`)
  try {
    await admin.run(sql)
    return undefined
  } catch (error) {
    return (error as { sqlState?: string }).sqlState ?? String(error)
  } finally {
    await admin.run("rollback; reset session authorization; reset search_path")
  }
}

async function cleanUp(db: TestDatabase, admin: Connection, names: readonly string[]): Promise<void> {
  await admin.run("reset session authorization")
  await admin.run(`alter database ${db.name} owner to ${db.server.user}`)
  for (const name of names) {
    const [found] = await admin.query("select from pg_roles where rolname = $1", [name])
    if (found !== undefined) await admin.run(`drop owned by ${q(name)} cascade`)
  }
  for (const name of names) await admin.run(`drop role if exists ${q(name)}`)
}

const takeOver = `create schema "My App"; create table "My App".users (id serial primary key, name text);
  create view "My App".names as select name from "My App".users; create type "My App".state as enum ('a');
  create function "My App".one() returns int language sql as 'select 1'`

async function expectSetUp(db: TestDatabase, admin: Connection, model: RolesModel): Promise<void> {
  const [api = "", worker = ""] = Object.keys(model.applications ?? {})
  const [report = ""] = Object.keys(model.reporting ?? {})

  expect(
    await as(admin, api, "insert into users (name) values ('a'); select * from names; select one()"),
  ).toBeUndefined()
  expect(await as(admin, report, "select * from users; select * from names")).toBeUndefined()
  expect(await as(admin, report, "insert into users (name) values ('a')")).toBe("42501")
  for (const ddl of [
    "create table t ()",
    "create schema s",
    "create temp table t ()",
    "alter table users add column more int",
    "drop table users",
    "create index on users (name)",
    "truncate users",
  ])
    expect([ddl, await as(admin, api, ddl)]).toEqual([ddl, "42501"])

  // Without SET ROLE the migrator can do nothing; as the owner, what it makes is usable at once, and nobody else's.
  expect(await as(admin, model.migrator, 'create table "My App".t ()')).toBe("42501")
  const migrate = `set role ${q(model.owner)}; create table "My App".orders (id serial primary key);
    create function "My App".two() returns int language sql as 'select 2'`
  expect(await as(admin, model.migrator, migrate)).toBeUndefined()
  expect(await as(admin, worker, "insert into orders default values; select two()")).toBeUndefined()
  expect(await as(admin, report, "select two()")).toBe("42501")

  for (const role of [api, worker, report])
    expect(await auditRoles({ url: db.url, role })).toMatchObject({ paths: [], excess: [] })
}

describe("roles apply", () => {
  eachMajor("takes over a database whose tables the application owns, as a superuser", async (db) => {
    const { model, names } = modelFor()
    const admin = await db.connect()
    const [api = ""] = Object.keys(model.applications ?? {})
    try {
      await admin.run(`create role ${q(api)} login createdb; alter database ${db.name} owner to ${q(api)}`)
      expect(await as(admin, api, takeOver)).toBeUndefined()
      expect(await auditRoles({ url: db.url, role: api })).toMatchObject({
        paths: expect.arrayContaining([expect.anything()]),
      })

      const options = { url: db.url, model }
      const plan = await planRoleSetup(options)
      expect(plan.steps).toContainEqual({
        sql: `ALTER TABLE "My App".users OWNER TO ${q(model.owner)}`,
        because: `it belongs to ${api}, who could alter it`,
      })

      // Two at once: one does it, the other finds it done.
      const outcomes = await Promise.all([applyRoleSetup(options), applyRoleSetup(options)])
      expect(outcomes.flatMap(({ audits }) => audits.flatMap(({ paths }) => paths))).toEqual([])
      expect(await planRoleSetup(options)).toMatchObject({ steps: [] })
      expect(await applyRoleSetup(options)).toMatchObject({ steps: [] })
      await expectSetUp(db, admin, model)
      expect(await planRoleSetup(options)).toMatchObject({ steps: [] })
    } finally {
      await cleanUp(db, admin, names)
    }
  })

  eachMajor("works without a superuser, as the administrators of clouds do", async (db) => {
    const { model, names } = modelFor()
    const admin = await db.connect()
    const cloud = await db.role("login createrole createdb")
    const [api = ""] = Object.keys(model.applications ?? {})
    try {
      await admin.run(`alter database ${db.name} owner to ${cloud}; alter schema public owner to ${cloud}`)
      expect(await as(admin, cloud, `create role ${q(api)} login`)).toBeUndefined()
      await admin.run(`grant create on database ${db.name} to ${q(api)}`)
      expect(await as(admin, api, takeOver)).toBeUndefined()
      await admin.run(`revoke create on database ${db.name} from ${q(api)}`)

      const options = { url: db.urlOf(cloud), model }
      const { audits } = await applyRoleSetup(options)
      expect(audits.map(({ paths }) => paths)).toEqual([[], [], []])
      expect(await applyRoleSetup(options)).toMatchObject({ steps: [] })
      await expectSetUp(db, admin, model)
      // What it granted itself for the time is gone.
      const [held] = await admin.query<{ held: boolean }>(
        `select pg_has_role('${cloud}', $1, 'usage') as held`,
        [model.owner],
      )
      expect(held).toEqual({ held: false })
    } finally {
      await admin.run(`drop owned by ${cloud}`).catch(() => undefined)
      await cleanUp(db, admin, names)
      await admin.run(`drop owned by ${cloud}`)
    }
  })

  test("what the server refuses leaves nothing behind", async () => {
    await using db = await testDatabase({ major: majors.at(-1) ?? 18 })
    const { model } = modelFor()
    const nobody = await db.role()
    await expect(applyRoleSetup({ url: db.urlOf(nobody), model })).rejects.toMatchObject({
      code: "roles-not-applied",
      facts: { sqlState: "42501", details: expect.arrayContaining(["nothing was changed"]) },
    })
  })
})
