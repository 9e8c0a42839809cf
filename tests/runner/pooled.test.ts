import { describe, expect, test } from "vitest"
import { downgrade } from "../../src/api/downgrade.ts"
import { previewUpgrade } from "../../src/api/preview.ts"
import { status } from "../../src/api/status.ts"
import { upgrade } from "../../src/api/upgrade.ts"
import { connector } from "../../src/db/node-postgres.ts"
import { parseConnection } from "../../src/db/settings.ts"
import { type TestDatabase, testDatabase } from "../database.ts"
import { noPgBouncer, type PgBouncerOptions, startPgBouncer } from "../db/pgbouncer.ts"
import { recorder, revision, type TestProject, testProject } from "../project.ts"

/** Runs `body` with a project and the URL of a pooler in front of a database. */
async function behind(
  options: PgBouncerOptions,
  files: Readonly<Record<string, string>>,
  body: (at: { root: string; url: string; db: TestDatabase; project: TestProject }) => Promise<void>,
): Promise<void> {
  await using db = await testDatabase()
  await using project = await testProject(files)
  await using pooler = await startPgBouncer(db, options)
  await body({ root: project.root, url: pooler.url, db, project })
}

const users = {
  "1_users.sql": revision("aaaa", "", "create table users (id int, email text);"),
}
const index = {
  "2_index.sql": revision(
    "bbbb",
    "aaaa",
    "create index concurrently users_email on users (email);\n\n-- rollback\ndrop index concurrently users_email;",
  ),
}

describe.skipIf(noPgBouncer !== undefined)("through PgBouncer", () => {
  test.each(["transaction", "statement"] as const)("%s pooling is refused", async (mode) => {
    await behind({ mode }, users, async ({ root, url, db }) => {
      await expect(upgrade({ root, url })).rejects.toMatchObject({
        code: "pooled-connection",
        facts: { data: { pooling: mode } },
      })
      const connection = await db.connect()
      expect(await connection.query("select to_regnamespace('lockstep') as history")).toEqual([
        { history: null },
      ])
      // Whoever only reads may come through any pooler.
      expect(await status({ root, url })).toMatchObject({ managed: false })
    })
  })

  test("statement pooling stays refused, whatever is said about it", async () => {
    await behind({ mode: "statement" }, users, async ({ root, url }) => {
      await expect(upgrade({ root, url, pooled: true })).rejects.toMatchObject({ code: "pooled-connection" })
    })
  })

  test("session pooling is as good as a connection of one's own", async () => {
    await behind({ mode: "session" }, { ...users, ...index }, async ({ root, url }) => {
      const { applied } = await upgrade({ root, url })
      expect(applied.map(({ id }) => id)).toEqual(["aaaa", "bbbb"])
    })
  })

  test.each([
    ["with pooled", { pooled: true }, ""],
    ["with Prisma's pgbouncer=true in the URL", {}, "?pgbouncer=true"],
  ])("transaction pooling works %s, concurrent indexes included", async (_, options, query) => {
    await behind({ mode: "transaction" }, { ...users, ...index }, async ({ root, url: base, db }) => {
      const url = `${base}${query}`
      const { applied } = await upgrade({ root, url, ...options })
      expect(applied.map(({ id }) => id)).toEqual(["aaaa", "bbbb"])
      const connection = await db.connect()
      const valid = "select indisvalid from pg_index where indexrelid = 'users_email'::regclass"
      expect(await connection.query(valid)).toEqual([{ indisvalid: true }])
      expect(await connection.query("select count(*)::int as steps from lockstep.step")).toEqual([
        { steps: 0 },
      ])
      const { reverted } = await downgrade({ root, url, ...options, to: "aaaa" })
      expect(reverted.map(({ id }) => id)).toEqual(["bbbb"])
    })
  })

  test("with transaction pooling one of several runners works at a time", async () => {
    const slow = { "1_slow.sql": revision("aaaa", "", "create table t (); select pg_sleep(0.3);") }
    await behind({ mode: "transaction", poolSize: 12 }, slow, async ({ root, url, db }) => {
      const runs = await Promise.all([1, 2, 3].map(() => upgrade({ root, url, pooled: true })))
      expect(runs.flatMap(({ applied }) => applied)).toHaveLength(1)
      const connection = await db.connect()
      expect(await connection.query("select kind, revision from lockstep.event")).toEqual([
        { kind: "applied", revision: "aaaa" },
      ])
    })
  })

  test("what revisions do to their session does not reach other clients", async () => {
    const files = {
      "1_session.sql": revision(
        "aaaa",
        "",
        `set search_path = pg_catalog; set lock_timeout = '7s'; set role pg_monitor; reset role;
select set_config('app.tenant', '42', false); create temp table scratch (id int); listen news;
declare held cursor with hold for select 1; create table public.users (id int);`,
      ),
      "2_index.sql": revision("bbbb", "aaaa", "create index concurrently users_id on users (id);"),
      "3_steps.sql": revision(
        "cccc",
        "bbbb",
        "do $$ begin perform set_config('app.tenant1', '43', false); end $$; create temp table more (id int);",
        "-- transaction: none\n-- lock-timeout: 3s",
      ),
      "4_fails.sql": revision(
        "dddd",
        "cccc",
        "set statement_timeout = '9s'; create temp table x (); select 1 / 0;",
      ),
    }
    await behind({ mode: "transaction", poolSize: 4 }, files, async ({ root, url }) => {
      const pooled = { root, url, pooled: true }
      await upgrade({ ...pooled, to: "cccc" })
      await expect(upgrade(pooled)).rejects.toMatchObject({ code: "statement-failed" })
      const sessions = await everySession(url, 4)
      expect(sessions).toHaveLength(4)
      for (const session of sessions) expect(session).toEqual(clean)
    })
  })

  test.each([
    ["SET", "set work_mem = '1GB'; create index concurrently i on users (id);", ""],
    ["a header's time limit", "create index concurrently i on users (id);", "-- statement-timeout: 1h"],
  ])("%s for statements outside a transaction is refused before anything runs", async (_, body, header) => {
    const files = { ...users, "2_index.sql": revision("bbbb", "aaaa", body, header) }
    await behind({ mode: "transaction" }, files, async ({ root, url, db }) => {
      const refused = upgrade({ root, url, pooled: true })
      await expect(refused).rejects.toMatchObject({ code: "needs-session", facts: { subject: "bbbb" } })
      const preview = previewUpgrade({ root, url, pooled: true })
      await expect(preview).rejects.toMatchObject({ code: "needs-session" })
      expect(await status({ root, url: db.url })).toMatchObject({ managed: false })
      expect((await upgrade({ root, url: db.url })).applied).toHaveLength(2)
    })
  })

  test("an interrupted run cancels its statement", async () => {
    const slow = { "1_slow.sql": revision("aaaa", "", "create table t (); select pg_sleep(600);") }
    await behind({ mode: "transaction" }, slow, async ({ root, url, db }) => {
      const controller = new AbortController()
      const { events, onEvent } = recorder()
      const run = upgrade({
        root,
        url,
        pooled: true,
        signal: controller.signal,
        onEvent: (event) => {
          onEvent(event)
          if (event.type === "step-started" && event.step === 2) setTimeout(() => controller.abort(), 100)
        },
      })
      await expect(run).rejects.toMatchObject({ code: "interrupted" })
      const connection = await db.connect()
      expect(
        await connection.query(
          "select query from pg_stat_activity where datname = current_database() and query ~ '^select pg_sleep'",
        ),
      ).toEqual([])
      expect(events.map(({ type }) => type)).toContain("revision-failed")
      const kinds = await connection.query("select kind from lockstep.event")
      expect(kinds).toEqual([{ kind: "interrupted" }])
    })
  })

  test("a pool of one server has no room for the lock and the work", async () => {
    await behind({ mode: "transaction", poolSize: 1 }, users, async ({ root, url }) => {
      const refused = upgrade({ root, url, pooled: true, connectTimeoutMs: 3_000 })
      await expect(refused).rejects.toMatchObject({ code: "pooler-exhausted" })
    })
  })
})

