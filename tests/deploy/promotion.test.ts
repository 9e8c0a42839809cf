import { writeFileSync } from "node:fs"
import { readFile } from "node:fs/promises"
import { join } from "node:path"
import { expect, test } from "vitest"
import { deploy } from "../../src/api/deploy.ts"
import { lockstep } from "../cli/lockstep.ts"
import { checkedJson } from "../cli/schemas.ts"
import { testDatabase } from "../database.ts"
import { revision, testProject } from "../project.ts"

const files = {
  "1_users.sql": revision("a1", "", "create table users (id int);", "-- phase: expand"),
  "2_data.sql": revision("b2", "a1", "insert into users values (1);", "-- phase: migrate"),
}

test("production takes only what staging has had for a day, with the same texts", async () => {
  await using staging = await testDatabase()
  await using production = await testDatabase()
  await using project = await testProject(files)
  await project.write({
    "lockstep.config.json": JSON.stringify({
      environments: {
        staging: { url: staging.url },
        production: { url: production.url, promotesFrom: "staging" },
      },
    }),
  })
  // The address on the command line is production's, and not staging's too.
  const at = { cwd: project.root, env: { LOCKSTEP_URL: production.url } }
  const toProduction = async () => {
    const { exit, stderr } = await lockstep(["deploy", "production"], at)
    return { exit, stderr }
  }
  expect((await toProduction()).stderr).toContain("staging cannot vouch: database")

  const onStaging = { cwd: project.root }
  expect((await lockstep(["deploy", "staging"], onStaging)).exit).toBe(0)
  expect((await toProduction()).stderr).toContain(
    "the evidence is of a database without a mark, not of staging",
  )
  await lockstep(["init", "--environment", "staging", "--env", "staging"], onStaging)
  const young = await toProduction()
  expect(young.exit).toBe(3)
  expect(young.stderr).toMatch(
    /promotion: staging has had all of it for \d+ s, 24 h are asked for \[preflight-stopped\]/,
  )
  expect(young.stderr).toMatch(/hint: run the same command again after \d{4}-/)

  const look = (time: string) => lockstep(["preflight", "production", "--at", time], at)
  expect(await look("tomorrow")).toMatchObject({
    exit: 2,
    stderr: expect.stringContaining("[invalid-option]"),
  })
  expect((await look("2099-01-01T10:00Z")).stdout).toMatch(/✓ promotion +staging has had all of it/)

  // A day later, by a clock that is an argument.
  const later = {
    root: project.root,
    url: production.url,
    now: new Date(Date.now() + 25 * 3_600_000),
    promotion: { from: "staging", target: () => ({ url: staging.url }) },
  }
  await project.write({
    "migrations/2_data.sql": revision("b2", "a1", "insert into users values (2);", "-- phase: migrate"),
  })
  await expect(deploy(later)).rejects.toMatchObject({
    code: "preflight-stopped",
    facts: { details: ["b2 ran there with another text", "nothing was changed"] },
  })
  await project.write({ "migrations/2_data.sql": files["2_data.sql"] })
  expect(await deploy(later)).toMatchObject({ applied: [{ id: "a1" }, { id: "b2" }] })

  // What only expands may follow after an hour.
  await project.write({
    "migrations/3_more.sql": revision("c3", "b2", "create table more ();", "-- phase: expand"),
  })
  await lockstep(["deploy", "staging"], onStaging)
  const hours = (count: number) => ({ ...later, now: new Date(Date.now() + count * 3_600_000) })
  await expect(deploy(hours(0.5))).rejects.toMatchObject({ code: "preflight-stopped" })
  expect(await deploy(hours(2))).toMatchObject({ applied: [{ id: "c3" }] })

  // A reason lets it pass, and is kept.
  await project.write({
    "migrations/4_hot.sql": revision("d4", "c3", "create table hot ();", "-- phase: expand"),
  })
  const hot = ["deploy", "production", "--override", "promotion"]
  expect((await lockstep(hot, at)).stderr).toContain("[reason-needed]")
  expect((await lockstep([...hot, "--because", "INC-7"], at)).exit).toBe(0)
  expect((await lockstep(["history", "--log"], at)).stdout).toContain("because: INC-7")
  expect(
    (await lockstep(["deploy", "production", "--override", "promotoin", "--because", "x"], at)).stderr,
  ).toContain('did you mean "promotion"')
})

