import type { Catalog } from "../../src/catalog/catalog.ts"
import { type Connection, ServerError } from "../../src/db/connection.ts"
import { connect } from "../../src/db/node-postgres.ts"
import { parseConnection } from "../../src/db/settings.ts"
import { ToolError } from "../../src/diagnostic.ts"
import { diff } from "../../src/diff/diff.ts"
import { introspect } from "../../src/introspect/introspect.ts"
import { type Plan, plan } from "../../src/plan/plan.ts"
import { printScript } from "../../src/plan/print.ts"
import { splitStatements } from "../../src/sql/statements.ts"
import { dumpEntriesOf } from "./dump.ts"

/** Two schemas that a plan has to connect, in both directions. */
export interface SchemaPair {
  readonly old: string
  readonly new: string
  /** Run before either. */
  readonly setup?: string
  /** Rows, put in after `old`. */
  readonly seed?: string
  /** Roles that both take for granted. */
  readonly roles?: readonly string[]
  /** Says why the way back is not taken: it loses what SQL cannot say. */
  readonly oneWay?: string
}

export interface Outcome {
  readonly direction: "forward" | "backward"
  /** `not loadable`: the pair's own SQL fails, which is no fault of ours. */
  readonly status:
    | "converged"
    | "not loadable"
    | "no plan"
    | "failed"
    | "differs"
    | "dump differs"
    | "rows lost"
  readonly detail: string
  /** The plan as a script, as far as there was one. */
  readonly script: string
}

export interface WorkbenchOptions {
  /** Where pg_dump compares as well, if it is at hand and new enough: it is what takes the time. */
  readonly dump: "never" | "forward" | "both ways"
  /** Whether the servers are the workbench's alone, so that roles which a pair makes can be dropped. */
  readonly ownServers?: boolean
}

/**
 * Two databases in which one pair of schemas after the other is built, connected by plans, and cleared away: by a plan,
 * too, so that a pair costs no new database.
 */
export class Workbench implements AsyncDisposable {
  readonly #from: Side
  readonly #to: Side
  readonly #options: WorkbenchOptions

  private constructor(from: Side, to: Side, options: WorkbenchOptions) {
    this.#from = from
    this.#to = to
    this.#options = options
  }

  /** @param adminUrls of the servers of the two sides, which may be one */
  static async open(adminUrls: readonly [string, string], options: WorkbenchOptions): Promise<Workbench> {
    const [from, to] = await Promise.all(
      adminUrls.map((url, place) => Side.open(url, `workbench_${process.pid}_${++count}_${place}`)),
    )
    return new Workbench(from as Side, to as Side, options)
  }