const clean = {
  search_path: '"$user", public',
  lock_timeout: "0",
  statement_timeout: "0",
  idle_in_transaction_session_timeout: "0",
  client_connection_check_interval: "0",
  role: "none",
  tenants: "",
  temporary: 0,
  channels: 0,
  cursors: 0,
}

/** Looks into all server sessions of the pool, by keeping every one of them in a transaction at the same time. */
async function everySession(url: string, count: number): Promise<readonly unknown[]> {
  const connect = connector(parseConnection(url))
  const clients = await Promise.all(Array.from({ length: count }, () => connect()))
  const looks = await Promise.all(
    clients.map(async (client) => {
      await client.run("begin")
      const [look] = await client.query<{ pid: number }>(
        `select pg_backend_pid() as pid, ${Object.keys(clean)
          .slice(0, 6)
          .map((name) => `current_setting('${name}') as ${name}`)
          .join(", ")},
  concat(current_setting('app.tenant', true), current_setting('app.tenant1', true)) as tenants,
  (select count(*)::int from pg_class where relnamespace = pg_my_temp_schema()) as temporary,
  (select count(*)::int from pg_listening_channels()) as channels,
  (select count(*)::int from pg_cursors where is_holdable) as cursors`,
      )
      return look
    }),
  )
  await Promise.all(clients.map((client) => client.run("rollback")))
  await Promise.all(clients.map((client) => client.close()))
  expect(new Set(looks.map((look) => look?.pid)).size).toBe(count)
  return looks.map((look) => {
    const { pid: _, ...rest } = look ?? { pid: 0 }
    return rest
  })
}
