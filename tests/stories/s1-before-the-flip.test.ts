import { expect, test } from "vitest"
import { testDatabase } from "../database.ts"
import { revision, testProject } from "../project.ts"
import { release, underLoad } from "./application.ts"
import { job } from "./job.ts"

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
  const env = { DATABASE_URL: db.url }
  const inOld = { cwd: old.root, env }
  const inImage = { cwd: image.root, env }
  expect(await job(["deploy", "--release", "v1"], inOld)).toMatchObject({ exit: 0 })
  const v1 = await release(db.url, [
    "insert into users (name) values ('new')",
    "select id, name from users order by id desc limit 5",
  ])
  const load = underLoad(v1.address)
  try {
    // The job fails half-way: the old version goes on serving, and nothing of the revision stays.
    const failed = await job(["deploy", "--release", "v2"], inImage)
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
    const { text } = await job(["hash"], inImage)
    const { digest } = JSON.parse(text) as { digest: string }
    const words = ["deploy", "--release", "v2", "--expect-bundle", digest]
    const [right, again, wrong] = await Promise.all([
      job(words, inImage),
      job(words, inImage),
      job(words, inOld),
    ])
    expect([right.exit, again.exit, wrong.exit]).toEqual([0, 0, 3])
    expect(wrong.text).toContain("[bundle-unexpected]")

    // The flip, and back: the platform rolls the image back, and its job has nothing to do.
    const v2 = await release(db.url, [
      "insert into users (name, phone) values ('new', '1')",
      "select phone from users limit 1",
    ])
    await load.flip(v2.address)
    const back = await job(["deploy", "--release", "v1"], inOld)
    expect(back).toMatchObject({ exit: 0, text: expect.stringContaining("nothing to do for v1") })
    await load.flip(v1.address)
    expect(await load.stop()).toEqual({ requests: expect.any(Number), failures: [] })
    await v2.stop()
  } finally {
    await load.stop()
    await v1.stop()
  }
  const connection = await db.connect()
  expect(
    await connection.query(
      "select revision, count(*)::int as times from lockstep.event where kind = 'applied' group by 1 order by 1",
    ),
  ).toEqual(["a1", "b2", "c3"].map((id) => ({ revision: id, times: 1 })))
})
