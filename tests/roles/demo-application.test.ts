import { cp } from "node:fs/promises"
import { fileURLToPath } from "node:url"
import { expect } from "vitest"
import type { Connection } from "../../src/db/connection.ts"
import { quoteIdentifier as q } from "../../src/sql/identifier.ts"
import { lockstep } from "../cli/lockstep.ts"
import { eachMajor } from "../database.ts"
import { testProject } from "../project.ts"

const demo = fileURLToPath(new URL("../../examples/assistants/migrations", import.meta.url))

/** What the demo's application does in one request. */
async function makesAnAgent(application: Connection): Promise<unknown> {
  const [tenant] = await application.query<{ id: string }>(
    "insert into tenants (name) values ('Acme') returning id",
  )
  const [user] = await application.query<{ id: string }>(
    "insert into users (tenant_id, email) values ($1, 'ada@acme.example') returning id",
    [tenant?.id],
  )
  await application.query("insert into agents (tenant_id, owner_id, name) values ($1, $2, 'Helper')", [
    tenant?.id,
    user?.id,
  ])
  await application.query("update agents set state = 'active' where tenant_id = $1", [tenant?.id])
  return application.query("select action from audit_event where tenant_id = $1 order by id", [tenant?.id])
}

eachMajor("the demo's application reads and writes as its role, and can change nothing else", async (db) => {
  const name = (word: string) => `${word} ${db.name.slice(-8)}`
  const [owner, migrator, api] = [name("Owner"), name("Migrator"), name('"Api"')]
  await using project = await testProject({})
  await cp(demo, `${project.root}/migrations`, { recursive: true })
  const roles = { owner, migrator, schemas: ["Assistants"], applications: [api] }
  await project.write({ "lockstep.config.json": JSON.stringify({ url: db.urlOf(migrator), roles }) })
  const surroundings = { cwd: project.root }
  const admin = await db.connect()
  try {
    expect(await lockstep(["roles", "apply", db.url], surroundings)).toMatchObject({ exit: 0 })
    expect(await lockstep(["upgrade"], surroundings)).toMatchObject({ exit: 0 })

    const application = await db.connectAs(api)
    expect(await makesAnAgent(application)).toEqual([{ action: "agent insert" }, { action: "agent update" }])
    for (const ddl of [
      "create table more (id int)",
      "create table public.more (id int)",
      "create temporary table more (id int)",
      "create schema more",
      "alter table agents add column more int",
      "alter type agent_state add value 'more'",
      "create index on agents (name)",
      "alter table agents disable trigger audit_agents",
      "create or replace function audit_agents() returns trigger language plpgsql as 'begin return null; end'",
      "truncate audit_event",
      "drop table users",
      `set role ${q(owner)}`,
    ])
      await expect(application.run(ddl), ddl).rejects.toMatchObject({ sqlState: "42501" })
    expect(await lockstep(["roles", "audit", "--role", api], surroundings)).toMatchObject({ exit: 0 })
    await application.close()
  } finally {
    await admin.run(`alter database ${db.name} owner to ${db.server.user}`)
    for (const role of [api, migrator, `${owner}_rw`, `${owner}_ro`, owner])
      await admin.run(`drop owned by ${q(role)} cascade; drop role ${q(role)}`).catch(() => undefined)
  }
})
