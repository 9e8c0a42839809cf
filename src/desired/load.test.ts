import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { dirname, join } from "node:path"
import { afterAll, describe, expect, test } from "vitest"
import type { SchemaSource } from "../api/options.ts"
import { loadSources } from "./load.ts"

const root = mkdtempSync(join(tmpdir(), "lockstep-desired-"))
afterAll(() => rmSync(root, { recursive: true }))

function write(files: Readonly<Record<string, string>>): void {
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(dirname(join(root, name)), { recursive: true })
    writeFileSync(join(root, name), text)
  }
}

const filesOf = async (...sources: SchemaSource[]) =>
  (await loadSources(sources, root)).map(({ file }) => file)

describe("files", () => {
  write({
    "schema/tables/users.sql": "create table users ();",
    "schema/tables/orders.sql": "create table orders ();",
    "schema/views.sql": "create view v as select 1;",
    "schema/notes.md": "no SQL",
    "functions.sql": "select 1;",
  })

  test("one, a folder with what is below it, patterns, and several together", async () => {
    expect(await filesOf("functions.sql")).toEqual(["functions.sql"])
    expect(await filesOf("schema")).toEqual([
      "schema/tables/orders.sql",
      "schema/tables/users.sql",
      "schema/views.sql",
    ])
    expect(await filesOf("schema/*.sql")).toEqual(["schema/views.sql"])
    expect(await filesOf("schema/**/*.sql")).toHaveLength(3)
    expect(await filesOf("schema/tables/{users,orders}.sql", "functions.sql")).toHaveLength(3)
  })

  test("that are not there are an error, not an empty schema", async () => {
    await expect(filesOf("nowhere")).rejects.toMatchObject({ code: "no-such-schema" })
    await expect(filesOf("nowhere/*.sql")).rejects.toMatchObject({ code: "no-such-schema" })
  })
})

describe("a program", () => {
  test("prints the schema, as words or as a line for the shell", async () => {
    const words = [process.execPath, "-e", "console.log('create table a ();')"]
    expect(await loadSources([{ command: words }], root)).toMatchObject([{ text: "create table a ();\n" }])
    expect(await loadSources([{ command: "echo 'create table b ();'" }], root)).toMatchObject([
      { file: "echo 'create table b ();'", text: expect.stringContaining("create table b ();") },
    ])
  })

  test.each([
    [["-e", "console.error('no models'); process.exit(3)"], /ended with 3/],
    [["-e", ""], /printed nothing/],
  ])("that fails or says nothing is an error", async (args, message) => {
    const source = { command: [process.execPath, ...args] }
    await expect(loadSources([source], root)).rejects.toMatchObject({
      code: "schema-source-failed",
      message: expect.stringMatching(message),
    })
  })
})

describe("models of an ORM", () => {
  test.each([[{ drizzle: "models.ts" }], [{ prisma: "schema.prisma" }], [{ mikroorm: "mikro.ts" }]])(
    "%o need its package in the project, and the error says which",
    async (source) => {
      await expect(loadSources([source], root)).rejects.toMatchObject({
        code: "schema-source-missing",
        facts: { hint: expect.stringMatching(/^npm install /) },
      })
    },
  )

  // A project with drizzle-orm, drizzle-kit, @prisma/schema-engine-wasm, @mikro-orm/core and @mikro-orm/postgresql.
  const project = process.env.LOCKSTEP_TEST_ORMS
  test.skipIf(project === undefined || !existsSync(project))(
    "are turned into SQL (LOCKSTEP_TEST_ORMS names a project that has the packages)",
    { timeout: 300_000 },
    async () => {
      const base = project as string
      const folder = mkdtempSync(join(base, "models-"))
      const models = {
        "drizzle.ts":
          'import { pgTable, serial, text } from "drizzle-orm/pg-core"\nexport const users = pgTable("users", { id: serial().primaryKey(), fullName: text().notNull() })\n',
        "schema.prisma":
          'datasource db {\n  provider = "postgresql"\n}\nmodel User {\n  id Int @id\n  email String @unique\n}\n',
        "mikro.ts":
          'import { EntitySchema } from "@mikro-orm/core"\nconst User = new EntitySchema({ name: "User", properties: { id: { type: "number", primary: true } } })\nexport default { entities: [User] }\n',
      }
      for (const [name, text] of Object.entries(models)) writeFileSync(join(folder, name), text)
      try {
        const inside = (name: string) => join(folder, name)
        const loaded = await loadSources(
          [
            { drizzle: inside("drizzle.ts"), casing: "snake_case" },
            { prisma: inside("schema.prisma") },
            { mikroorm: inside("mikro.ts") },
          ],
          base,
        )
        expect(loaded.map(({ text }) => text)).toEqual([
          expect.stringContaining('"full_name" text NOT NULL'),
          expect.stringContaining('CREATE TABLE "User"'),
          expect.stringContaining('create table "user"'),
        ])
      } finally {
        rmSync(folder, { recursive: true })
      }
    },
  )
})
