import { expect, test } from "vitest"
import { lint } from "../../src/api/lint.ts"
import { upgrade } from "../../src/api/upgrade.ts"
import { lockstep } from "../cli/lockstep.ts"
import { testDatabase } from "../database.ts"
import { revision, testProject } from "../project.ts"

const base = revision(
  "aaaa",
  "",
  "create table users (id bigint primary key, email text not null);\ncreate index users_email on users (email);",
)

test("each revision is a deploy of its own: what an earlier one has made serves by now", async () => {
  await using db = await testDatabase()
  await using project = await testProject({
    "a.sql": base,
    "b.sql": revision(
      "bbbb",
      "aaaa",
      "alter table users add column age int;\n\ncreate index users_age on users (age);",
    ),
    "c.ts": [
      "// revision: cccc",
      "// parent: bbbb",
      "export default { async *up({ sql }) { yield sql`update users set age = 0` } }",
    ].join("\n"),
    "d.sql": revision(
      "dddd",
      "cccc",
      "create index users_id_age on users (id, age);",
      "-- accept: blocking-index-build because nobody writes at night\n-- accept: blocking-scan because of nothing",
    ),
  })
  const { findings, accepted } = await lint({ root: project.root, scratch: { url: db.server.url } })
  const told = findings
    .filter(({ severity }) => severity !== "note")
    .map(({ revision: id, rule, file, line }) => `${id} ${rule} ${file}:${line}`)
  expect(told).toEqual([
    "bbbb work-under-lock migrations/b.sql:6",
    "cccc unbounded-modification migrations/c.ts:1",
    "dddd accept-without-finding migrations/d.sql:1",
  ])
  expect(accepted.map(({ revision: id, because }) => `${id} ${because}`)).toEqual([
    "dddd nobody writes at night",
  ])
})

test("a range is one deploy: what it makes is nobody's yet; pending is what the database lacks", async () => {
  await using db = await testDatabase()
  await using project = await testProject({
    "a.sql": base,
    "b.sql": revision("bbbb", "aaaa", "create index users_again on users (email);", "-- phase: expand"),
    "c.sql": revision("cccc", "bbbb", "alter table users drop column email;", "-- phase: expand"),
  })
  const options = { root: project.root, scratch: { url: db.server.url } }
  const rules = async (more: Parameters<typeof lint>[0]) =>
    (await lint({ ...options, ...more })).findings
      .filter(({ severity }) => severity === "error")
      .map(({ revision: id, rule }) => `${id} ${rule}`)
  expect(await rules({ range: "base:heads" })).toEqual([])
  const later = ["bbbb blocking-index-build", "cccc name-removed", "cccc phase-contradicted"]
  expect(await rules({ range: "aaaa:heads" })).toEqual(later)
  await upgrade({ root: project.root, url: db.url, to: "aaaa" })
  // The live table is empty: no work on it keeps anybody waiting.
  expect(await rules({ target: { url: db.url } })).toEqual(later.slice(1))
  const large = { "public.users": { rows: 50e6, bytes: 8e9 } }
  expect(await rules({ target: { url: db.url }, statistics: large })).toEqual(later)
})

test("is printed for people, for code scanning and for pull requests", async () => {
  await using db = await testDatabase()
  await using project = await testProject({
    "a.sql": base,
    "b.sql": revision(
      "bbbb",
      "aaaa",
      "create index users_first on users (email);\ncreate index users_again on users (email);",
      "-- transaction: none\n-- accept: blocking-index-build because nobody writes at night",
    ),
  })
  const run = (format: string) =>
    lockstep(["lint", "aaaa:heads", "--scratch", db.server.url, "--format", format], { cwd: project.root })
  const [text, sarif, github, markdown] = await Promise.all(["text", "sarif", "github", "markdown"].map(run))
  expect(text?.exit).toBe(3)
  expect(text?.stdout).toContain("migrations/b.sql:7 error SHARE on public.users keeps writes waiting")
  expect(text?.stdout).toContain("create index concurrently users_again")
  // One line accepts one statement.
  expect(text?.stdout).not.toContain("create index concurrently users_first")
  const { runs } = JSON.parse(sarif?.stdout ?? "") as { runs: readonly { results: readonly unknown[] }[] }
  expect(runs[0]?.results[0]).toMatchObject({ ruleId: "blocking-index-build", level: "error" })
  expect(github?.stdout).toMatch(
    /^::error file=migrations\/b\.sql,line=7,title=blocking-index-build::SHARE on/,
  )
  expect(markdown?.stdout).toContain("```sql\ncreate index concurrently users_again")
  expect(markdown?.stdout).toContain(
    "- accepted: **blocking-index-build** at `migrations/b.sql:6`, because nobody writes at night",
  )
})

