import { connect as connectTcp, createServer, type Socket } from "node:net"
import { describe, expect, test } from "vitest"
import { upgrade } from "../../src/api/upgrade.ts"
import { connect } from "../../src/db/node-postgres.ts"
import { parseConnection } from "../../src/db/settings.ts"
import { majors, testDatabase } from "../database.ts"
import { recorder, revision, testProject } from "../project.ts"
import { type Cut, startProxy } from "../proxy.ts"
import { stateOf } from "./state.ts"

const files = {
  "a.sql": revision("aaaa", "", "create table users (id int);\ninsert into users values (1);"),
  "b.sql": revision("bbbb", "aaaa", "insert into users values (2);"),
}

/**
 * A network that parts when the client sends `text`: the client sees its connections end, and the server sees nothing at
 * all.
 */
async function startNetwork(url: string, text: string) {
  const target = new URL(url)
  const clients: Socket[] = []
  const servers: Socket[] = []
  const listener = createServer((client) => {
    const server = connectTcp(Number(target.port), target.hostname)
    clients.push(client)
    servers.push(server)
    const partition = () => {
      for (const each of clients) each.removeAllListeners("data").destroy()
    }
    client
      .on("data", (data) => (data.includes(text) ? partition() : server.write(data)))
      .on("error", () => undefined)
    server.on("data", (data) => client.write(data)).on("error", () => undefined)
  })
  await new Promise<void>((resolve) => listener.listen(0, "127.0.0.1", resolve))
  const here = new URL(url)
  here.port = String((listener.address() as { port: number }).port)
  return {
    url: here.href,
    close: () => {
      for (const socket of [...clients, ...servers]) socket.destroy()
      listener.close()
    },
  }
}

describe("a connection that is cut at COMMIT", () => {
  for (const major of majors) {
    test(`before the server gets it: the revision is not applied, and that is known (PostgreSQL ${major})`, async () => {
      await using db = await testDatabase({ major })
      await using proxy = await startProxy(db.tcpUrl)
      await using project = await testProject(files)
      const { root } = project
      const run = upgrade({
        root,
        url: proxy.url,
        onEvent: ({ type }) => {
          if (type === "planned") proxy.cutOnce({ when: ";\ncommit", side: "before" })
        },
      })
      await expect(run).rejects.toMatchObject({
        code: "connection-lost",
        exitCode: 5,
        facts: { details: ["revision aaaa was rolled back, nothing of it stays; nothing ran before it"] },
      })
      const connection = await db.connect()
      expect(await connection.query("select error_code from lockstep.event")).toEqual([
        { error_code: "connection-lost" },
      ])
      expect(await connection.query("select to_regclass('users') as users")).toEqual([{ users: null }])
      expect((await upgrade({ root, url: db.url })).applied).toHaveLength(2)
    })

    test(`after the server got it: the revision is applied, and the run goes on (PostgreSQL ${major})`, async () => {
      await using db = await testDatabase({ major })
      await using proxy = await startProxy(db.tcpUrl)
      await using project = await testProject(files)
      const { events, onEvent } = recorder()
      const { applied } = await upgrade({
        root: project.root,
        url: proxy.url,
        onEvent: (event) => {
          onEvent(event)
          if (event.type === "planned") proxy.cutOnce({ when: ";\ncommit", side: "after" })
        },
      })
      expect(applied.map(({ id }) => id)).toEqual(["aaaa", "bbbb"])
      const started = events.flatMap((event) => (event.type === "revision-started" ? [event.revision] : []))
      expect(started).toEqual(["aaaa", "bbbb"])
      const connection = await db.connect()
      expect(await connection.query("select id from users order by id")).toEqual([{ id: 1 }, { id: 2 }])
    })
  }

  test("and a server that cannot be reached any more: the next run sees whether it arrived", async () => {
    await using db = await testDatabase()
    const proxy = await startProxy(db.tcpUrl)
    await using project = await testProject(files)
    const { root } = project
    const controller = new AbortController()
    const run = upgrade({
      root,
      url: proxy.url,
      signal: controller.signal,
      onEvent: (event) => {
        if (event.type !== "step-finished" || event.revision !== "bbbb") return
        proxy.cutOnce({ when: ";\ncommit", side: "after" })
        // Nobody answers from now on; whoever watches loses patience, so that it is not tried for ten seconds.
        setTimeout(() => void proxy.close().then(() => controller.abort()), 5)
      },
    })
    await run.then(
      () => undefined,
      (error) => expect(["connection-lost", "interrupted"]).toContain(error.code),
    )
    await proxy.close()
    await upgrade({ root, url: db.url })
    const connection = await db.connect()
    expect(await connection.query("select id from users order by id")).toEqual([{ id: 1 }, { id: 2 }])
  })

  test("and a network that swallows everything: the server is told to end what it still waits for", async () => {
    await using db = await testDatabase()
    await using project = await testProject(files)
    // The row that records the second revision goes out together with COMMIT.
    const network = await startNetwork(db.tcpUrl, "'bbbb'")
    const settings = parseConnection(network.url, {})
    const direct = parseConnection(db.url, {})
    let opened = 0
    const run = upgrade({
      root: project.root,
      // The run's own connection goes through the proxy; the one that asks for the outcome goes another way.
      connect: (purpose) => {
        if (purpose !== undefined) return connect(direct, purpose)
        opened += 1
        return connect(opened === 1 ? settings : direct)
      },
    })
    await expect(run).rejects.toMatchObject({ code: "connection-lost" })
    network.close()
    expect((await upgrade({ root: project.root, url: db.url })).applied.map(({ id }) => id)).toEqual(["bbbb"])
  })
})

