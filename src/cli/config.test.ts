import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { dirname, join } from "node:path"
import { afterAll, describe, expect, test } from "vitest"
import { ToolError } from "../diagnostic.ts"
import { type ConfigChoice, loadConfiguration } from "./config.ts"
import type { Environment } from "./io.ts"

const made: string[] = []
afterAll(() => {
  for (const folder of made) rmSync(folder, { recursive: true })
})

/** Makes a folder that holds `files`, by their path. */
function project(files: Readonly<Record<string, string>> = {}): string {
  const root = mkdtempSync(join(tmpdir(), "lockstep-config-"))
  made.push(root)
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(root, path)), { recursive: true })
    writeFileSync(join(root, path), text)
  }
  return root
}

function json(config: unknown): Readonly<Record<string, string>> {
  return { "lockstep.config.json": JSON.stringify(config) }
}

function load(root: string, choice: ConfigChoice = {}, env: Environment = {}) {
  return loadConfiguration(choice, { cwd: root, env })
}

async function refusal(attempt: Promise<unknown>): Promise<ToolError> {
  const error = await attempt.then(
    () => new Error("nothing was refused"),
    (reason: unknown) => reason,
  )
  if (error instanceof ToolError) return error
  throw error
}

describe("where the configuration is found", () => {
  test("upward from the current directory", async () => {
    const root = project({ ...json({ migrations: "db" }), "packages/api/index.ts": "" })
    const found = await load(join(root, "packages/api"))
    expect(found).toMatchObject({ root, project: { root, migrations: ["db"] } })
  })

  test("under the name that --config or LOCKSTEP_CONFIG gives", async () => {
    const root = project({ "deploy/other.json": JSON.stringify({ format: "flyway" }) })
    const named = await load(root, { config: "deploy/other.json" })
    expect(named).toMatchObject({ root: join(root, "deploy"), project: { format: "flyway" } })
    const variable = await load(root, {}, { LOCKSTEP_CONFIG: "deploy/other.json" })
    expect(variable.configFile).toBe(named.configFile)
  })

  test("nowhere: defaults, and DATABASE_URL", async () => {
    const root = project()
    const found = await load(root, {}, { DATABASE_URL: "postgres://db/app" })
    expect(found).toMatchObject({ root, configFile: undefined, protected: false, run: {} })
    expect(await found.target()).toMatchObject({ url: "postgres://db/app", urlOrigin: "DATABASE_URL" })
  })

  test("a file or folder that was named and is not there is refused", async () => {
    const root = project()
    expect((await refusal(load(root, { config: "nope.ts" }))).code).toBe("config-not-found")
    expect((await refusal(load(root, { cwd: "nope" }))).code).toBe("config-not-found")
  })
})

describe("languages", () => {
  test.each([
    [
      "lockstep.config.ts",
      "interface A { x: string }\nenum E { A = 3 }\nexport default { lockAttempts: E.A } as { lockAttempts: number }",
    ],
    ["lockstep.config.mts", "export default { lockAttempts: 3 satisfies number }"],
    ["lockstep.config.mjs", "export default { lockAttempts: await Promise.resolve(3) }"],
    ["lockstep.config.json", '\uFEFF{ "$schema": "x", "lockAttempts": 3 }'],
  ])("%s", async (name, text) => {
    const found = await load(project({ [name]: text }))
    expect(found.run).toEqual({ lockAttempts: 3 })
  })

  test("an exception in the file is shown with its place", async () => {
    const root = project({ "lockstep.config.mjs": '\nthrow new Error("no vault today")' })
    const error = await refusal(load(root))
    expect(error.code).toBe("config-unreadable")
    expect(error.message).toContain("no vault today")
    expect(error.facts.details?.[0]).toContain("lockstep.config.mjs:2:7")
  })

  test("a file without a default export is refused", async () => {
    const root = project({ "lockstep.config.mjs": "export const config = {}" })
    expect((await refusal(load(root))).message).toContain("has no default export")
  })
})

