import { readdirSync, readFileSync } from "node:fs"
import { expect, test } from "vitest"
import { allKinds } from "../../src/kinds/all.ts"
import { eachMajor, type TestDatabase } from "../database.ts"
import { dumpEntries } from "./dump-entries.ts"
import { ignoredCatalogs, systemColumns } from "./system-columns.ts"

/** All that reads the catalogs, without its comments. */
const sources = ["src/kinds", "src/introspect"]
  .flatMap((folder) => readdirSync(folder).map((file) => readFileSync(`${folder}/${file}`, "utf8")))
  .join("\n")
  .replace(/\/\*[\s\S]*?\*\//g, "")
  .replace(/(^|\s)\/\/.*$/gm, "")

const mentions = (word: string) => new RegExp(`\\b${word}\\b`).test(sources)

/** `pg_class.relname` of every column of every system catalog. */
async function columnsOf(db: TestDatabase): Promise<readonly { catalog: string; column: string }[]> {
  const connection = await db.connect()
  return connection.query(`select c.relname as catalog, a.attname as column
    from pg_class c join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
    where c.relnamespace = 'pg_catalog'::regnamespace and c.relkind = 'r' order by 1, a.attnum`)
}

eachMajor("every column of every system catalog is read, or left out for a reason", async (db) => {
  const columns = await columnsOf(db)
  expect(columns.length).toBeGreaterThan(500)
  const unknown = columns
    .filter(({ catalog, column }) => !(catalog in ignoredCatalogs) && !systemColumns[catalog]?.[column])
    .map(({ catalog, column }) => `${catalog}.${column}`)
  expect(unknown).toEqual([])
})

eachMajor("no catalog is said to be there that is not", async (db) => {
  const there = new Set((await columnsOf(db)).map(({ catalog }) => catalog))
  // What came with a later version.
  const later = db.major < 15 ? ["pg_parameter_acl", "pg_publication_namespace"] : []
  const named = [...Object.keys(ignoredCatalogs), ...Object.keys(systemColumns)]
  expect(named.filter((catalog) => !there.has(catalog) && !later.includes(catalog))).toEqual([])
})

const treatments = Object.entries(systemColumns).flatMap(([catalog, columns]) =>
  Object.entries(columns).map(([column, treatment]) => ({ name: `${catalog}.${column}`, column, treatment })),
)

test("what is said to be read stands in a query", () => {
  const unread = treatments.filter(({ column, treatment }) => treatment === "read" && !mentions(column))
  expect(unread.map(({ name }) => name)).toEqual([])
})

test("what the server is said to print is asked of it", () => {
  const unasked = treatments.filter(
    ({ treatment }) =>
      treatment.startsWith("printed by ") && !mentions(treatment.slice("printed by ".length)),
  )
  expect(unasked.map(({ name }) => name)).toEqual([])
})

test("every kind of entry of pg_dump has its kinds, and every kind has its entry", () => {
  const known = new Set(allKinds.map(({ name }) => name))
  const named = Object.values(dumpEntries).flatMap((entry) => ("kinds" in entry ? entry.kinds : []))
  expect(named.filter((kind) => !known.has(kind))).toEqual([])
  expect([...known].filter((kind) => !named.includes(kind))).toEqual([])
})
