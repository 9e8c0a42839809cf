import { describe, expect, test } from "vitest"
import { lint } from "../../src/api/lint.ts"
import type { LintSettings } from "../../src/api/options.ts"
import { ruleBook } from "../../src/lint/rule-settings.ts"
import { type RuleId, type RulePage, rulePages } from "../../src/lint/rules.ts"
import { openScratch } from "../../src/scratch/scratch.ts"
import type { TenantRules } from "../../src/tenants/rules.ts"
import { majors, testDatabase } from "../database.ts"
import { revision, testProject } from "../project.ts"
import { Workbench } from "./workbench.ts"

/** What the application of the examples issues, for the rules that need to know. */
const queries =
  "select id, name, email from users where name = $1; insert into users (name, email) values ($1, $2);"

/** What the rules of tenants are about. */
function tenantsOf(id: string): { readonly tenants?: TenantRules } {
  if (!id.startsWith("tenant-")) return {}
  return { tenants: { schemas: ["shop"], by: id === "tenant-row-security" ? "row-security" : "column" } }
}

/** What projects switch on themselves. */
function settingOf(id: string, page: RulePage): { readonly rules?: LintSettings["rules"] } {
  if (id === "role-unknown") return { rules: { [id]: { roles: ["app"] } } }
  return page.default === "off" ? { rules: { [id]: page.severity } } : {}
}

const allPages = Object.entries<RulePage>(rulePages)
const pages = allPages.filter(([, { example }]) => example === undefined)

test("rules about headers report their bad example and not their good one", async () => {
  await using db = await testDatabase()
  const base = revision(
    "9e8c7aa5b945",
    "",
    "create table users (id bigint primary key, name text, age int);\ncreate index users_name on users (name);",
  )
  const reported = async (id: string, { severity, default: level }: RulePage, text: string) => {
    await using project = await testProject({ "a.sql": base, "b.sql": text })
    const { findings } = await lint({
      root: project.root,
      range: "9e8c7aa5b945:heads",
      scratch: { url: db.server.url },
      ...(level === "off" ? { lint: { rules: { [id]: severity } } } : {}),
    })
    return findings.some((each) => each.rule === id && each.severity === severity)
  }
  const wrong: string[] = []
  for (const [id, page] of allPages.filter(([, { example }]) => example === "revision")) {
    if (!(await reported(id, page, page.bad))) wrong.push(`${id} misses:\n${page.bad}`)
    if (await reported(id, page, page.good)) wrong.push(`${id} advises what it reports:\n${page.good}`)
  }
  expect(wrong).toEqual([])
  expect(allPages.filter(([, { bad, good }]) => bad === "" || good === "")).toEqual([])
}, 120_000)

test("what is reported under another name: a query that did not work before, VALIDATE too early, an enum value", async () => {
  await using scratch = await openScratch({ major: majors.at(-1) ?? 18 })
  const workbench = new Workbench(scratch)
  const { bad, good } = rulePages["query-not-proven"]
  const sql = "create table notes (id bigint primary key)"
  const rulesOf = async (queries: string) =>
    (await workbench.lint({ sql, queries })).findings.map(({ rule, severity }) => `${rule} ${severity}`)
  expect(await rulesOf(bad)).toEqual(["query-not-proven note"])
  expect(await rulesOf(good)).toEqual([])
  const reported = async (text: string) =>
    (await workbench.lint({ sql: text })).findings.map(({ rule }) => rule)
  const add = "alter table users add constraint age_positive check (age > 0) not valid;"
  const validate = "alter table users validate constraint age_positive;"
  expect(await reported(`begin; ${add} ${validate} commit;`)).toContain(
    named["VALIDATE in the transaction that added the constraint"],
  )
  expect(await reported(`${add} ${validate}`)).toEqual([])
  const value = "alter type mood add value 'odd';"
  expect(await reported(`begin; ${value} select 'odd'::mood; commit;`)).toContain(
    named["enum value used where it is added"],
  )
  expect(await reported(`${value} select 'odd'::mood;`)).toEqual([])
})