describe("precedence", () => {
  const config = {
    url: "postgres://top/app",
    lockTimeout: "9s",
    environments: { prod: { url: { env: "PROD_URL" }, lockTimeout: "1s" } },
    names: { id: "sequence" },
  }

  test("an environment wins over the top", async () => {
    const root = project(json(config))
    const env = { PROD_URL: "postgres://prod/app" }
    const plain = await load(root)
    expect(plain.run.lockTimeoutMs).toBe(9000)
    expect((await plain.target()).url).toBe("postgres://top/app")
    const prod = await load(root, { env: "prod" }, env)
    expect(prod.run.lockTimeoutMs).toBe(1000)
    expect(await prod.target()).toMatchObject({
      url: "postgres://prod/app",
      urlOrigin: "the configuration",
      environment: "prod",
    })
  })

  test("a LOCKSTEP_ variable wins over the file, a flag over the variable", async () => {
    const root = project(json(config))
    const env = {
      LOCKSTEP_ENV: "prod",
      LOCKSTEP_LOCK_TIMEOUT: "5s",
      LOCKSTEP_NAMES_ID: "timestamp",
      LOCKSTEP_POOLED: "yes",
      LOCKSTEP_MIGRATIONS: "a, b",
      LOCKSTEP_VARIABLES: "tenant=acme,role=app",
      LOCKSTEP_CACHE: "false",
      LOCKSTEP_URL: "postgres://variable/app",
    }
    const found = await load(root, {}, env)
    expect(found.environment).toBe("prod")
    expect(found.run.lockTimeoutMs).toBe(5000)
    expect(found.project).toMatchObject({
      names: { id: "timestamp" },
      migrations: ["a", "b"],
      variables: { tenant: "acme", role: "app" },
      cache: false,
    })
    expect(await found.target()).toMatchObject({ pooled: true, url: "postgres://variable/app" })
    const flagged = await load(root, { overrides: { lockTimeout: 7000 } }, env)
    expect(flagged.run.lockTimeoutMs).toBe(7000)
  })

  test("the file wins over DATABASE_URL", async () => {
    const found = await load(project(json(config)), {}, { DATABASE_URL: "postgres://variable/app" })
    expect((await found.target()).url).toBe("postgres://top/app")
  })

  test("the url may be a function", async () => {
    const root = project({
      "lockstep.config.mjs": 'export default { url: async () => "postgres://vault/app" }',
    })
    expect((await (await load(root)).target()).url).toBe("postgres://vault/app")
  })

  test.each([
    ["a variable that is not set", "{ env: 'PROD_URL' }"],
    ["a function that finds nothing", "() => undefined"],
    ["process.env.X that is not set", "undefined"],
  ])("an environment's url that is %s never falls back to another database", async (_, url) => {
    const text = `export default { url: "postgres://dev/app", environments: { prod: { url: ${url} } } }`
    const found = await load(
      project({ "lockstep.config.mjs": text }),
      { env: "prod" },
      { DATABASE_URL: "postgres://dev/app" },
    )
    expect((await refusal(found.target())).code).toBe("invalid-config")
  })
})

describe("several databases", () => {
  const config = {
    lockTimeout: "9s",
    environments: { prod: { lockTimeout: "1s" } },
    databases: {
      orion: {
        url: "postgres://db/orion",
        lockTimeout: "5s",
        environments: { prod: { url: "postgres://prod/orion" } },
      },
      nebula: { url: "postgres://db/nebula", migrations: "nebula/sql" },
    },
  }

  test("one must be chosen", async () => {
    const root = project(json(config))
    const error = await refusal(load(root))
    expect(error.code).toBe("database-not-chosen")
    expect(error.exitCode).toBe(4)
    expect(error.facts.details).toEqual(["orion", "nebula"])
    const near = await refusal(load(root, { database: "orio" }))
    expect(near.facts.hint).toBe('did you mean "orion"?')
  })

  test("each has its own revisions and environments; the shared environment wins over the database", async () => {
    const root = project(json(config))
    const orion = await load(root, { database: "orion" })
    expect(orion).toMatchObject({
      project: { migrations: ["migrations/orion"] },
      run: { lockTimeoutMs: 5000 },
    })
    const prod = await load(root, { database: "orion", env: "prod" })
    expect(prod.run.lockTimeoutMs).toBe(1000)
    expect((await prod.target()).url).toBe("postgres://prod/orion")
    const nebula = await load(root, {}, { LOCKSTEP_DATABASE: "nebula" })
    expect(nebula.project.migrations).toEqual(["nebula/sql"])
  })

  test("a single one needs no choice", async () => {
    const found = await load(project(json({ databases: { app: { url: "postgres://db/app" } } })))
    expect(found.database).toBe("app")
  })
})

describe("environments", () => {
  test("an unknown one is refused with the nearest name", async () => {
    const root = project(json({ environments: { prod: {}, staging: {} } }))
    const error = await refusal(load(root, { env: "stagin" }))
    expect(error.code).toBe("unknown-environment")
    expect(error.facts).toMatchObject({
      hint: 'did you mean "staging"?',
      details: ["configured: prod, staging"],
    })
  })

  test("any name is taken where none are configured: the database's own mark is compared with it", async () => {
    const found = await load(project(), { env: "prod" })
    expect(await found.target()).toMatchObject({ environment: "prod", libpqVariables: {} })
  })
})

