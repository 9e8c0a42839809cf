import { expect, test } from "vitest"
import { deploy } from "../../src/api/deploy.ts"
import { upgrade } from "../../src/api/upgrade.ts"
import { lockstep } from "../cli/lockstep.ts"
import { testDatabase } from "../database.ts"
import { revision, testProject } from "../project.ts"

const users = revision("aaaa", "", "create table users (id bigint primary key, email text);")

const find = "select email from users where id = $1"
const order = "select id from orders where id = $1"

test("what the application may do is one setting for lint, plan, prove, check and deploy", async () => {
  await using db = await testDatabase()
  await using project = await testProject({ "a.sql": users })
  // Roles belong to the whole server, where other tests are at work.
  const owner = `owner_of_${db.name}`
  const api = `api_of_${db.name}`
  const roles = { owner, migrator: `migrator_of_${db.name}`, applications: [api] }
  await project.write({
    "queries.sql": `-- name: find\n${find};\n-- name: order\n${order};`,
    "lockstep.config.json": JSON.stringify({ roles }),
  })
  const scratch = ["--scratch", db.server.url]
  const at = { cwd: project.root, env: { DATABASE_URL: db.url } }
  await upgrade({ root: project.root, url: db.url })

  // Nothing in the revisions lets it read the table: roles apply does.
  await project.write({
    "migrations/b.sql": revision("bbbb", "aaaa", "create table orders (id bigint primary key);"),
  })
  const good = await lockstep(["prove", ...scratch, "--json"], at)
  expect(JSON.parse(good.stdout).result).toMatchObject({
    proven: 1,
    broken: [],
    // It works afterwards: what the owner makes from now on comes with the group's privileges.
    unproven: [{ query: "order", because: '42P01 relation "orders" does not exist' }],
  })
  expect(JSON.parse(good.stdout).result.unproven[0]).not.toHaveProperty("afterwards")
  expect(await lockstep(["check", "--only", "proof", ...scratch], at)).toMatchObject({ exit: 0 })

  await project.write({
    "migrations/b.sql": revision(
      "bbbb",
      "aaaa",
      `create table orders (id bigint primary key);\nrevoke select on users from ${owner}_rw;`,
    ),
  })
  const refused = "fails with 42501: permission denied for table users"
  for (const words of [["lint", "--pending"], ["plan"], ["prove"], ["check", "--only", "proof"]]) {
    const { stdout, exit } = await lockstep([...words, ...scratch], at)
    expect(stdout, words.join(" ")).toContain(refused)
    expect(exit, words.join(" ")).toBe(words[0] === "plan" ? 0 : 3)
  }
  const options = { root: project.root, url: db.url, scratch: { url: db.server.url } }
  const queries = [{ text: `-- name: find\n${find};`, file: "queries.sql", line: 1 }]
  await expect(
    deploy({ ...options, queries, roles: { ...roles, applications: { [api]: {} } } }),
  ).rejects.toMatchObject({ code: "preflight-stopped", message: expect.stringContaining(refused) })

  // Another role than the model's may do what the revisions say, which is nothing.
  await project.write({ "lockstep.config.json": JSON.stringify({ queryRole: api }) })
  const bare = JSON.parse((await lockstep(["prove", ...scratch, "--json"], at)).stdout).result
  expect(bare).toMatchObject({ proven: 0, broken: [] })
}, 120_000)