test("new tables and queries keep to the rules for tenants, where the configuration has some", async () => {
  await using db = await testDatabase()
  await using project = await testProject({
    "a.sql": revision("aaaa", "", "create schema shop;\ncreate table shop.old (id int primary key);"),
    "b.sql": revision(
      "bbbb",
      "aaaa",
      "create table shop.notes (id bigint, tenant_id bigint, primary key (id, tenant_id));\ncreate table shop.countries (code text primary key);\ncreate view shop.shown as select * from shop.notes;",
      "-- accept: rollback-missing because of nothing",
    ),
  })
  const exceptions = { "shop.countries": "the same for all", "shop.old": "from before" }
  await project.write({
    "lockstep.config.json": JSON.stringify({ tenants: { schemas: "shop", exceptions } }),
    "queries.sql": [
      "-- name: all_notes\nselect * from shop.notes;",
      "-- name: my_notes\nselect * from shop.notes where tenant_id = $1;",
      "-- name: countries\nselect * from shop.countries;",
      "-- name: all_shown\nselect * from shop.shown;",
      "-- name: my_shown\nselect * from shop.shown where tenant_id = $1;",
    ].join("\n"),
  })
  const surroundings = { cwd: project.root }
  const linted = await lockstep(["lint", "--scratch", db.server.url], surroundings)
  expect(linted.exit).toBe(3)
  expect(linted.stdout).toContain("no index of shop.notes begins with tenant_id")
  expect(linted.stdout).not.toContain("shop.countries has no column")
  const words = ["prove", "--range", "aaaa:heads", "--queries", "queries.sql", "--scratch", db.server.url]
  const proven = await lockstep(words, surroundings)
  expect(proven.stdout).toContain(
    "all_notes warning takes rows of shop.notes without a condition on tenant_id",
  )
  expect(proven.stdout).toContain("all_shown warning takes rows of shop.notes")
  expect(proven.stdout).not.toMatch(/(?:my_notes|my_shown|countries) warning/)
  expect(proven.exit).toBe(0)
})

test("rules are switched and configured; what the header says is held against statements and graph", async () => {
  await using db = await testDatabase()
  await using project = await testProject({
    "a.sql": base,
    "b.sql": revision(
      "bbbb",
      "aaaa",
      "alter table users add column mail text;\nalter table users drop column email;\ncreate table Visits (id bigserial primary key);",
      "-- phase: contract",
    ),
  })
  const told = async (rules: NonNullable<Parameters<typeof lint>[0]>["lint"]) => {
    const options = rules === undefined ? {} : { lint: rules }
    const result = await lint({
      root: project.root,
      scratch: { url: db.server.url },
      only: ["bbbb"],
      ...options,
    })
    return result.findings.map(({ rule, severity }) => `${severity} ${rule}`).sort()
  }
  expect(await told(undefined)).toEqual([
    "note contract-without-expand",
    "note rollback-missing",
    "warning name-removed",
    "warning phases-mixed",
  ])
  expect(
    await told({
      rules: {
        "rollback-missing": "error",
        "phases-mixed": "off",
        "name-removed": "error",
        "reason-missing": "note",
        "serial-column": "warning",
        naming: { tables: "^t_", severity: "note" },
      },
    }),
  ).toEqual([
    "error name-removed",
    "error rollback-missing",
    "note contract-without-expand",
    "note naming",
    "note reason-missing",
    "warning serial-column",
  ])

  await project.write({
    "lockstep.config.json": JSON.stringify({
      lint: {
        rules: { "serial-colum": "warning", naming: { table: "x", columns: "(" }, "json-column": "fatal" },
      },
    }),
  })
  const { exit, stderr } = await lockstep(["lint", "--scratch", db.server.url], { cwd: project.root })
  expect(exit).toBe(2)
  expect(stderr).toContain('lint.rules.serial-colum: there is no such rule (did you mean "serial-column"?)')
  expect(stderr).toContain(
    "lint.rules.naming.table: is no option of this rule; there is severity, tables, columns",
  )
  expect(stderr).toContain('lint.rules.naming.columns: must be a regular expression as text, not "("')
  expect(stderr).toContain('lint.rules.json-column: must be "off", "note", "warning", "error"')
})
