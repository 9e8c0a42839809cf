import { tmpdir } from "node:os"
import { describe, expect, test } from "vitest"
import { eachMajor } from "../database.ts"
import { lockstep } from "./lockstep.ts"
import { checkedJson } from "./schemas.ts"

const cwd = tmpdir()

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
