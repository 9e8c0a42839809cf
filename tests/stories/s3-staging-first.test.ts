import { join } from "node:path"
import { expect, test } from "vitest"
import { testDatabase } from "../database.ts"
import { testProject } from "../project.ts"
import { release, underLoad } from "./application.ts"
import { job } from "./job.ts"

const library = new URL("../../dist/index.js", import.meta.url).href

const hours = (count: number) => new Date(Date.now() + count * 3_600_000)

test("S3: staging, then production before and after 24 h; a stale schema.sql, a table out of band, data that goes", async () => {
  await using staging = await testDatabase()
  await using production = await testDatabase()
  await using project = await testProject({
    "001_users.sql":
      "-- why: people sign in\ncreate table users (id bigint generated always as identity primary key, email text not null, phone text);\n",
  })
  await project.write({
    "lockstep.config.json": JSON.stringify({
      soak: 0,
      environments: {
        staging: { url: staging.url },
        production: { url: production.url, protected: true, promotesFrom: "staging" },
      },
    }),
  })
  const here = { cwd: project.root, env: {} }
  const scratch = ["--scratch", staging.server.url]
  const run = (...words: string[]) => job(words, here)
  for (const words of [
    ["init", "--environment", "staging", "--env", "staging"],
    ["init", "--environment", "production", "--protected", "--env", "production"],
    ["deploy", "staging", "--release", "v1"],
    ["deploy", "production", "--release", "v1", "--override", "promotion", "--because", "the first release"],
    ["snapshot", ...scratch],
  ])
    expect(await run(...words), words.join(" ")).toMatchObject({ exit: 0 })

  const onProduction = await production.connect()
  await onProduction.run("insert into users (email, phone) values ('ada', '1')")
  const v1 = await release(production.url, [
    "insert into users (email) values ('new')",
    "select id, email from users order by id desc limit 5",
  ])
  const load = underLoad(v1.address)
  try {
    // Terraform runs the job where the digest of the folder has changed, and a README changes nothing.
    const digest = async () => (JSON.parse((await run("hash")).text) as { digest: string }).digest
    const before = await digest()
    await project.write({ "migrations/README.md": "Numbers go up." })
    expect(await digest()).toBe(before)
    await project.write({
      "migrations/002_orders.sql":
        "-- why: people buy things\ncreate table orders (id bigint primary key);\n",
    })

    // The guard of schema.sql says what differs, and the command that puts it right.
    const stale = await run("snapshot", "--check", ...scratch)
    expect(stale.exit).toBe(3)
    expect(stale.text).toContain("+ table public.orders\n")
    expect(stale.text).toContain("run: lockstep snapshot\n")
    await run("snapshot", ...scratch)

    // Somebody has made the table by hand on staging: one command finds it, proves it and records it.
    const onStaging = await staging.connect()
    await onStaging.run("create table orders (id bigint primary key)")
    const there = await run("deploy", "staging", "--release", "v2")
    expect(there).toMatchObject({
      exit: 1,
      text: expect.stringContaining('relation "orders" already exists'),
    })
    expect(there.text).toContain('"lockstep doctor" finds out, and "lockstep repair" records it')
    const repaired = await run("repair", "staging", "--because", "INC-12", ...scratch)
    expect(repaired).toMatchObject({ exit: 0, text: expect.not.stringContaining("left for a person") })
    expect(await run("deploy", "staging", "--release", "v2")).toMatchObject({
      exit: 0,
      text: expect.stringContaining("nothing to do for v2"),
    })

    // A stamp is no evidence that the file runs; taken away and run, it is, but not yet for long enough.
    const stamped = await run("deploy", "production", "--release", "v2")
    expect(stamped.exit).toBe(3)
    expect(stamped.text).toContain("002_orders was stamped there, it did not run")
    await onStaging.run("drop table orders")
    expect(await run("repair", "staging", "--because", "INC-12", ...scratch)).toMatchObject({ exit: 0 })
    await project.write({
      "migrations/003_phone.sql":
        "-- phase: contract\n-- why: numbers moved to the profile service\nalter table users drop column phone;\n",
    })
    // There the contract waits until the release that comes with it serves.
    for (const says of ["held: 003_phone", "deployed for v3: 1 revision applied"])
      expect(await run("deploy", "staging", "--release", "v3")).toMatchObject({
        exit: 0,
        text: expect.stringContaining(says),
      })
    const early = await run("deploy", "production", "--release", "v3")
    expect(early.exit).toBe(3)
    expect(early.text).toMatch(/promotion: staging has had all of it for [^,]+, 24 h are asked for/)

    // A day later, by a clock that is an argument.
    const later = await run("preflight", "production", "--at", hours(25).toISOString())
    expect(later.text).toMatch(/✓ promotion +staging has had all of it for 25 h/)
    const { deploy } = (await import(library)) as typeof import("../../src/index.ts")
    const tomorrow = {
      root: project.root,
      url: production.url,
      environment: "production",
      release: "v3",
      now: hours(25),
      promotion: { from: "staging", target: () => ({ url: staging.url }) },
      exports: { folder: join(project.root, "exports"), keepMs: 90 * 86_400_000 },
      soakMs: 0,
    }
    expect(await deploy(tomorrow)).toMatchObject({
      applied: [{ id: "002_orders" }],
      held: [{ id: "003_phone" }],
    })
    // Once the new release serves, what the old one needed is exported, and only then dropped.
    const last = await deploy(tomorrow)
    expect(last).toMatchObject({
      applied: [{ id: "003_phone" }],
      exported: { files: [{ relation: "public.users", rows: 1 }] },
    })
    expect(await run("exports", "verify", "--env", "production")).toMatchObject({ exit: 0 })
    expect(await load.stop()).toEqual({ requests: expect.any(Number), failures: [] })
  } finally {
    await load.stop()
    await v1.stop()
  }
})
