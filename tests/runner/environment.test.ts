import { describe, expect, test } from "vitest"
import { markEnvironment } from "../../src/api/environment.ts"
import { status } from "../../src/api/status.ts"
import { upgrade } from "../../src/api/upgrade.ts"
import { testDatabase } from "../database.ts"
import { revision, testProject } from "../project.ts"

const files = { "a.sql": revision("aaaa", "", "create table users (id int);") }

describe("a database that is marked as an environment", () => {
  test("refuses commands for another one, reading too, and nothing is written", async () => {
    await using db = await testDatabase()
    await using project = await testProject(files)
    const options = { root: project.root, url: db.url }
    await markEnvironment({ url: db.url, name: "staging" })
    const wrong = { code: "wrong-environment", exitCode: 3, facts: { subject: "staging" } }
    await expect(upgrade({ ...options, environment: "prod" })).rejects.toMatchObject(wrong)
    await expect(status({ ...options, environment: "prod" })).rejects.toMatchObject(wrong)
    const connection = await db.connect()
    expect(await connection.query("select command from lockstep.run")).toEqual([{ command: "init" }])
    expect(await upgrade({ ...options, environment: "staging" })).toMatchObject({ environment: "staging" })
  })

  test("need not be named where it is not protected", async () => {
    await using db = await testDatabase()
    await using project = await testProject(files)
    await markEnvironment({ url: db.url, name: "dev" })
    expect(await upgrade({ root: project.root, url: db.url })).toMatchObject({ environment: "dev" })
  })

  test("must be named by whoever changes it, where it is protected; everybody may look", async () => {
    await using db = await testDatabase()
    await using project = await testProject(files)
    const options = { root: project.root, url: db.url }
    await markEnvironment({ url: db.url, name: "prod", protect: true })
    await expect(upgrade(options)).rejects.toMatchObject({ code: "environment-not-named", exitCode: 4 })
    expect(await status(options)).toMatchObject({ environment: "prod", protected: true })
    expect((await upgrade({ ...options, environment: "prod" })).applied).toHaveLength(1)
  })

  test("is not reached by an address from .env, where it is protected", async () => {
    await using db = await testDatabase()
    await using project = await testProject(files)
    await markEnvironment({ url: db.url, name: "prod", protect: true })
    const options = { root: project.root, url: db.url, urlOrigin: ".env", environment: "prod" }
    const refused = { code: "dotenv-protected", exitCode: 3 }
    await expect(upgrade(options)).rejects.toMatchObject(refused)
    await expect(status(options)).rejects.toMatchObject(refused)
    await expect(
      markEnvironment({ url: db.url, urlOrigin: ".env", name: "prod", protect: false, because: "x" }),
    ).rejects.toMatchObject(refused)
  })
})

describe("the mark", () => {
  test("may be written again as it is", async () => {
    await using db = await testDatabase()
    await markEnvironment({ url: db.url, name: "prod", protect: true })
    expect(await markEnvironment({ url: db.url, name: "prod", protect: true })).toMatchObject({
      before: "prod",
    })
  })

  test("is changed for a reason only, and the change is recorded", async () => {
    await using db = await testDatabase()
    await markEnvironment({ url: db.url, name: "staging" })
    const change = { url: db.url, name: "prod", protect: true }
    await expect(markEnvironment(change)).rejects.toMatchObject({ code: "wrong-environment" })
    await expect(markEnvironment({ ...change, because: " " })).rejects.toMatchObject({
      code: "wrong-environment",
    })
    await expect(markEnvironment({ ...change, name: "staging" })).rejects.toMatchObject({
      code: "reason-needed",
    })
    expect(await markEnvironment({ ...change, because: "promoted" })).toMatchObject({ before: "staging" })
    const connection = await db.connect()
    expect(await connection.query("select message, details from lockstep.event order by id")).toEqual([
      { message: "staging", details: { name: "staging", protected: false } },
      { message: "prod", details: { name: "prod", protected: true, before: "staging", because: "promoted" } },
    ])
  })

  test("survives as any text", async () => {
    await using db = await testDatabase()
    const name = `Prod's "EU" \\ 1`
    await markEnvironment({ url: db.url, name })
    await using project = await testProject(files)
    expect(await status({ root: project.root, url: db.url, environment: name })).toMatchObject({
      environment: name,
    })
  })
})
