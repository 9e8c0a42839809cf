import { readFileSync } from "node:fs"
import { factsOf, type LintedScript, lintScript } from "../../src/lint/lint.ts"
import type { Facts } from "../../src/prove/facts.ts"
import { readQueries } from "../../src/prove/query.ts"
import { loadInOrder } from "../../src/scratch/load-in-order.ts"
import type { Scratch, ScratchDatabase } from "../../src/scratch/scratch.ts"
import { splitStatements } from "../../src/sql/statements.ts"
import type { TenantRules } from "../../src/tenants/rules.ts"
import type { SafetyCase } from "./case.ts"

const schema = readFileSync(new URL("schema.sql", import.meta.url), "utf8")

interface Template {
  readonly template: ScratchDatabase
  readonly before: Facts
}

/** Runs cases on one server; the common schema is loaded once, and once more for each addition to it. */
export class Workbench {
  readonly #scratch: Scratch
  readonly #templates = new Map<string, Promise<Template>>()

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
    schema: more = "",
    tenants,
  }: Omit<SafetyCase, "name" | "hazard"> & { readonly tenants?: TenantRules }): Promise<LintedScript> {
    const { template, before } = await this.#template(more)
    return lintScript({
      scratch: this.#scratch,
      template,
      before,
      statements: splitStatements({ text: sql, file: "change.sql", line: 1 }),
      ...(queries === undefined
        ? {}
        : { queries: await readQueries({ text: queries, file: "queries.sql", line: 1 }), role: "app" }),
      ...(tenants === undefined ? {} : { tenants }),
      ...(stats === undefined ? {} : { statistics: stats }),
    })
  }

  #template(more: string): Promise<Template> {
    let template = this.#templates.get(more)
    if (template === undefined) {
      template = this.#load(more)
      this.#templates.set(more, template)
    }
    return template
  }

  async #load(more: string): Promise<Template> {
    const common = more === "" ? undefined : (await this.#template("")).template
    const template = await this.#scratch.database(common)
    const text = more === "" ? schema : more
    await loadInOrder(template, { text, file: "schema.sql", line: 1 }, (name) => this.#scratch.makeRole(name))
    return { template, before: await factsOf(template) }
  }
}