  /** Builds both schemas, plans, runs, reads again; then the way back. */
  async check(pair: SchemaPair): Promise<readonly Outcome[]> {
    const state: State = {}
    try {
      return await this.#check(pair, state)
    } finally {
      await this.#from.clear(state.from)
      await this.#to.clear(state.to)
      if (this.#options.ownServers) for (const side of [this.#from, this.#to]) await side.dropRoles()
    }
  }

  async #check(pair: SchemaPair, state: State): Promise<readonly Outcome[]> {
    const [from, to] = [this.#from, this.#to]
    try {
      for (const side of [from, to]) await side.makeRoles(pair.roles ?? [])
      await from.load(pair.setup, pair.old, pair.seed)
      await to.load(pair.setup, pair.new)
      await to.makeRoles(await from.roles())
      await from.makeRoles(await to.roles())
    } catch (error) {
      return [{ direction: "forward", status: "not loadable", detail: textOf(error), script: "" }]
    }
    const outcomes: Outcome[] = []
    try {
      const start = await introspect(from.connection, reading)
      const wanted = await introspect(to.connection, reading)
      state.to = wanted
      const { dump } = this.#options
      const dumped = dump === "both ways" ? await dumpOf(from) : undefined
      const wantedDump = dump === "never" ? undefined : await dumpOf(to)
      const there = await this.#go("forward", start, wanted, wantedDump, pair.seed !== undefined)
      outcomes.push(there.outcome)
      if (there.outcome.status !== "converged" || pair.oneWay !== undefined) return outcomes
      const back = await this.#go("backward", there.reached, start, dumped, false)
      outcomes.push(back.outcome)
      if (back.outcome.status === "converged") state.from = back.reached
    } catch (error) {
      outcomes.push({ direction: "forward", status: "no plan", detail: textOf(error), script: "" })
    }
    return outcomes
  }

  async #go(
    direction: Outcome["direction"],
    source: Catalog,
    wanted: Catalog,
    wantedDump: readonly string[] | undefined,
    seeded: boolean,
  ): Promise<{ readonly outcome: Outcome; readonly reached: Catalog }> {
    const { connection } = this.#from
    let made: Plan
    try {
      made = plan(source, wanted)
    } catch (error) {
      return { outcome: { direction, status: "no plan", detail: textOf(error), script: "" }, reached: source }
    }
    const script = printScript(made)
    let reached = source
    const end = (status: Outcome["status"], detail = "") => ({
      outcome: { direction, status, detail, script },
      reached,
    })
    const before = seeded ? await rowCounts(connection) : {}
    try {
      for (const { sql } of splitStatements({ text: script, file: "plan.sql", line: 1 }))
        await connection.run(sql)
    } catch (error) {
      await connection.run("rollback").catch(() => undefined)
      return end("failed", textOf(error))
    }
    const after = seeded ? await rowCounts(connection) : {}
    await connection.run("discard all")
    const lost = Object.entries(before).filter(([table, rows]) => (after[table] ?? rows) < rows)
    if (lost.length > 0) return end("rows lost", lost.map(([table]) => table).join(", "))
    reached = await introspect(connection, reading)
    const left = diff(reached, wanted)
    if (left.length > 0) {
      return end("differs", left.map((change) => idOf(change)).join(", "))
    }
    if (wantedDump === undefined) return end("converged")
    const dumped = await dumpOf(this.#from)
    const missing = wantedDump.find((entry) => !dumped.includes(entry))
    const extra = dumped.find((entry) => !wantedDump.includes(entry))
    if (missing !== undefined || extra !== undefined) {
      return end("dump differs", `wanted: ${missing ?? "nothing"}\nthere is: ${extra ?? "nothing"}`)
    }
    return end("converged")
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all([this.#from.close(), this.#to.close()])
  }
}

/** What the databases hold, as far as it is known. */
interface State {
  from?: Catalog
  to?: Catalog
}

let count = 0

function dumpOf({ url, connection }: Side): Promise<readonly string[]> {
  return dumpEntriesOf(url, Math.floor(connection.serverVersion / 10_000))
}

const reading = { secrets: "read" } as const

class Side {
  readonly #admin: Connection
  readonly #name: string
  readonly url: string
  connection: Connection
  #pristine: Catalog

  private constructor(
    admin: Connection,
    name: string,
    url: string,
    connection: Connection,
    pristine: Catalog,
  ) {
    this.#admin = admin
    this.#name = name
    this.url = url
    this.connection = connection
    this.#pristine = pristine
  }

  static async open(adminUrl: string, name: string): Promise<Side> {
    const admin = await connect(parseConnection(adminUrl, {}), "workbench")
    await admin.run(`create database ${name} template template0`)
    const url = withDatabase(adminUrl, name)
    const connection = await connect(parseConnection(url, {}), "workbench")
    return new Side(admin, name, url, connection, await introspect(connection, reading))
  }

  /** Runs scripts as psql does: statement by statement, each for itself unless it says BEGIN. */
  async load(...scripts: readonly (string | undefined)[]): Promise<void> {
    for (const text of scripts) {
      for (const { sql, copy } of splitStatements({ text: text ?? "", file: "schema.sql", line: 1 })) {
        if (copy === undefined) await this.connection.run(sql)
        else await this.connection.copyIn(sql, copy)
      }
    }
    await this.connection.run("reset session authorization; reset all")
  }

  async roles(): Promise<readonly string[]> {
    const rows = await this.connection.query<{ name: string }>(
      "select rolname as name from pg_roles where rolname !~ '^pg_' and oid <> 10 order by 1",
    )
    return rows.map(({ name }) => name)
  }

  async makeRoles(names: readonly string[]): Promise<void> {
    const known = await this.roles()
    for (const name of names.filter((each) => !known.includes(each))) {
      await this.connection.run(`create role "${name.replaceAll('"', '""')}"`)
    }
  }

  /** Brings the database back to its beginning; makes a new one where a plan does not. */
  async clear(holds: Catalog | undefined): Promise<void> {
    try {
      await this.connection.run("rollback")
      await this.connection.run("discard all")
      const { steps } = plan(holds ?? (await introspect(this.connection, reading)), this.#pristine)
      for (const { sql } of steps) await this.connection.run(sql)
      await this.connection.run("discard all")
      if ((await this.connection.query(leftovers)).length === 0) return
    } catch {
      // What the plan cannot clear away goes with the database.
    }
    await this.#dropSubscriptions()
    await this.connection.close()
    await this.#admin.run(`drop database if exists ${this.#name} with (force)`)
    await this.#admin.run(`create database ${this.#name} template template0`)
    this.connection = await connect(parseConnection(this.url, {}), "workbench")
    this.#pristine = await introspect(this.connection, reading)
  }

  async #dropSubscriptions(): Promise<void> {
    await this.connection.run("rollback").catch(() => undefined)
    const rows = await this.connection.query<{ name: string }>(
      "select quote_ident(subname) as name from pg_subscription s join pg_database d on d.oid = s.subdbid where d.datname = current_database()",
    )
    for (const { name } of rows) {
      await this.connection.run(`alter subscription ${name} disable`)
      await this.connection.run(`alter subscription ${name} set (slot_name = none)`)
      await this.connection.run(`drop subscription ${name}`)
    }
  }

  async dropRoles(): Promise<void> {
    await this.connection.run(`do $$ declare r text; begin
      for turn in 1..3 loop
        for r in select rolname from pg_roles where rolname !~ '^pg_' and oid <> 10 loop
          begin execute format('drop owned by %I', r); execute format('drop role %I', r);
          exception when others then null; end;
        end loop;
      end loop; end $$`)
  }

  async close(): Promise<void> {
    await this.#dropSubscriptions().catch(() => undefined)
    await this.connection.close()
    await this.#admin.run(`drop database if exists ${this.#name} with (force)`)
    await this.#admin.close()
  }
}

/** Selects something that users made, if there is any. */
const leftovers = [
  "class",
  ...["proc", "type", "namespace", "operator", "opclass", "opfamily", "cast", "conversion", "collation"],
  ...["ts_config", "ts_dict", "ts_parser", "ts_template", "am", "extension", "language", "transform"],
  ...[
    "foreign_data_wrapper",
    "foreign_server",
    "user_mapping",
    "event_trigger",
    "publication",
    "default_acl",
  ],
]
  .map((name) => `select oid from pg_${name} where oid >= 16384`)
  .join(" union all ")

function withDatabase(adminUrl: string, name: string): string {
  const url = new URL(adminUrl)
  url.pathname = `/${name}`
  return url.toString()
}

async function rowCounts(connection: Connection): Promise<Readonly<Record<string, number>>> {
  const rows = await connection.query<{ name: string; count: string }>(
    `select c.oid::regclass::text as name, (xpath('/row/c/text()',
        query_to_xml(format('select count(*) as c from only %s', c.oid::regclass), false, true, '')))[1]::text as count
      from pg_class c where c.relkind = 'r' and c.oid >= 16384 and c.relnamespace::regnamespace::text !~ '^pg_'`,
  )
  return Object.fromEntries(rows.map(({ name, count: rowCount }) => [name, Number(rowCount)]))
}

function idOf(change: ReturnType<typeof diff>[number]): string {
  if (change.type !== "alter") return `${change.type} ${change.object.id}`
  return `alter ${change.after.id} (${[...change.properties, ...change.facets].join(", ")})`
}

function textOf(error: unknown): string {
  if (error instanceof ServerError || error instanceof ToolError) return error.message
  return error instanceof Error ? (error.stack ?? error.message) : String(error)
}
