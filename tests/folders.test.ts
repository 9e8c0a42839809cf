import { cp, readdir, rm } from "node:fs/promises"
import { join } from "node:path"
import { fileURLToPath } from "node:url"
import { expect, test } from "vitest"
import { lockstep } from "./cli/lockstep.ts"
import { testDatabase } from "./database.ts"
import { testProject } from "./project.ts"

const folders = fileURLToPath(new URL("folders/", import.meta.url))

interface Case {
  readonly tool: string
  /** Where `init` finds the revisions. */
  readonly path: string
  readonly format: string
  readonly count: number
  /** What the next revision is called, by that tool's own rule. */
  readonly next: readonly RegExp[]
  /** Whether each of them can be undone. */
  readonly undo: boolean
}

const stamp = String.raw`\d{14}`
const cases: readonly Case[] = [
  {
    tool: "dbmate",
    path: "db/migrations",
    format: "dbmate",
    count: 2,
    next: [RegExp(`^${stamp}_add_city.sql$`)],
    undo: true,
  },
  {
    tool: "drizzle",
    path: "drizzle",
    format: "sequence",
    count: 2,
    next: [/^0002_add_city.sql$/],
    undo: false,
  },
  {
    tool: "drizzle-1",
    path: "drizzle",
    format: "folders",
    count: 2,
    next: [RegExp(`^${stamp}_add_city/migration.sql$`)],
    undo: false,
  },
  {
    tool: "flyway",
    path: "src/main/resources/db/migration",
    format: "flyway",
    count: 3,
    next: [/^V1\.2__add_city.sql$/, /^U1\.2__add_city.sql$/],
    undo: false,
  },
  {
    tool: "golang-migrate",
    path: "migrations",
    format: "sequence",
    count: 2,
    next: [/^000003_add_city.up.sql$/, /^000003_add_city.down.sql$/],
    undo: true,
  },
  {
    tool: "goose",
    path: "migrations",
    format: "goose",
    count: 2,
    next: [/^00003_add_city.sql$/],
    undo: true,
  },
  {
    tool: "node-pg-migrate",
    path: "migrations",
    format: "node-pg-migrate",
    count: 2,
    next: [/^\d{13}_add_city.sql$/],
    undo: true,
  },
  {
    tool: "plain",
    path: "migrations",
    format: "sequence",
    count: 2,
    next: [/^003_add_city.sql$/, /^003_add_city_rollback.sql$/],
    undo: true,
  },
  {
    tool: "prisma",
    path: "prisma/migrations",
    format: "folders",
    count: 2,
    next: [RegExp(`^${stamp}_add_city/migration.sql$`)],
    undo: false,
  },
  {
    tool: "sql-migrate",
    path: "migrations",
    format: "sql-migrate",
    count: 2,
    next: [RegExp(`^${stamp}-add-city.sql$`)],
    undo: true,
  },
  {
    tool: "supabase",
    path: "supabase/migrations",
    format: "sequence",
    count: 2,
    next: [RegExp(`^${stamp}_add_city.sql$`)],
    undo: false,
  },
]

test("every folder has its case", async () => {
  expect((await readdir(folders)).sort()).toEqual(cases.map(({ tool }) => tool))
})

test.each(cases)("a folder of $tool is found, applied as it is, and continued", async (each) => {
  await using db = await testDatabase()
  await using project = await testProject({})
  await rm(join(project.root, "migrations"), { recursive: true })
  await cp(join(folders, each.tool), project.root, { recursive: true })
  const at = { cwd: project.root, env: { DATABASE_URL: db.url, LOCKSTEP_VARIABLES: "app=shop" } }
  const json = async (...words: string[]) => JSON.parse((await lockstep([...words, "--json"], at)).stdout)

  const { result: found } = await json("init", "--yes")
  const { path, format, count } = each
  expect(found.migrations).toMatchObject({ path, formats: [format], count })

  const { result: upgraded } = await json("upgrade")
  expect(upgraded.applied).toHaveLength(count)
  expect(await json("status", "--check")).toMatchObject({ ok: true })

  const { result: written } = await json("new", "add city")
  expect(written.parents).toEqual(upgraded.current)
  const names = written.files.map((file: { readonly path: string }) => file.path.slice(path.length + 1))
  expect(names).toEqual(each.next.map((pattern) => expect.stringMatching(pattern)))

  const undone = await json("downgrade", "base")
  if (each.undo) expect(undone.result.reverted).toHaveLength(count)
  else expect(undone).toMatchObject({ exit: 3, diagnostics: [{ code: "no-rollback" }] })
})
