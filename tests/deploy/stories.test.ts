import { spawn } from "node:child_process"
import { createServer } from "node:http"
import type { AddressInfo } from "node:net"
import { fileURLToPath } from "node:url"
import pg from "pg"
import { expect, test } from "vitest"
import { testDatabase } from "../database.ts"
import { revision, testProject } from "../project.ts"

const program = fileURLToPath(new URL("../../dist/cli.js", import.meta.url))

/** Runs the built program, as a platform's job would. */
async function job(words: readonly string[], cwd: string, url: string) {
  const { PATH = "", HOME = "" } = process.env
  const child = spawn(process.execPath, [program, ...words], {
    cwd,
    env: { PATH, HOME, DATABASE_URL: url },
    stdio: ["ignore", "pipe", "pipe"],
  })
  let text = ""
  for (const stream of [child.stdout, child.stderr])
    stream.on("data", (data: Buffer) => {
      text += data.toString()
    })
  const exit = await new Promise<number | null>((resolve) => child.on("close", resolve))
  return { exit, text }
}

/** One release of a small application: each request reads and writes, with the queries of its own time. */
async function release(url: string, queries: readonly string[]) {
  const pool = new pg.Pool({ connectionString: url, max: 2 })
  const server = createServer((_, answer) => {
    void (async () => {
      try {
        for (const query of queries) await pool.query(query)
        answer.end("ok")
      } catch (error) {
        answer.statusCode = 500
        answer.end(String(error))
      }
    })()
  })
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve))
  const { port } = server.address() as AddressInfo
  return {
    address: `http://127.0.0.1:${port}/`,
    async stop() {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
      await pool.end()
    },
  }
}

test("S1: a job, then the flip, under load: no request fails, whatever becomes of the job", async () => {
  await using db = await testDatabase()
  const first = {
    "1.sql": revision(
      "a1",
      "",
      "create table users (id bigint generated always as identity primary key, name text not null);\ninsert into users (name) select 'n' || i from generate_series(1, 5000) i;",
      "-- phase: expand",
    ),
  }
  await using old = await testProject(first)
  await using image = await testProject({
    ...first,
    "2.sql": revision(
      "b2",
      "a1",
      "alter table users add column phone text;\nalter table nowhere add x int;",
      "-- phase: expand",
    ),
  })
  expect(await job(["deploy", "--release", "v1"], old.root, db.url)).toMatchObject({ exit: 0 })
  const v1 = await release(db.url, [
    "insert into users (name) values ('new')",
    "select id, name from users order by id desc limit 5",
  ])
  let serving = v1.address
  let requests = 0
  let done = false
  const failures: string[] = []
  const load = Array.from({ length: 2 }, async () => {
    while (!done) {
      const answer = await fetch(serving)
      const text = await answer.text()
      requests += 1
      if (!answer.ok) failures.push(text)
    }
  })
  try {
    // The job fails half-way: the old version goes on serving, and nothing of the revision stays.
    const failed = await job(["deploy", "--release", "v2"], image.root, db.url)
    expect(failed).toMatchObject({ exit: 1, text: expect.stringContaining(`state: ${db.name} is at a1`) })

    // Two deploys of different images at once: each refuses the other's revisions.
    await image.write({
      "migrations/2.sql": revision(
        "b2",
        "a1",
        "alter table users add column phone text;",
        "-- phase: expand",
      ),
      "migrations/3.sql": revision(
        "c3",
        "b2",
        "create index concurrently users_phone on users (phone);",
        "-- phase: expand",
      ),
    })
    const { text } = await job(["hash"], image.root, db.url)
    const { digest } = JSON.parse(text) as { digest: string }
    const words = ["deploy", "--release", "v2", "--expect-bundle", digest]
    const [right, again, wrong] = await Promise.all([
      job(words, image.root, db.url),
      job(words, image.root, db.url),
      job(words, old.root, db.url),
    ])
    expect([right.exit, again.exit, wrong.exit]).toEqual([0, 0, 3])
    expect(wrong.text).toContain("[bundle-unexpected]")

    // The flip, and back: the platform rolls the image back, and its job has nothing to do.
    const v2 = await release(db.url, [
      "insert into users (name, phone) values ('new', '1')",
      "select phone from users limit 1",
    ])
    serving = v2.address
    const back = await job(["deploy", "--release", "v1"], old.root, db.url)
    expect(back).toMatchObject({ exit: 0, text: expect.stringContaining("nothing to do for v1") })
    serving = v1.address
    done = true
    await Promise.all(load)
    await v2.stop()
  } finally {
    done = true
    await Promise.all(load)
    await v1.stop()
  }
  expect(failures).toEqual([])
  expect(requests).toBeGreaterThan(10)
  const connection = await db.connect()
  expect(
    await connection.query(
      "select revision, count(*)::int as times from lockstep.event where kind = 'applied' group by 1 order by 1",
    ),
  ).toEqual(["a1", "b2", "c3"].map((id) => ({ revision: id, times: 1 })))
})
