import { execFileSync } from "node:child_process"
import { fileURLToPath } from "node:url"
import { expect, test } from "vitest"
import { testDatabase } from "../database.ts"
import { revision, testProject } from "../project.ts"
import { release, underLoad } from "./application.ts"
import { ended, job, type Place, startJob } from "./job.ts"

const users = "create table users (id bigint generated always as identity primary key, name text not null"

/** The new release, as a program of its own: it serves at once, and migrates nothing. */
const server = `
const { createServer } = require("node:http")
const pg = require("pg")
const pool = new pg.Pool({ connectionString: process.env.DATABASE_URL, max: 2 })
const server = createServer(async (_, answer) => {
  try {
    await pool.query("insert into users (name, full_name) values ('new', 'New')")
    answer.end("ok")
  } catch (error) {
    answer.statusCode = 500
    answer.end(String(error))
  }
}).listen(0, "127.0.0.1", () => console.log("serving at http://127.0.0.1:" + server.address().port + "/;"))
process.on("SIGTERM", () => {
  server.closeAllConnections()
  server.close(() => pool.end().then(() => process.exit(0)))
})
`

test("S2: a pull request is told which rules it breaks; mended, it is deployed by the entry point of its replicas", async () => {
  await using db = await testDatabase()
  await using project = await testProject({})
  const app = await db.role()
  const git = (...words: string[]) =>
    execFileSync("git", ["-c", "user.name=t", "-c", "user.email=t@example.com", ...words], {
      cwd: project.root,
    })
  await project.write({
    "lockstep.config.json": JSON.stringify({
      applicationRoles: [app],
      queries: "queries.sql",
      lint: { rules: { "reason-missing": "error" } },
    }),
    "migrations/1_users.sql": `-- revision: a1\n-- phase: expand\n-- why: people sign in\n\n${users});\n\n-- rollback\ndrop table users;\n`,
    "schema/users.sql": `${users});\n`,
    "queries.sql": "insert into users (name) values ($1);\n",
  })
  const env = { DATABASE_URL: db.url }
  const here = { cwd: project.root, env }
  const scratch = ["--scratch", db.server.url]
  expect(await job(["snapshot", ...scratch], here)).toMatchObject({ exit: 0 })
  git("init", "-q", "-b", "main")
  git("add", ".")
  git("commit", "-qm", "first")
  expect(await job(["deploy", "--release", "v1"], here)).toMatchObject({ exit: 0 })
  const connection = await db.connect()
  await connection.run(`grant select, insert on users to ${app}`)
  const v1 = await release(db.urlOf(app), ["insert into users (name) values ('new')"])
  const load = underLoad(v1.address)
  try {
    // The branch: a column is renamed in one step, without reason or rollback, and the models stay as they were.
    git("checkout", "-qb", "topic")
    const renames = "alter table users add column full_name text;\nalter table users drop column name;"
    await project.write({ "migrations/2_full_name.sql": revision("b2", "a1", renames, "-- phase: expand") })
    const broken = await job(["check", "--since", "main", "--json", ...scratch], here)
    expect(broken.exit).toBe(3)
    const { result } = JSON.parse(broken.text) as {
      result: { guards: { findings?: { code: string }[] }[] }
    }
    expect(new Set(result.guards.flatMap(({ findings = [] }) => findings.map(({ code }) => code)))).toEqual(
      new Set([
        "snapshot-stale",
        "schema-differs",
        "no-rollback",
        "name-removed",
        "query-breaks",
        "phase-contradicted",
        "phases-mixed",
        "reason-missing",
      ]),
    )

    // Mended: only what expands, with its reason and its way back, and the models beside it.
    await project.write({
      "migrations/2_full_name.sql": `-- revision: b2\n-- parent: a1\n-- phase: expand\n-- why: names as people write them\n\nalter table users add column full_name text;\n\n-- rollback\nalter table users drop column full_name;\n`,
      "schema/users.sql": `${users}, full_name text);\n`,
      "queries.sql": "insert into users (name, full_name) values ($1, $2);\n",
      "server.cjs": server,
    })
    expect(await job(["snapshot", ...scratch], here)).toMatchObject({ exit: 0 })
    const green = await job(["check", "--since", "main", ...scratch], here)
    expect(green).toMatchObject({ exit: 0, text: expect.stringMatching(/✓ proof /) })

    // There is no place for a job: the replicas start at once, and one of them deploys with other credentials.
    const replicaEnv = {
      DATABASE_URL: db.urlOf(app),
      LOCKSTEP_MIGRATOR_URL: db.url,
      LOCKSTEP_RELEASE: "v2",
      NODE_PATH: fileURLToPath(new URL("../../node_modules", import.meta.url)),
    }
    const words = ["entrypoint", "--apply", "--", process.execPath, "server.cjs"]
    const replicas = [1, 2].map(() => replica(words, { ...here, env: replicaEnv }))
    for (const { address } of replicas) await load.flip(await address)
    expect(await load.stop()).toEqual({ requests: expect.any(Number), failures: [] })
    for (const { stop } of replicas) expect(await stop()).toMatchObject({ exit: 0 })
  } finally {
    await load.stop()
    await v1.stop()
  }
  // Both replicas have run a deploy; one of them has applied it.
  expect(
    await connection.query(
      "select revision, count(*)::int as times from lockstep.event where kind = 'applied' group by 1 order by 1",
    ),
  ).toEqual(["a1", "b2"].map((id) => ({ revision: id, times: 1 })))
  expect(await connection.query("select count(*) > 0 as served from users where full_name = 'New'")).toEqual([
    { served: true },
  ])
})

/** A replica: started as a container is, until it says where it serves. */
function replica(words: readonly string[], place: Place) {
  const child = startJob(words, place)
  let serves: (address: string) => void = () => undefined
  const said = new Promise<string>((resolve) => {
    serves = resolve
  })
  let text = ""
  const end = ended(child, (piece) => {
    text += piece
    const [, address] = /serving at (\S+);/.exec(text) ?? []
    if (address !== undefined) serves(address)
  })
  const early = end.then(({ text: all }): string => {
    throw new Error(`it ended before it served: ${all}`)
  })
  early.catch(() => undefined)
  return {
    address: Promise.race([said, early]),
    stop: () => {
      child.kill("SIGTERM")
      return end
    },
  }
}
