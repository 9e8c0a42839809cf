import { readFileSync } from "node:fs"
import type { LintSettings } from "../../src/api/options.ts"
import { factsOf, type LintedScript, lintScript } from "../../src/lint/lint.ts"
import { ruleBook } from "../../src/lint/rule-settings.ts"
import type { Facts } from "../../src/prove/facts.ts"
import { type Before, observeBefore } from "../../src/prove/prove.ts"
import { type Query, readQueries } from "../../src/prove/query.ts"
import { loadInOrder } from "../../src/scratch/load-in-order.ts"
import type { Scratch, ScratchDatabase } from "../../src/scratch/scratch.ts"
import { splitStatements } from "../../src/sql/statements.ts"
import type { TenantRules } from "../../src/tenants/rules.ts"
import type { SafetyCase } from "./case.ts"

interface Template {
  readonly template: ScratchDatabase
  readonly before: Facts
}

interface Proving {
  readonly queries: readonly Query[]
  readonly role: string
  readonly baseline: Before
}

/** Runs cases on one server; each of the databases is loaded once, and once more for each addition to it. */
export class Workbench {
  readonly #scratch: Scratch
  readonly #templates = new Map<string, Promise<Template>>()
  readonly #provings = new Map<string, Promise<Proving>>()

  constructor(scratch: Scratch) {
    this.#scratch = scratch
  }

  get major(): number {
    return Math.floor(this.#scratch.serverVersion / 10_000)
  }

  applies({ from = 0, to = 99 }: SafetyCase): boolean {
    return this.major >= from && this.major <= to
  }

  async lint({
    sql,
    queries,
    stats,
    base = "schema.sql",
    schema: more = "",
    tenants,
    rules,
  }: Omit<SafetyCase, "name" | "hazard"> & {
    readonly tenants?: TenantRules
    readonly rules?: LintSettings["rules"]
  }): Promise<LintedScript> {
    const { template, before } = await this.#template(base, more)
    const statements = splitStatements({ text: sql, file: "change.sql", line: 1 })
    const linted = await lintScript({
      scratch: this.#scratch,
      template,
      before,
      statements,
      ...(tenants === undefined ? {} : { tenants }),
      ...(queries === undefined ? {} : await this.#proving(template, queries)),
      ...(rules === undefined ? {} : { rules: ruleBook({ rules }) }),
      ...(stats === undefined ? {} : { statistics: stats }),
    })
    // Roles are known to the whole server, and the next case needs them as they were.
    if (/alter role app/i.test(sql)) await this.#run(template, "alter role app reset all")
    return linted
  }

  /** The baseline of the queries is taken once for each database. */
  #proving(template: ScratchDatabase, text: string): Promise<Proving> {
    const key = `${template.name} ${text}`
    let proving = this.#provings.get(key)
    if (proving === undefined) {
      proving = this.#prove(template, text)
      this.#provings.set(key, proving)
    }
    return proving
  }

  async #prove(template: ScratchDatabase, text: string): Promise<Proving> {
    const queries = await readQueries({ text, file: "queries.sql", line: 1 })
    const baseline = await observeBefore(this.#scratch, { template, statements: [], queries, role: "app" })
    return { queries, role: "app", baseline }
  }

  async #run(database: ScratchDatabase, sql: string): Promise<void> {
    const session = await database.connect("test")
    await session.run(sql).finally(() => session.close())
  }

  #template(base: string, more: string): Promise<Template> {
    const key = `${base} ${more}`
    let template = this.#templates.get(key)
    if (template === undefined) {
      template = this.#load(base, more)
      this.#templates.set(key, template)
    }
    return template
  }

  async #load(base: string, more: string): Promise<Template> {
    const common = more === "" ? undefined : (await this.#template(base, "")).template
    const template = await this.#scratch.database(common)
    const text = more === "" ? readFileSync(new URL(base, import.meta.url), "utf8") : more
    await loadInOrder(template, { text, file: "schema.sql", line: 1 }, (name) => this.#scratch.makeRole(name))
    return { template, before: await factsOf(template) }
  }
}
