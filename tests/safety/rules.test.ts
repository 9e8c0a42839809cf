import { describe, expect, test } from "vitest"
import type { LintSettings } from "../../src/api/options.ts"
import { type RulePage, rulePages } from "../../src/lint/rules.ts"
import { openScratch } from "../../src/scratch/scratch.ts"
import type { TenantRules } from "../../src/tenants/rules.ts"
import { majors } from "../database.ts"
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

const pages = Object.entries<RulePage>(rulePages).filter(([, { bad }]) => bad !== "")

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
