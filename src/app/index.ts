import { setTimeout as sleep } from "node:timers/promises"
import { ToolError } from "../diagnostic.ts"
import { readFolder } from "../revisions/folder.ts"
import { quoteIdentifier } from "../sql/identifier.ts"

export { ToolError } from "../diagnostic.ts"

/**
 * What is needed of the application's own database client: `pg`'s Pool and Client, PGlite, or anything else with a
 * `query` that answers with rows.
 */
export interface Queryable {
  // biome-ignore lint/suspicious/noExplicitAny: every driver has its own result type; only `rows` is looked at.
  query(sql: string): PromiseLike<any>
}

export interface SchemaOptions {
  /**
   * The revisions that this build needs: the folder that it was built with, or their ids.
   * Default: the folder `migrations`.
   */
  readonly migrations?: string | readonly string[]
  /** What `migrations` is relative to. Default: the current directory. */
  readonly root?: string
  /** Ids of the revisions that this build needs, where it carries no folder. Wins over `migrations`. */
  readonly revisions?: readonly string[]
  /** Default: `lockstep`. */
  readonly historySchema?: string
}

export interface WaitOptions extends SchemaOptions {
  /** Milliseconds. Default: 60,000. */
  readonly timeoutMs?: number
  /** Pause between two looks, in milliseconds. Default: 500. */
  readonly intervalMs?: number
  readonly signal?: AbortSignal
}

/** What was found when the schema is good for this build. */
export interface SchemaReport {
  /** Revisions that this build needs; all are applied. */
  readonly needed: number
  /** Applied revisions that this build does not know, all compatible with older code. */
  readonly ahead: readonly string[]
}

/**
 * Makes sure that the database has the revisions that this build needs, with the application's own rights and
 * connection. Reads one view and nothing else; never migrates.
 *
 * A database that is ahead is fine as long as the history marks what it has more as compatible with older code, so
 * that going back to the previous image works.
 *
 * @throws ToolError `schema-behind`, `schema-incompatible`, `schema-not-managed`, `schema-not-readable`
 */
export async function assertSchema(database: Queryable, options: SchemaOptions = {}): Promise<SchemaReport> {
  return compare(await readApplied(database, options.historySchema ?? "lockstep"), await neededIds(options))
}

/**
 * Waits until `assertSchema` succeeds, for containers that start beside the deploy's migration. Errors of the
 * connection are waited out as well.
 *
 * @throws ToolError what `assertSchema` threw last, once the time is over; at once `schema-incompatible` and
 *   `schema-not-readable`, which waiting does not mend
 */
export async function waitForSchema(database: Queryable, options: WaitOptions = {}): Promise<SchemaReport> {
  const needed = await neededIds(options)
  const end = performance.now() + (options.timeoutMs ?? 60_000)
  for (;;) {
    try {
      return compare(await readApplied(database, options.historySchema ?? "lockstep"), needed)
    } catch (error) {
      const isFinal = error instanceof ToolError && final.has(error.code)
      if (isFinal || performance.now() >= end) throw error
    }
    await sleep(
      options.intervalMs ?? 500,
      undefined,
      options.signal === undefined ? {} : { signal: options.signal },
    )
  }
}

const final = new Set(["schema-incompatible", "schema-not-readable"])

interface AppliedRow {
  readonly id: string
  readonly compatible: boolean
  readonly repeatable: boolean
}

async function readApplied(database: Queryable, schema: string): Promise<readonly AppliedRow[]> {
  try {
    const result: unknown = await database.query(
      `select id, compatible, repeatable from ${quoteIdentifier(schema)}.applied`,
    )
    return rowsOf(result)
  } catch (error) {
    throw explain(error, schema)
  }
}

function rowsOf(result: unknown): readonly AppliedRow[] {
  const rows = Array.isArray(result) ? result : (result as { readonly rows?: unknown }).rows
  if (!Array.isArray(rows)) throw new TypeError("query() answered without rows")
  return rows as readonly AppliedRow[]
}

/** The driver's own errors carry the server's SQLSTATE as `code`. */
function explain(error: unknown, schema: string): unknown {
  const code = (error as { readonly code?: unknown } | null)?.code
  if (code === "42501") {
    return new ToolError("schema-not-readable", `this role may not read ${schema}.applied`, {
      subject: schema,
      hint: "name the role in applicationRoles and run lockstep upgrade as the migrator",
      cause: error,
    })
  }
  if (code === "42P01" || code === "3F000") {
    return new ToolError("schema-not-managed", `the database has no history in schema ${schema}`, {
      subject: schema,
      hint: "run lockstep upgrade, or check that this is the right database",
      cause: error,
    })
  }
  return error
}

async function neededIds(options: SchemaOptions): Promise<ReadonlySet<string>> {
  if (options.revisions !== undefined) return new Set(options.revisions)
  const { graph, repeatables } = await readFolder({
    migrations: options.migrations ?? "migrations",
    ...(options.root === undefined ? {} : { root: options.root }),
  })
  return new Set([...graph.revisions, ...repeatables].map(({ id }) => id))
}

function compare(applied: readonly AppliedRow[], needed: ReadonlySet<string>): SchemaReport {
  const known = new Set(applied.map(({ id }) => id))
  const missing = [...needed].filter((id) => !known.has(id))
  if (missing.length > 0) {
    throw new ToolError(
      "schema-behind",
      `the database lacks ${count(missing.length)} that this build needs`,
      {
        details: missing.slice(0, 10).map((id) => `not applied: ${id}`),
        hint: "run lockstep upgrade before this build serves",
        subject: missing[0],
        data: { missing },
      },
    )
  }
  // A repeatable that this build does not know replaces something whole; it removes nothing that others need.
  const ahead = applied.filter(({ id, repeatable }) => !repeatable && !needed.has(id))
  const incompatible = ahead.filter(({ compatible }) => !compatible).map(({ id }) => id)
  if (incompatible.length > 0) {
    const message = `the database has run ${count(incompatible.length)} that this build predates and that may have removed what it needs`
    throw new ToolError("schema-incompatible", message, {
      details: incompatible.slice(0, 10).map((id) => `not compatible with older code: ${id}`),
      hint: "deploy a build that holds it",
      subject: incompatible[0],
      data: { incompatible },
    })
  }
  return { needed: needed.size, ahead: ahead.map(({ id }) => id) }
}

function count(revisions: number): string {
  return revisions === 1 ? "a revision" : `${revisions} revisions`
}
