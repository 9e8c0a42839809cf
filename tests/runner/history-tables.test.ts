import { describe, expect, test, vi } from "vitest"
import { status } from "../../src/api/status.ts"
import { upgrade } from "../../src/api/upgrade.ts"
import { createLockTable, upgradeTables } from "../../src/history/install.ts"
import { readHistory } from "../../src/history/read.ts"
import { type TableUpgrade, upgrades } from "../../src/history/tables.ts"
import { acquireLock } from "../../src/runner/lock.ts"
import { eachMajor, testDatabase } from "../database.ts"
import { revision, testProject } from "../project.ts"
import { historyOf } from "./state.ts"

const files = {
  "a.sql": revision("aaaa", "", "create table users (id int);"),
  "b.sql": revision("bbbb", "aaaa", "create index concurrently on users (id);"),
}

describe("Lockstep's own tables", () => {
  test("are brought from an earlier format to the present one, and nothing that they hold is lost", async () => {
    await using db = await testDatabase()
    await using project = await testProject(files)
    await upgrade({ root: project.root, url: db.url })
    const connection = await db.connect()
    const before = await historyOf(connection)
    const next: TableUpgrade = (schema) =>
      `alter table ${schema}.revision add column later int not null default 1`
    await upgradeTables(connection, "lockstep", upgrades.length, [...upgrades, next])
    expect(await historyOf(connection)).toEqual(before)
    expect(await connection.query("select distinct later from lockstep.revision")).toEqual([{ later: 1 }])
    // This version does not know the format that the next one has left, and says so.
    await expect(status({ root: project.root, url: db.url })).rejects.toMatchObject({
      code: "history-newer",
      exitCode: 2,
    })
  })

  test("are left as they were where that fails half way", async () => {
    await using db = await testDatabase()
    await using project = await testProject(files)
    await upgrade({ root: project.root, url: db.url })
    const connection = await db.connect()
    const failing: readonly TableUpgrade[] = [
      ...upgrades,
      (schema) => `alter table ${schema}.revision add column later int`,
      () => "select 1 / 0",
    ]
    await expect(upgradeTables(connection, "lockstep", upgrades.length, failing)).rejects.toThrow(
      "division by zero",
    )
    expect((await readHistory(connection, "lockstep", true)).format).toBe(upgrades.length)
    expect((await upgrade({ root: project.root, url: db.url })).applied).toEqual([])
  })

  test("are finished by the next run where only the lock was made", async () => {
    await using db = await testDatabase()
    await using project = await testProject(files)
    await createLockTable(await db.connect(), "lockstep")
    expect(await status({ root: project.root, url: db.url })).toMatchObject({ managed: false })
    expect((await upgrade({ root: project.root, url: db.url })).applied).toHaveLength(2)
  })

  test("are not waited for by whoever comes second, while the first one works", async () => {
    await using db = await testDatabase()
    const first = await db.connect()
    await first.run(
      "begin; create schema if not exists lockstep; create table lockstep.lock (); create table lockstep.meta (key text primary key, value text not null)",
    )
    // The second one finds the names taken by a transaction that is not finished, and then the lock taken.
    const second = await db.connect()
    const making = createLockTable(second, "lockstep").then(() => "made")
    const waits = `select from pg_locks where pid = ${second.announcedPid} and not granted`
    await vi.waitUntil(async () => (await first.query(waits)).length > 0, { timeout: 120_000, interval: 5 })
    await first.run("commit")
    const lock = await acquireLock(db.connect, "lockstep", { waitMs: 0 })
    expect(await making).toBe("made")
    await lock.release()
  })

  test("may be forbidden by an event trigger, which is said as the server says it", async () => {
    await using db = await testDatabase()
    const connection = await db.connect()
    await connection.run(`create function no_ddl() returns event_trigger language plpgsql as $$
begin raise 'no DDL without a ticket' using hint = 'ask for one'; end $$;
create event trigger no_ddl on ddl_command_end execute function no_ddl()`)
    await using project = await testProject({ "a.sql": revision("aaaa", "", "select 1;") })
    await expect(upgrade({ root: project.root, url: db.url })).rejects.toMatchObject({
      code: "server-refused",
      message: expect.stringContaining("no DDL without a ticket"),
      exitCode: 1,
    })
  })

  test("that are not all there are named, and nothing runs", async () => {
    await using db = await testDatabase()
    await using project = await testProject(files)
    const options = { root: project.root, url: db.url }
    await upgrade({ ...options, to: "aaaa" })
    const connection = await db.connect()
    await connection.run("drop table lockstep.step cascade")
    await expect(status(options)).rejects.toMatchObject({ code: "history-damaged", exitCode: 2 })
    await expect(upgrade(options)).rejects.toMatchObject({ code: "history-damaged" })
  })
})

