import { randomBytes } from "node:crypto"
import { describe, expect, test } from "vitest"
import type { Connection } from "../../src/db/connection.ts"
import { applyRoleSetup, planRoleSetup } from "../../src/index.ts"
import { quoteIdentifier as q } from "../../src/sql/identifier.ts"
import { majors, testDatabase } from "../database.ts"
import { partOf } from "../how-many.ts"

/** What a cloud gives its customers: nobody is superuser. Names in braces are roles, made for each test. */
interface Cloud {
  readonly name: string
  /** Run as the superuser that the cloud keeps; `{admin}` is what customers log in as. */
  readonly setup: string
  /** Who owns `public` before 15, where everybody may create in it; absent where that is the cloud's own superuser. */
  readonly publicOwner?: string
  /** The path that the administrator has no right to close. */
  readonly leaves?: string
}

const clouds: readonly Cloud[] = [
  {
    // The database and the schema belong to a group of which the administrator is a member.
    name: "Cloud SQL",
    publicOwner: "{cloud}",
    setup: `create role {cloud} createrole createdb; create role {admin} login createrole createdb in role {cloud};
      alter database {db} owner to {cloud}; grant pg_monitor to {cloud}`,
  },
  {
    // The administrator owns the database; what it is a member of may do more than it.
    name: "RDS",
    publicOwner: "{admin}",
    setup: `create role {cloud}; grant pg_monitor, pg_signal_backend to {cloud}; create role {admin} login createrole createdb;
      grant {cloud} to {admin}; alter database {db} owner to {admin}; create role rds_iam_{admin}`,
  },
  {
    name: "Neon",
    publicOwner: "{admin}",
    setup: `create role {cloud} createrole createdb bypassrls replication; grant pg_read_all_data, pg_write_all_data to {cloud};
      create role {admin} login createrole createdb bypassrls replication in role {cloud}; alter database {db} owner to {admin}`,
  },
  {
    // Schemas and event triggers of the cloud's own stand beside those of the customer; `public` is one of an old project.
    name: "Supabase",
    leaves: "create:schema public",
    setup: `create role {cloud} createrole; create role {admin} login createrole createdb bypassrls replication; alter database {db} owner to {admin};
      create role anon_{admin}; grant anon_{admin} to {admin}; grant usage on schema public to anon_{admin}; alter schema public owner to {superuser}; grant all on schema public to public;
      create schema auth; create table auth.users (id int); grant usage on schema auth to {admin};
      create schema extensions authorization {admin}; create extension citext schema extensions; grant usage on schema extensions to public;
      create function auth.noted() returns event_trigger language plpgsql as 'begin end'; create event trigger noted_{db} on ddl_command_end execute function auth.noted()`,
  },
]

async function as(admin: Connection, role: string, sql: string): Promise<string | undefined> {
  await admin.run(`set session authorization ${q(role)}`)
  try {
    await admin.run(sql)
    return undefined
  } catch (error) {
    return (error as { sqlState?: string }).sqlState ?? String(error)
  } finally {
    await admin.run("rollback; reset session authorization; reset search_path")
  }
}

describe.each(majors)("PostgreSQL %i", (major) => {
  test.each(partOf(clouds, majors.indexOf(major), majors.length))(
    "an administrator of $name takes over what the application made, and the application keeps working",
    async ({ setup, publicOwner, leaves }) => {
      await using db = await testDatabase({ major })
      const suffix = randomBytes(4).toString("hex")
      const [administrator, cloud, api] = [`admin_${suffix}`, `cloud_${suffix}`, `Api "${suffix}"`]
      const [owner, migrator, report] = [`owner_${suffix}`, `migrator_${suffix}`, `report_${suffix}`]
      const model = {
        owner,
        migrator,
        schemas: ["My App"],
        applications: { [api]: {} },
        reporting: { [report]: {} },
      }
      const older =
        major < 15 && publicOwner !== undefined ? `; alter schema public owner to ${publicOwner}` : ""
      const filled = `${setup}${older}`.replace(
        /\{(\w+)\}/g,
        (_, word: string) =>
          ({ admin: administrator, cloud, db: db.name, superuser: db.server.user })[word] ?? "",
      )
      const root = await db.connect()
      const cleaning = await db.connect()
      try {
        await root.run(filled)
        expect(
          await as(
            root,
            administrator,
            `create role ${q(api)} login; grant create on database ${db.name} to ${q(api)}`,
          ),
        ).toBeUndefined()
        expect(
          await as(
            root,
            api,
            `create schema "My App"; create table "My App".users (id serial primary key, name text); insert into "My App".users (name) values ('a')`,
          ),
        ).toBeUndefined()

        const options = { url: db.urlOf(administrator), model }
        const { steps } = await planRoleSetup(options)
        expect(steps.map(({ sql }) => sql)).toContain(`ALTER TABLE "My App".users OWNER TO ${owner}`)
        const left = leaves === undefined ? [] : [leaves]
        const { audits, notes } = await applyRoleSetup(options)
        expect(audits.map(({ role, paths }) => [role, ...paths.map(({ id }) => id)])).toEqual([
          [api, ...left],
          [report, ...left],
        ])
        expect(notes.filter((note) => note.includes("REVOKE ALL ON SCHEMA public FROM PUBLIC"))).toHaveLength(
          left.length,
        )
        expect((await planRoleSetup(options)).steps).toEqual([])

        expect(await as(root, api, `insert into "My App".users (name) values ('b')`)).toBeUndefined()
        expect(await as(root, report, `select * from "My App".users`)).toBeUndefined()
        expect(
          await as(root, migrator, `set role ${owner}; create table "My App".orders (id int)`),
        ).toBeUndefined()
        expect(await as(root, api, `select * from "My App".orders`)).toBeUndefined()
        for (const role of [api, report, migrator])
          expect(await as(root, role, `create table "My App".pwned (id int)`)).toBe("42501")
      } finally {
        await cleaning.run(`alter database ${db.name} owner to ${db.server.user}`).catch(() => undefined)
        const made = [
          api,
          report,
          migrator,
          `${owner}_rw`,
          `${owner}_ro`,
          owner,
          `anon_${administrator}`,
          `rds_iam_${administrator}`,
          administrator,
          cloud,
        ]
        for (let round = 0; round < 2; round++)
          for (const role of made)
            await cleaning
              .run(`drop owned by ${q(role)} cascade; drop role ${q(role)}`)
              .catch(() => undefined)
      }
    },
  )
})