describe(".env", () => {
  const dotenv = "DATABASE_URL=postgres://dotenv/app\nLOCKSTEP_LOCK_TIMEOUT=3s\nEMPTY=\n"

  test("is read beside the configuration, and never overrides a real variable", async () => {
    const root = project({ ".env": dotenv })
    const env: Environment = { LOCKSTEP_LOCK_TIMEOUT: "4s" }
    const found = await load(root, {}, env)
    expect(await found.target()).toMatchObject({ url: "postgres://dotenv/app", urlOrigin: ".env" })
    expect(found.run.lockTimeoutMs).toBe(4000)
    expect([...found.fromDotenv]).toEqual(["DATABASE_URL"])
  })

  test("is not read for a protected environment", async () => {
    const root = project({
      ...json({ environments: { prod: { protected: true }, dev: {} } }),
      ".env": dotenv,
    })
    const env: Environment = {}
    const prod = await load(root, { env: "prod" }, env)
    expect(prod.protected).toBe(true)
    expect((await prod.target()).url).toBeUndefined()
    expect(prod.run).toEqual({})
    expect(env).toEqual({})
    expect((await (await load(root, { env: "dev" })).target()).url).toBe("postgres://dotenv/app")
  })

  test("does not reach a protected environment through process.env in the file either", async () => {
    const root = project({
      "lockstep.config.ts": `export default {
        environments: { prod: { protected: true as boolean, url: process.env.LOCKSTEP_TEST_DOTENV }, dev: {} },
      }`,
      ".env": "LOCKSTEP_TEST_DOTENV=postgres://dotenv/app\n",
    })
    const dev = await load(root, { env: "dev" }, process.env)
    expect([...dev.fromDotenv]).toEqual(["LOCKSTEP_TEST_DOTENV"])
    delete process.env.LOCKSTEP_TEST_DOTENV
    const prod = await load(root, { env: "prod" }, process.env)
    expect(process.env.LOCKSTEP_TEST_DOTENV).toBeUndefined()
    expect((await refusal(prod.target())).code).toBe("invalid-config")
  })
})

describe("mistakes", () => {
  test("all are shown at once, each with its place", async () => {
    const root = project(
      json({
        migrationz: "x",
        lockTimeout: "soon",
        outOfOrder: "alow",
        environment: 3,
        protected: true,
        names: { slugLength: "long", idPattern: "(" },
        environments: { prod: { lockTimout: "1s", migrations: "x" }, dev: "local" },
        databases: { app: { environments: { prod: { protectd: true } } } },
      }),
    )
    const error = await refusal(load(root))
    expect(error.message).toBe("lockstep.config.json has 11 mistakes")
    expect(error.facts.details).toEqual([
      "environment: must be a text, not 3",
      'migrationz: is not a setting; did you mean "migrations"?',
      'lockTimeout: must be a duration such as 500ms, 2s, 5min or 1h, or a number of milliseconds, not "soon"',
      'outOfOrder: must be "error", "allow", "warn"; not "alow" (did you mean "allow"?)',
      "protected: may only stand in an environment",
      'names.slugLength: must be a whole number from 0, not "long"',
      'names.idPattern: must be a regular expression, not "("',
      'environments.prod.lockTimout: is not a setting; did you mean "lockTimeout"?',
      "environments.prod.migrations: may only stand in a database or at the top",
      'environments.dev: must be an object of settings, not "local"',
      'databases.app.environments.prod.protectd: is not a setting; did you mean "protected"?',
    ])
  })

  test("one alone is the message", async () => {
    const error = await refusal(load(project(json({ lockAttempts: -1 }))))
    expect(error.message).toBe("lockstep.config.json: lockAttempts: must be a whole number from 0, not -1")
  })

  test("a password written as a text is refused without being printed", async () => {
    const error = await refusal(load(project(json({ password: "hunter2" }))))
    expect(JSON.stringify(error.diagnostic)).not.toContain("hunter2")
  })

  test("variables are checked too", async () => {
    const root = project()
    const wrong = await refusal(load(root, {}, { LOCKSTEP_LOCK_TIMEOUT: "soon", LOCKSTEP_POOLED: "maybe" }))
    expect(wrong.message).toBe("the environment has 2 mistakes")
    const near = await refusal(load(root, {}, { LOCKSTEP_LOCK_TIMOUT: "2s" }))
    expect(near.message).toContain('did you mean "LOCKSTEP_LOCK_TIMEOUT"?')
    await expect(load(root, {}, { LOCKSTEP_OF_ANOTHER_PROGRAM: "x" })).resolves.toBeDefined()
  })
})