/** What the rules in text are for that were asked for, and which rule answers. */
const named: Readonly<Record<string, RuleId>> = {
  "IF NOT EXISTS over an invalid index": "if-not-exists-concurrently",
  "unbounded UPDATE or DELETE": "unbounded-modification",
  "a loop of batches in one transaction": "loop-without-commit",
  "DISABLE TRIGGER ALL": "triggers-disabled",
  "SET LOCAL outside a transaction": "set-local-outside-transaction",
  "a transaction that is left open": "transaction-left-open",
  "transaction control that ends the runner's transaction": "nested-transaction",
  "several relations locked in one transaction": "locks-gathered",
  "VALIDATE in the transaction that added the constraint": "work-under-lock",
  "enum value used where it is added": "statement-fails",
  "a lock timeout of nothing, or of minutes": "lock-timeout-without-effect",
  "a time limit on what runs concurrently": "time-limit-on-concurrent-work",
  "an invalid index that stays": "invalid-index-kept",
  "missing rollback": "rollback-missing",
  "missing reason": "reason-missing",
  "phases mixed": "phases-mixed",
  "a contract step without its expand": "contract-without-expand",
  "timestamp without time zone": "timestamp-without-time-zone",
  serial: "serial-column",
  "int keys that run out": "integer-key",
  "missing index on a foreign key": "foreign-key-without-index",
  "missing tenant column": "tenant-column",
  "missing row security": "tenant-row-security",
  "a column grant or owner that the roles model does not know": "role-unknown",
  "a table without a key": "table-without-key",
  "json where jsonb is meant": "json-column",
}

test("every rule that was asked for is there, and can be switched and configured", () => {
  expect(Object.values(named).filter((id) => rulePages[id] === undefined)).toEqual([])
  const levels = ["note", "warning", "error"] as const
  for (const id of Object.keys(rulePages)) {
    expect(ruleBook({ rules: { [id]: "off" } }).isOn(id as RuleId), id).toBe(false)
    for (const level of levels)
      expect(ruleBook({ rules: { [id]: level } }).chosen(id as RuleId), `${id}: ${level}`).toBe(level)
  }
})

describe.each(majors)("on PostgreSQL %s", (major) => {
  test("each rule reports its bad example, and nothing is wrong with its good one", async () => {
    await using scratch = await openScratch({ major })
    const workbench = new Workbench(scratch)
    const wrong: string[] = []
    for (const [id, page] of pages) {
      const { bad, good, severity } = page
      // Conventions are judged by the catalog's own words, which are the same on every version.
      if (page.default === "off" && major !== majors.at(-1)) continue
      const known = {
        ...(id.startsWith("query-") ? { queries } : {}),
        ...tenantsOf(id),
        ...settingOf(id, page),
      }
      const { findings } = await workbench.lint({ sql: bad, ...known })
      if (!findings.some((each) => each.rule === id && each.severity === severity))
        wrong.push(`${id} misses: ${bad}`)
      const errors = (await workbench.lint({ sql: good, ...known })).findings.filter(
        (each) => each.severity === "error" || (page.default === "off" && each.rule === id),
      )
      wrong.push(...errors.map(({ rule }) => `${id} advises what ${rule} reports: ${good}`))
    }
    expect(wrong).toEqual([])
  })

  test("every rewrite that is proposed keeps nobody waiting, and ends in the same catalog", async () => {
    await using scratch = await openScratch({ major })
    const workbench = new Workbench(scratch)
    const kinds = [
      "create index users_age on users (age)",
      "drop index users_created_at",
      "reindex index users_name",
      "reindex table users",
      "refresh materialized view order_totals",
      "alter table users add constraint age_positive check (age > 0)",
      "alter table plain add constraint plain_user foreign key (id) references users",
      "alter table tickets add constraint tickets_title unique (title)",
      "alter table users alter age set not null",
    ]
    for (const sql of kinds) {
      const { findings, after } = await workbench.lint({ sql })
      const { fix = "" } = findings[0] ?? {}
      expect(fix, sql).not.toBe("")
      const fixed = await workbench.lint({ sql: fix })
      expect(fixed.findings, fix).toEqual([])
      expect(fixed.after.relations, fix).toEqual(after.relations)
    }
  })
})
