import { expect, test } from "vitest"
import { testDatabase } from "../database.ts"
import { revision, testProject } from "../project.ts"
import { release, underLoad } from "./application.ts"
import { job } from "./job.ts"

const first = {
  "1_users.sql": revision("a1", "", "create table users (id bigint, name text);", "-- phase: expand"),
}
const second = {
  "migrations/2_email.sql": revision(
    "b2",
    "a1",
    "alter table users add column email text;",
    "-- phase: expand",
  ),
}

test("S5: a release command with the wrong DATABASE_URL, with files missing, after a stamp over SSH: the old release serves on", async () => {
  await using db = await testDatabase()
  await using staging = await testDatabase()
  await using image = await testProject(first)
  const secrets = { RELEASE_COMMAND: "1", FLY_APP_NAME: "shop", LOCKSTEP_ENV: "production" }
  const run = (words: readonly string[], variables: Readonly<Record<string, string>> = {}) =>
    job(words, {
      cwd: image.root,
      // As SQLAlchemy writes it; over TCP and with a password, as a platform gives it.
      env: {
        ...secrets,
        DATABASE_URL: db.tcpUrl.replace("postgresql:", "postgresql+asyncpg:"),
        ...variables,
      },
    })
  const scratch = ["--scratch", db.server.url]
  for (const words of [
    ["init", "--environment", "production", "--protected"],
    ["bundle"],
    ["deploy", "--release", "v1"],
  ])
    expect(await run(words), words.join(" ")).toMatchObject({ exit: 0 })
  expect(
    await run(["init", "--environment", "staging"], { DATABASE_URL: staging.url, LOCKSTEP_ENV: "staging" }),
  ).toMatchObject({ exit: 0 })

  const v1 = await release(db.url, [
    "insert into users (name) values ('new')",
    "select name from users limit 5",
  ])
  const load = underLoad(v1.address)
  const connection = await db.connect()
  const deploy = ["deploy", "--release", "v2"]
  try {
    // The wrong address: another environment's database, nobody there, and none at all.
    await image.write(second)
    expect(await run(["bundle"])).toMatchObject({ exit: 0 })
    const other = await run(deploy, { DATABASE_URL: staging.url })
    expect(other.exit).toBe(3)
    expect(other.text).toContain("is marked as staging [wrong-environment]")
    const nobody = await run(deploy, { DATABASE_URL: "postgresql+asyncpg://shop@127.0.0.1:1/shop" })
    expect(nobody.exit).toBe(5)
    expect(nobody.text).toContain("nothing listens there [cannot-connect]")
    const unset = await run(["doctor"], { DATABASE_URL: "", PGHOST: "/no/such/folder" })
    expect(unset.exit).toBe(5)
    expect(unset.text).toContain("no server listens on the socket /no/such/folder")
    const onStaging = await staging.connect()
    expect(await onStaging.query("select to_regclass('users')::text as users")).toEqual([{ users: null }])

    // The image lacks a file: its build fails, and so does the release of one that was built all the same.
    await image.remove("migrations/2_email.sql")
    const build = await run(["bundle", "--verify"])
    expect(build.exit).toBe(3)
    expect(build.text).toContain("missing here: b2 (migrations/2_email.sql)")
    const torn = await run(deploy)
    expect(torn.exit).toBe(3)
    expect(torn.text).toContain("the deploy does not begin: bundle: ")
    expect(torn.text).toMatch(/missing here: b2 \(migrations\/2_email\.sql\)\n {2}nothing was changed/)
    await image.write(second)

    // Somebody stamps over SSH, in a hurry. The release finds it, and one job puts it right.
    const stamp = ["stamp", "b2", "--unverified", "--because", "in a hurry"]
    expect(await run(stamp)).toMatchObject({ exit: 0 })
    const drifted = await run(["doctor", ...scratch])
    expect(drifted.exit).toBe(3)
    expect(drifted.text).toContain(
      "schema-behind: the history says more than is there: the catalog is that of a1",
    )
    const planned = await run(["repair", "--plan", ...scratch])
    expect(planned.text).toContain("lockstep stamp a1")
    expect(await run(["repair", "--because", "INC-31", ...scratch])).toMatchObject({ exit: 0 })
    const done = await run(deploy)
    expect(done).toMatchObject({
      exit: 0,
      text: expect.stringContaining("deployed for v2: 1 revision applied"),
    })
    const v2 = await release(db.url, ["insert into users (name, email) values ('new', 'new@example.com')"])
    await load.flip(v2.address)
    expect(await load.stop()).toEqual({ requests: expect.any(Number), failures: [] })
    await v2.stop()
  } finally {
    await load.stop()
    await v1.stop()
  }
  const log = await connection.query<{ kind: string; revision: string | null }>(
    "select kind, revision from lockstep.event where kind in ('applied', 'stamped', 'unstamped') order by id",
  )
  expect(log.map(({ kind, revision: id }) => `${kind} ${id}`)).toContain("applied b2")
})
