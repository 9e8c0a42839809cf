import { expect, test } from "vitest"
import { deploy } from "../../src/api/deploy.ts"
import { preflight } from "../../src/api/preflight.ts"
import { upgrade } from "../../src/api/upgrade.ts"
import { lockstep } from "../cli/lockstep.ts"
import { testDatabase } from "../database.ts"
import { revision, testProject } from "../project.ts"

test("a preflight forecasts what is due, and a deploy that may take longer than allowed does not begin", async () => {
  await using db = await testDatabase()
  await using project = await testProject({
    "a.sql": revision("aaaa", "", "create table users (id int primary key, email text);"),
  })
  const options = { root: project.root, url: db.url, scratch: { url: db.server.url } }
  // On an empty database nobody waits for anything.
  expect((await preflight(options)).checks.map(({ check }) => check)).not.toContain("forecast")
  await upgrade({ root: project.root, url: db.url })
  // By nobody's run, so that nothing was measured: the forecast is a guess, the same on every machine.
  await (await db.connect()).run(
    "insert into users select i, 'u' || i from generate_series(1, 20000) i; analyze users",
  )
  await project.write({
    "migrations/b.sql": revision("bbbb", "aaaa", "alter table users alter id type bigint;"),
    "migrations/c.sql": revision("cccc", "bbbb", "create table orders (id bigint);"),
  })
  const lineOf = async (more: Parameters<typeof preflight>[0]) =>
    (await preflight({ ...options, ...more })).checks.find(({ check }) => check === "forecast")
  const seen =
    "it takes 20 ms to 270 ms (a guess: nothing was measured here yet); reads and writes of public.users wait for 20 ms to 270 ms"
  expect(await lineOf({})).toEqual({ check: "forecast", state: "ok", evidence: seen })
  expect(await lineOf({ maxWaitingMs: 1000, maxForecastMs: 1000 })).toMatchObject({ state: "ok" })
  expect(await lineOf({ maxWaitingMs: 100 })).toMatchObject({
    state: "stop",
    evidence: `${seen}; allowed is 100 ms of waiting`,
  })
  expect(await lineOf({ maxForecastMs: 100, preflight: { forecast: "warn" } })).toMatchObject({
    state: "warning",
  })
  expect(await lineOf({ preflight: { forecast: "off" } })).toBeUndefined()

  await project.write({
    "lockstep.config.json": JSON.stringify({
      maxWaiting: "soon",
      environments: { prod: { maxForecast: "90s" } },
    }),
  })
  const at = { cwd: project.root, env: { DATABASE_URL: db.url } }
  expect(await lockstep(["preflight", "prod"], at)).toMatchObject({
    exit: 2,
    stderr: expect.stringContaining("maxWaiting"),
  })

  await expect(deploy({ ...options, maxWaitingMs: 100 })).rejects.toMatchObject({
    code: "preflight-stopped",
    message: expect.stringContaining("the deploy does not begin: forecast: it takes 20 ms to 270 ms"),
  })
  // Without a limit and without queries a deploy does not pay for a scratch server.
  const done = await deploy({ ...options, scratch: { url: "postgresql://localhost:1/nowhere" } })
  expect(done.applied.map(({ id }) => id)).toEqual(["bbbb", "cccc"])
  expect(done.checks.map(({ check }) => check)).not.toContain("forecast")
}, 120_000)