test("the lock's connection is cut at COMMIT: what is committed counts, and the run stops", async () => {
  await using db = await testDatabase()
  await using proxy = await startProxy(db.tcpUrl)
  await using project = await testProject({
    "a.sql": files["a.sql"],
    "b.sql": revision("bbbb", "aaaa", "select pg_sleep(0.3);\ninsert into users values (2);"),
  })
  const through = parseConnection(proxy.url, {})
  const direct = parseConnection(db.url, {})
  const run = upgrade({
    root: project.root,
    connect: (purpose) => connect(purpose === "lock" ? through : direct, purpose),
    onEvent: (event) => {
      if (event.type === "revision-finished" && event.revision === "aaaa") proxy.cutAll()
    },
  })
  await expect(run).rejects.toMatchObject({ code: "runner-lock-lost" })
  expect((await upgrade({ root: project.root, url: db.url })).applied.map(({ id }) => id)).toEqual(["bbbb"])
})

describe("in a revision that runs step by step", () => {
  const stepwise = {
    "a.sql": revision(
      "aaaa",
      "",
      `create schema app;
set search_path = app;
create table users (id int, name text);
insert into users values (1, 'x');
create index concurrently users_x on users (id) where name <> 'x';
insert into users values (2, 'y');`,
      "-- transaction: none",
    ),
  }
  // What each message says that no other does; a quote is doubled where the statement is a value itself.
  const messages = {
    "a step in a transaction, at its COMMIT": "insert into users values (1, ''x'')",
    "the row that says that a step begins": "<> ''x''",
    "the statement itself": "<> 'x'",
    "the row that says that it is done": "set state = 'done'",
    "the row of the revision, at its COMMIT": "insert into lockstep.revision",
  }

  for (const [name, when] of Object.entries(messages)) {
    for (const side of ["before", "after"] as const satisfies readonly Cut["side"][]) {
      test(`the connection is cut ${side} ${name}`, async () => {
        await using db = await testDatabase()
        await using other = await testDatabase()
        await using proxy = await startProxy(db.tcpUrl)
        await using project = await testProject(stepwise)
        const { root } = project
        const run = upgrade({
          root,
          url: proxy.url,
          onEvent: ({ type }) => {
            if (type === "planned") proxy.cutOnce({ when, side })
          },
        })
        await run.catch((error) => expect(error.code).toBe("connection-lost"))
        expect(proxy.opened).toBeGreaterThan(2)
        await upgrade({ root, url: db.url })
        await upgrade({ root, url: other.url })
        expect(await stateOf(await db.connect())).toEqual(await stateOf(await other.connect()))
      })
    }
  }
})

describe("a database is made, and dropped, once", () => {
  for (const side of ["before", "after"] as const) {
    test(`where the connection is cut ${side} the statement`, async () => {
      await using db = await testDatabase()
      await using proxy = await startProxy(db.tcpUrl)
      const made = `${db.name}_made`
      await using project = await testProject({
        "a.sql": revision("aaaa", "", `create database ${made};`),
        "b.sql": revision("bbbb", "aaaa", `drop database ${made};`),
      })
      const { root } = project
      for (const to of ["aaaa", "bbbb"]) {
        let seen = ""
        const run = upgrade({
          root,
          url: proxy.url,
          to,
          onEvent: ({ type }) => {
            // The statement, and not the row in which it is quoted, ends with the name.
            if (type === "step-started") proxy.cutOnce({ when: `${made}\0`, side })
            if (type !== "recorded") seen = type
          },
        })
        await expect(run).rejects.toMatchObject({ code: "connection-lost" })
        expect(seen).toBe("revision-failed")
        await upgrade({ root, url: db.url, to })
      }
      const connection = await db.connect()
      expect(await connection.query(`select from pg_database where datname = '${made}'`)).toEqual([])
    })
  }
})

test("a BEGIN that the server refuses keeps what was sent behind it from running by itself", async () => {
  await using db = await testDatabase()
  await using proxy = await startProxy(db.tcpUrl)
  await using project = await testProject(files)
  const run = upgrade({
    root: project.root,
    url: proxy.url,
    onEvent: ({ type }) => {
      if (type === "planned")
        proxy.replaceOnce("begin isolation level read committed", "break isolation level read committed")
    },
  })
  await expect(run).rejects.toThrow("syntax error")
  const connection = await db.connect()
  expect(await connection.query("select to_regclass('users')::text as users")).toEqual([{ users: null }])
  expect((await upgrade({ root: project.root, url: db.url })).applied).toHaveLength(2)
})
