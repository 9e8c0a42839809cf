import { mkdtemp, readdir, rm } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { expect, test } from "vitest"
import { openReplayed } from "../../src/api/replayed.ts"
import { revision, type TestProject, testProject } from "../project.ts"

/** A replay that takes long enough to be kept, and says when it was. */
const slow = `create table ran as select clock_timestamp()::text as at;
create role writer; grant insert on ran to reader; select pg_sleep(0.5);`

interface Found {
  readonly tables: readonly string[]
  readonly at: string
}

async function look({ root }: TestProject, cache: string): Promise<Found> {
  await using replayed = await openReplayed({ root, cache })
  const connection = await replayed.database.connect()
  try {
    const [row] = await connection.query<{ tables: string; at: string }>(
      `select string_agg(relname, ' ' order by relname) as tables, (select at from ran) as at
       from pg_class where relkind = 'r' and relnamespace = 'public'::regnamespace`,
    )
    return { tables: row?.tables.split(" ") ?? [], at: row?.at ?? "" }
  } finally {
    await connection.close()
  }
}

test("a server in which revisions have run is kept, and begins where they end", async () => {
  await using project = await testProject({ "a.sql": revision("aaaa", "", slow) })
  const cache = await mkdtemp(join(tmpdir(), "lockstep-cache-"))
  try {
    const first = await look(project, cache)
    expect(first.tables).toEqual(["ran"])

    // Only what is new runs, with the roles that were there.
    await project.write({
      "migrations/b.sql": revision(
        "bbbb",
        "aaaa",
        "create table mail (id int); grant insert on mail to writer;",
      ),
    })
    expect(await look(project, cache)).toEqual({ tables: ["mail", "ran"], at: first.at })

    // What has changed runs again, and so does all that follows it.
    await project.write({
      "migrations/a.sql": revision("aaaa", "", `create table people (id int); ${slow}`),
    })
    const second = await look(project, cache)
    expect(second.tables).toEqual(["mail", "people", "ran"])
    expect(second.at).not.toBe(first.at)

    // A copy that does not start is as good as none.
    const servers = join(cache, "servers")
    for (const name of await readdir(servers))
      await rm(join(servers, name, "data/global"), { recursive: true })
    expect((await look(project, cache)).tables).toEqual(["mail", "people", "ran"])
  } finally {
    await rm(cache, { recursive: true })
  }
}, 60_000)