test("evidence travels in a signed file, and a forged one is refused", async () => {
  await using staging = await testDatabase()
  await using production = await testDatabase()
  await using project = await testProject(files)
  const at = { cwd: project.root, env: {} }
  const onStaging = { cwd: project.root, env: { DATABASE_URL: staging.url } }
  await lockstep(["deploy"], onStaging)
  await lockstep(["init", "--environment", "staging"], onStaging)
  const made = await lockstep(["evidence", "keygen", "staging.key", "--json"], at)
  const { result } = checkedJson("evidence", made.stdout) as { result: { publicKey: string } }
  expect((await lockstep(["evidence", "keygen", "staging.key"], at)).stderr).toContain("[file-exists]")
  const connection = await staging.connect()
  await connection.run("update lockstep.revision set finished_at = finished_at - interval '2 days'")
  const words = ["evidence", "export", "staging", "--key", "staging.key", "--out", "staging.json"]
  expect((await lockstep(words, onStaging)).stdout).toContain("2 revisions of staging")

  await project.write({
    "lockstep.config.json": JSON.stringify({
      environments: {
        production: {
          url: production.url,
          promotesFrom: "staging",
          evidence: "staging.json",
          evidenceKeys: [result.publicKey],
        },
      },
    }),
  })
  const verify = () => lockstep(["evidence", "verify", "staging.json", "--env", "production"], at)
  expect((await verify()).stdout).toContain("genuine: 2 revisions of staging")
  const path = join(project.root, "staging.json")
  const genuine = await readFile(path, "utf8")
  writeFileSync(path, genuine.replace(/"at": "2/, '"at": "1'))
  expect(await verify()).toMatchObject({ exit: 3, stderr: expect.stringContaining("[evidence-forged]") })
  const refused = await lockstep(["deploy", "production"], at)
  expect(refused.exit).toBe(3)
  expect(refused.stderr).toContain("staging cannot vouch: the evidence")
  writeFileSync(path, genuine)
  // Genuine, and of other texts than those that are deployed.
  await project.write({ "migrations/2_data.sql": files["2_data.sql"].replace("(1)", "(2)") })
  const others = await lockstep(["deploy", "production"], at)
  expect(others).toMatchObject({ exit: 3, stderr: expect.stringContaining("b2 ran there with another text") })
  expect(others.stderr).toContain("hint: restore the text of b2 that ran there")
  await project.write({ "migrations/2_data.sql": files["2_data.sql"] })
  expect((await lockstep(["preflight", "production"], at)).stdout).toMatch(
    /✓ promotion +staging has had all of it for 48 h/,
  )
  expect((await lockstep(["deploy", "production"], at)).exit).toBe(0)
})

test("windows, freezes, approvals, and who may deploy: each refusal names the policy and the way out", async () => {
  await using db = await testDatabase()
  await using project = await testProject(files)
  const policies = {
    windows: ["Mon-Thu 09:00-16:00 Europe/Berlin"],
    freezes: ["2026-06-01..2026-06-02 because of the fair"],
    approvals: 1,
    onlyFromCi: true,
    requireCommit: true,
  }
  const options = { root: project.root, url: db.url, ...policies }
  const sunday = new Date("2026-05-31T10:00:00Z")
  await expect(deploy({ ...options, now: sunday })).rejects.toMatchObject({
    code: "preflight-stopped",
    message: "the deploy does not begin: window: closed; open are Mon-Thu 09:00-16:00 Europe/Berlin",
    facts: {
      hint: "wait until 2026-06-01T07:00Z",
      details: [
        expect.stringMatching(/^actor: no variable says/),
        expect.stringMatching(/^commit: unknown/),
        expect.stringMatching(/^approval: plan \w{12} has 0 of 1$/),
        "nothing was changed",
      ],
    },
  })
  await project.write({ "lockstep.config.json": JSON.stringify({ environments: { prod: policies } }) })
  const ada = {
    cwd: project.root,
    env: { DATABASE_URL: db.url, GITHUB_ACTOR: "ada", GITHUB_RUN_ID: "1", GITHUB_SHA: "f".repeat(40) },
  }
  const approved = await lockstep(["approve", "prod", "--json"], ada)
  expect(checkedJson("approve", approved.stdout)).toMatchObject({
    result: { revisions: [{ id: "a1" }, { id: "b2" }] },
  })
  const shown = await lockstep(["preflight", "prod", "--json"], ada)
  const { checks } = (
    checkedJson("preflight", shown.stdout) as { result: { checks: { check: string; evidence: string }[] } }
  ).result
  expect(checks.find(({ check }) => check === "approval")?.evidence).toMatch(/has 1 of 1: ada$/)
  expect(checks.find(({ check }) => check === "actor")?.evidence).toBe("github-actions 1, by ada")

  // Another text is another plan.
  await project.write({ "migrations/2_data.sql": revision("b2", "a1", "insert into users values (2);") })
  const actor = { platform: "github-actions 1", commit: "f".repeat(40) }
  const monday = new Date("2026-06-08T10:00:00Z")
  await expect(deploy({ ...options, actor, now: monday })).rejects.toMatchObject({
    facts: { subject: "approval" },
  })
  const fair = deploy({ ...options, actor, now: new Date("2026-06-01T10:00:00Z") })
  await expect(fair).rejects.toMatchObject({
    facts: { subject: "freeze", hint: "wait until 2026-06-02 is over" },
  })

  await project.write({
    "lockstep.config.json": JSON.stringify({
      environments: {
        prod: { windows: ["Mon 9-5"], freezes: ["soon"], promotesFrom: "stagin" },
        staging: {},
      },
    }),
  })
  const wrong = await lockstep(["deploy", "prod"], ada)
  expect(wrong.exit).toBe(2)
  expect(wrong.stderr).toContain("environments.prod.windows: must be a list of texts such as")
  expect(wrong.stderr).toContain("environments.prod.freezes: must be a list of texts such as")
  await project.write({
    "lockstep.config.json": JSON.stringify({
      environments: { prod: { promotesFrom: "stagin" }, staging: {} },
    }),
  })
  expect((await lockstep(["deploy", "prod"], ada)).stderr).toContain(
    'promotesFrom: there is no environment "stagin" [invalid-config]',
  )
})