describe("their schema", () => {
  const name = `Die "Geschichte" 1`

  eachMajor("may have any name", async (db) => {
    await using project = await testProject(files)
    const options = { root: project.root, url: db.url, historySchema: name }
    const role = await db.role()
    await upgrade({ ...options, applicationRoles: [role] })
    expect(await status(options)).toMatchObject({ managed: true, appliedCount: 2 })
    expect((await upgrade(options)).applied).toEqual([])
    const connection = await db.connect()
    expect(await historyOf(connection, name)).toHaveLength(4)
    expect(await connection.query("select to_regnamespace('lockstep') as other")).toEqual([{ other: null }])
    const application = await db.connectAs(role)
    expect(await application.query(`select id from "Die ""Geschichte"" 1".applied`)).toHaveLength(2)
    await connection.run(`drop owned by ${role}`)
  })

  eachMajor("may have been made by an administrator, for a role that may not make one", async (db) => {
    await using project = await testProject(files)
    const migrator = await db.role()
    const options = { root: project.root, url: db.urlOf(migrator) }
    const admin = await db.connect()
    await admin.run(
      `revoke create on database ${db.name} from public; grant create on schema public to ${migrator}`,
    )
    await expect(upgrade(options)).rejects.toMatchObject({
      code: "history-not-writable",
      exitCode: 2,
      facts: { hint: expect.stringContaining("create schema lockstep authorization") },
    })
    await admin.run(`create schema lockstep authorization ${migrator}`)
    expect((await upgrade(options)).applied).toHaveLength(2)
    await admin.run(`drop owned by ${migrator}`)
  })

  eachMajor("is not taken over from a role that got there first", async (db) => {
    await using project = await testProject(files)
    const [migrator, application] = [await db.role(), await db.role()]
    const admin = await db.connect()
    await admin.run(
      `grant create on database ${db.name} to ${migrator}, ${application}; grant create on schema public to ${migrator}`,
    )
    const squatter = await db.connectAs(application)
    await squatter.run(`create schema lockstep; grant all on schema lockstep to public`)
    const options = { root: project.root, url: db.urlOf(migrator) }
    await expect(upgrade(options)).rejects.toMatchObject({
      code: "history-owned-by-stranger",
      exitCode: 2,
      message: expect.stringContaining(application),
    })
    await admin.run(`grant ${application} to ${migrator}`)
    expect((await upgrade(options)).applied).toHaveLength(2)
    await admin.run(`drop owned by ${migrator}, ${application}`)
  })

  test("is out of bounds for a role without rights, whether it reads or writes", async () => {
    await using db = await testDatabase()
    await using project = await testProject(files)
    await upgrade({ root: project.root, url: db.url })
    await project.write({ "migrations/c.sql": revision("cccc", "bbbb", "select 1;") })
    const stranger = await db.role()
    const options = { root: project.root, url: db.urlOf(stranger) }
    await expect(status(options)).rejects.toMatchObject({ code: "history-not-readable", exitCode: 2 })
    await expect(upgrade(options)).rejects.toMatchObject({ code: "history-not-readable" })

    const admin = await db.connect()
    await admin.run(
      `grant usage on schema lockstep to ${stranger}; grant select on all tables in schema lockstep to ${stranger}`,
    )
    expect(await status(options)).toMatchObject({ appliedCount: 2 })
    await expect(upgrade(options)).rejects.toMatchObject({ code: "history-not-writable" })
    await admin.run(`drop owned by ${stranger}`)
  })
})
