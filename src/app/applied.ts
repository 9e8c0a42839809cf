import { ToolError } from "../diagnostic.ts"
import { quoteIdentifier } from "../sql/identifier.ts"

/**
 * What is needed of the application's own database client: `pg`'s Pool and Client, PGlite, or anything else with a
 * `query` that answers with rows, such as `{ query: (text) => sql.unsafe(text) }` for postgres.js.
 */
export interface Queryable {
  // biome-ignore lint/suspicious/noExplicitAny: every driver has its own result type; only the rows are looked at.
  query(sql: string): PromiseLike<any>
}

/** One revision that a database is at, or that was begun there. */
export interface AppliedRevision {
  readonly id: string
  readonly parents: readonly string[]
  readonly repeatable: boolean
  /** Whether code that was built before it still works after it. */
  readonly compatible: boolean
  /** False where it is being applied step by step and not finished. */
  readonly finished: boolean
  /** Checksum of what ran last, and of all that ran or was accepted before. */
  readonly checksums: readonly string[]
}

/**
 * Reads which revisions a database is at, from the one view that an application may read.
 *
 * @throws ToolError `schema-not-managed`, `schema-not-readable`, `schema-behind` where the tables are those of an
 *   earlier version of Lockstep; anything else as the client throws it
 */
export async function readApplied(database: Queryable, schema: string): Promise<readonly AppliedRevision[]> {
  try {
    return rowsOf(await database.query(viewText(schema))).map(revisionOf)
  } catch (error) {
    throw explain(error, schema)
  }
}

/** Texts only: clients differ in what they make of booleans and arrays. */
function viewText(schema: string): string {
  return `select id, pg_catalog.array_to_string(parents, pg_catalog.chr(9)) as parents, repeatable::text as repeatable,
  compatible::text as compatible, (applied_at is not null)::text as finished,
  pg_catalog.array_to_string(pg_catalog.array_prepend(checksum, earlier), pg_catalog.chr(9)) as checksums
from ${quoteIdentifier(schema)}.applied`
}

function rowsOf(result: unknown): readonly unknown[] {
  const rows = Array.isArray(result) ? result : (result as { readonly rows?: unknown } | undefined)?.rows
  if (Array.isArray(rows)) return rows
  throw new TypeError("query() must answer with rows, or with an object that has them as `rows`")
}

function revisionOf(row: unknown): AppliedRevision {
  const text = (name: string): string => {
    const value: unknown = (row as Readonly<Record<string, unknown>> | null)?.[name]
    if (typeof value !== "string") throw new TypeError(`query() answered with rows without a text "${name}"`)
    return value
  }
  return {
    id: text("id"),
    parents: list(text("parents")),
    repeatable: text("repeatable") === "true",
    compatible: text("compatible") === "true",
    finished: text("finished") === "true",
    checksums: list(text("checksums")),
  }
}

function list(text: string): readonly string[] {
  return text === "" ? [] : text.split("\t")
}

/** Says what an error of the server means. Clients put its SQLSTATE into `code`, of the error or of its cause. */
function explain(error: unknown, schema: string): unknown {
  switch (stateOf(error)) {
    case "42501":
      return new ToolError("schema-not-readable", `this role may not read ${schema}.applied`, {
        subject: schema,
        hint: "name the role in applicationRoles and run lockstep upgrade as the migrator",
        cause: error,
      })
    case "42P01":
    case "3F000":
      return new ToolError("schema-not-managed", `the database has no history in schema ${schema}`, {
        subject: schema,
        hint: "run lockstep upgrade, or check that this is the right database",
        cause: error,
      })
    case "42703":
      return new ToolError(
        "schema-behind",
        `the history in schema ${schema} is that of an earlier Lockstep`,
        {
          subject: schema,
          hint: "run lockstep upgrade with the version that this build has",
          cause: error,
        },
      )
    default:
      return error
  }
}

function stateOf(error: unknown): unknown {
  const { code, cause } = (error ?? {}) as { readonly code?: unknown; readonly cause?: unknown }
  return typeof code === "string" && /^[0-9A-Z]{5}$/.test(code)
    ? code
    : (cause as { readonly code?: unknown } | undefined)?.code
}
