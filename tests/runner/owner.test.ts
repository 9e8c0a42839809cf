import { randomBytes } from "node:crypto"
import { describe, expect } from "vitest"
import type { Connection } from "../../src/db/connection.ts"
import { applyRoleSetup, type RolesModel, upgrade } from "../../src/index.ts"
import { quoteIdentifier as q } from "../../src/sql/identifier.ts"
import { eachMajor, type TestDatabase } from "../database.ts"
import { revision, testProject } from "../project.ts"

interface SetUp extends AsyncDisposable {
  readonly admin: Connection
  readonly model: Required<Pick<RolesModel, "owner" | "migrator">>
  /** What `upgrade` is given, besides the folder. */
  readonly target: Parameters<typeof upgrade>[0]
}

/** A database with its roles, whose names need quotes. */
async function setUp(db: TestDatabase): Promise<SetUp> {
  const suffix = randomBytes(4).toString("hex")
  const [owner, rw, ro] = [`Owner ${suffix}`, `rw ${suffix}`, `ro ${suffix}`]
  const migrator = `migrator_${suffix}`
  const admin = await db.connect()
  const model = { owner, migrator, readWrite: rw, readOnly: ro, schemas: ["app"] }
  await applyRoleSetup({ url: db.url, model })
  return {
    admin,
    model,
    target: {
      url: db.urlOf(migrator),
      lockAttempts: 1,
      owner: { role: owner, schemas: ["app"], readWrite: rw, readOnly: ro, exempt: ["app.secrets"] },
    },
    async [Symbol.asyncDispose]() {
      await admin.run(`alter database ${db.name} owner to ${db.server.user}`)
      for (const role of [migrator, rw, ro, owner])
        await admin.run(`drop owned by ${q(role)} cascade; drop role ${q(role)}`)
    },
  }
}

describe("with an owner", () => {
  eachMajor(
    "what the migrator makes belongs to the owner, in every way in which a revision runs",
    async (db) => {
      await using roles = await setUp(db)
      const { admin, model } = roles
      await using project = await testProject({
        "1.sql": revision("a1", "", "create table app.users (id serial primary key, name text);"),
        "2.sql": revision(
          "a2",
          "a1",
          "create index concurrently users_name on app.users (name);\ncreate view app.names as select name from app.users;",
          "-- transaction: none",
        ),
        "3.sql": revision(
          "a3",
          "a2",
          "create table app.secrets (s text); revoke all on app.secrets from public;\n-- verify\nselect true from app.users limit 0;",
        ),
      })
      const { root } = project
      const { applied } = await upgrade({ ...roles.target, root })
      expect(applied.map(({ id }) => id)).toEqual(["a1", "a2", "a3"])
      const rows = await admin.query<{ owner: string }>(
        `select distinct pg_get_userbyid(relowner) as owner from pg_class where relnamespace = 'app'::regnamespace`,
      )
      expect(rows).toEqual([{ owner: model.owner }])
      const [history] = await admin.query<{ owner: string }>(
        `select pg_get_userbyid(relowner) as owner from pg_class where oid = 'lockstep.revision'::regclass`,
      )
      expect(history).toEqual({ owner: model.migrator })
    },
  )

  eachMajor("what is not as declared is rolled back", async (db) => {
    await using roles = await setUp(db)
    const { admin, model, target } = roles
    await using project = await testProject({
      "1.sql": revision(
        "b1",
        "",
        `alter default privileges in schema app revoke select on tables from ${q(`ro ${model.owner.slice(6)}`)}; create table app.users (id int);`,
      ),
    })
    const { root } = project
    await expect(upgrade({ ...target, root })).rejects.toMatchObject({
      code: "not-as-declared",
      facts: {
        details: [expect.stringMatching(/^ro .* has not SELECT on table app\.users$/), expect.any(String)],
      },
    })
    expect(await admin.query("select to_regclass('app.users') as users")).toEqual([{ users: null }])

    // Whoever can leave the owner's role is stopped as well.
    await project.write({
      "migrations/1.sql": revision("b1", "", "reset role; create table app.users (id int);"),
    })
    await expect(upgrade({ ...target, url: db.url, root, historySchema: "other" })).rejects.toMatchObject({
      code: "not-as-declared",
      facts: { details: expect.arrayContaining([`table app.users belongs to ${db.server.user}`]) },
    })
    expect(await admin.query("select to_regclass('app.users') as users")).toEqual([{ users: null }])
  })

  eachMajor("a role that cannot become the owner is refused before anything runs", async (db) => {
    await using roles = await setUp(db)
    const stranger = await db.role()
    await roles.admin.run(`grant connect, create on database ${db.name} to ${stranger}`)
    await using project = await testProject({ "1.sql": revision("c1", "", "select 1;") })
    const { root } = project
    const run = upgrade({ ...roles.target, url: db.urlOf(stranger), historySchema: "own", root })
    await expect(run).rejects.toMatchObject({ code: "owner-out-of-reach" })
    await roles.admin.run(`drop owned by ${stranger} cascade`)
  })
})
