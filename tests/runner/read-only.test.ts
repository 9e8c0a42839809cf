import { mkdtempSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { expect, test } from "vitest"
import { previewUpgrade } from "../../src/api/preview.ts"
import { status } from "../../src/api/status.ts"
import { upgrade } from "../../src/api/upgrade.ts"
import { assertSchema } from "../../src/app/index.ts"
import { connect } from "../../src/db/node-postgres.ts"
import { parseConnection } from "../../src/db/settings.ts"
import { startServer } from "../../src/scratch/embedded.ts"
import { testDatabase } from "../database.ts"
import { revision, testProject } from "../project.ts"

const users = { "1_users.sql": revision("aaaa", "", "create table users (id int);") }
const phone = { "2_phone.sql": revision("bbbb", "aaaa", "alter table users add phone text;") }

test("a role that is read-only by default is refused, and told what to do", async () => {
  await using db = await testDatabase()
  await using project = await testProject(users)
  const role = await db.role("login superuser")
  await (await db.connect()).run(`alter role ${role} set default_transaction_read_only = on`)
  const options = { root: project.root, url: db.urlOf(role) }
  await expect(upgrade(options)).rejects.toMatchObject({
    code: "read-only-target",
    facts: { hint: expect.stringContaining(`alter role "${role}" reset default_transaction_read_only`) },
  })
  expect(await status(options)).toMatchObject({ managed: false, appliedCount: 0 })
})

test("a replica answers all questions, and takes no upgrade", async () => {
  const dataDir = mkdtempSync(join(tmpdir(), "lockstep-standby-"))
  rmSync(dataDir, { recursive: true })
  const settings = { wal_level: "replica", hot_standby: "on" }
  try {
    await using project = await testProject(users)
    {
      await using primary = await startServer({ dataDir, settings })
      await upgrade({ root: project.root, url: primary.url() })
    }
    // It follows nobody, but is a replica in every other respect.
    writeFileSync(join(dataDir, "standby.signal"), "", { mode: 0o644 })
    await using replica = await startServer({ dataDir, settings })
    await project.write({ "migrations/2_phone.sql": phone["2_phone.sql"] })
    const options = { root: project.root, url: replica.url() }
    await expect(upgrade(options)).rejects.toMatchObject({
      code: "read-only-target",
      message: expect.stringContaining("is a replica"),
    })
    expect((await status(options)).pending.map(({ id }) => id)).toEqual(["bbbb"])
    expect((await previewUpgrade(options)).revisions.map(({ id }) => id)).toEqual(["bbbb"])
    const connection = await connect(parseConnection(replica.url()))
    expect(await assertSchema(connection, { revisions: ["aaaa"] })).toEqual({ needed: 1, ahead: [] })
    await connection.close()
  } finally {
    rmSync(dataDir, { recursive: true, force: true })
  }
})
