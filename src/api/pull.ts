import { ServerError } from "../db/connection.ts"
import { sqlState } from "../db/sqlstate.ts"
import { ToolError } from "../diagnostic.ts"
import { readStatistics } from "../lint/live.ts"
import type { Statistics } from "../lint/size.ts"
import { openTarget, type Target } from "../runner/target.ts"
import { loadParser, open } from "../sql/parser.ts"
import type { TargetOptions } from "./options.ts"

/** Reads how large the tables of a database are, and how much is written to them: counts, no data. */
export async function pullStatistics(options: TargetOptions): Promise<Statistics> {
  return reading(options, "stats", ({ connection }) => readStatistics(connection))
}

/** A query as the server has counted it, its values replaced by $1, $2, ... */
export interface RecordedQuery {
  readonly id: string
  readonly sql: string
  readonly calls: number
}

export interface PullQueriesOptions extends TargetOptions {
  /** Only those of this role. Default: those of all roles but the one that connects. */
  readonly role?: string
}

/**
 * Reads the queries that applications have issued from `pg_stat_statements`, the most frequent first.
 *
 * @throws ToolError `statements-not-recorded` where the extension is not there
 */
export async function pullQueries({
  role,
  ...options
}: PullQueriesOptions): Promise<readonly RecordedQuery[]> {
  return reading(options, "queries", async ({ connection }) => {
    const schema = await schemaOfStatements(connection)
    const rows = await connection.query<{ id: string; sql: string; calls: string }>(
      `select s.queryid::pg_catalog.text as id, s.query as sql, pg_catalog.sum(s.calls) as calls
       from ${schema}.pg_stat_statements s join pg_catalog.pg_roles r on r.oid = s.userid
       where s.dbid = (select oid from pg_catalog.pg_database where datname = pg_catalog.current_database())
         and case when $1::pg_catalog.text is null then r.rolname <> session_user else r.rolname = $1 end
       group by 1, 2 order by 3 desc, 1`,
      [role ?? null],
    )
    const parse = await loadParser()
    return rows.flatMap(({ id, sql, calls }) => {
      const node = parse(sql)
      // What the parser does not read was cut off, or is no query of an application.
      return node !== undefined && queries.has(open(node).kind) ? [{ id, sql, calls: Number(calls) }] : []
    })
  })
}

const queries: ReadonlySet<string> = new Set([
  "SelectStmt",
  "InsertStmt",
  "UpdateStmt",
  "DeleteStmt",
  "MergeStmt",
  "CallStmt",
])

async function schemaOfStatements(connection: Target["connection"]): Promise<string> {
  const rows = await connection.query<{ schema: string }>(
    "select pg_catalog.quote_ident(n.nspname) as schema from pg_catalog.pg_extension e join pg_catalog.pg_namespace n on n.oid = e.extnamespace where e.extname = 'pg_stat_statements'",
  )
  const schema = rows[0]?.schema
  if (schema !== undefined) return schema
  throw notRecorded("pg_stat_statements is not there")
}

function notRecorded(message: string, cause?: unknown): ToolError {
  return new ToolError("statements-not-recorded", message, {
    hint: "create extension pg_stat_statements, and name it in shared_preload_libraries; or write the queries into a file",
    cause,
  })
}

async function reading<Result>(
  options: TargetOptions,
  command: string,
  read: (target: Target) => Promise<Result>,
): Promise<Result> {
  const target = await openTarget({ ...options, command, writes: false })
  try {
    return await read(target)
  } catch (error) {
    // The view is there, and the library that fills it is not loaded.
    if (error instanceof ServerError && error.sqlState === sqlState.object_not_in_prerequisite_state) {
      throw notRecorded(error.message, error)
    }
    throw error
  } finally {
    await target.close()
  }
}

/** Prints queries as a file that `--queries` reads. */
export function printQueries(recorded: readonly RecordedQuery[]): string {
  return recorded
    .map(
      ({ id, sql, calls }) =>
        `-- name: q${id.replace("-", "_")}\n-- ${calls} calls\n${sql.trim().replace(/;$/, "")};\n`,
    )
    .join("\n")
}
