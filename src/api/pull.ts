import { ServerError } from "../db/connection.ts"
import { sqlState } from "../db/sqlstate.ts"
import { type Diagnostic, ToolError } from "../diagnostic.ts"
import { readStatistics } from "../lint/live.ts"
import type { Statistics } from "../lint/size.ts"
import { fromServer } from "../queries/from-server.ts"
import { openTarget, type Target } from "../runner/target.ts"
import { quoteIdentifier } from "../sql/identifier.ts"
import { loadParser, open } from "../sql/parser.ts"
import type { TargetOptions } from "./options.ts"

/** Reads how large the tables of a database are, and how much is written to them: counts, no data. */
export async function pullStatistics(options: TargetOptions): Promise<Statistics> {
  return reading(options, "stats", async ({ connection, schema }) => {
    const own = `${quoteIdentifier(schema)}.`
    return Object.fromEntries(
      Object.entries(await readStatistics(connection)).filter(([name]) => !name.startsWith(own)),
    )
  })
}

/** A query as the server has counted it, its values replaced by $1, $2, ... */
export interface RecordedQuery {
  readonly id: string
  readonly sql: string
  readonly calls: number
}

export interface PullQueriesOptions extends TargetOptions {
  /** Only those of these roles. Default: those of all roles but the one that connects. */
  readonly roles?: readonly string[]
}

export interface PulledQueries {
  /** The most frequent first. */
  readonly queries: readonly RecordedQuery[]
  /** Since when the server has counted; ISO 8601, UTC. What was issued earlier only is not among them. */
  readonly since: string | null
  /** How many times it has thrown away what was rare, for want of room (`pg_stat_statements.max`). */
  readonly forgotten: number
  /** Statements of the roles that nobody could read as queries: transaction control, DDL, settings, texts cut off. */
  readonly others: number
  /** What somebody should know. */
  readonly warnings: readonly Diagnostic[]
}

/**
 * Reads the queries that applications have issued from `pg_stat_statements`. No value is in them.
 *
 * @throws ToolError `statements-not-recorded` where the extension is not there, `statements-hidden` where the texts may
 *   not be read, `no-such-role`
 */
export async function pullQueries({ roles, ...options }: PullQueriesOptions): Promise<PulledQueries> {
  return reading(options, "queries", async ({ connection, facts: { user } }) => {
    const schema = await schemaOfStatements(connection)
    await refuseUnknown(connection, roles ?? [])
    const rows = await connection.query<{ id: string | null; sql: string; calls: string }>(
      `select s.queryid::pg_catalog.text as id, s.query as sql, pg_catalog.sum(s.calls) as calls
       from ${schema}.pg_stat_statements s join pg_catalog.pg_roles r on r.oid = s.userid
       where s.dbid = (select oid from pg_catalog.pg_database where datname = pg_catalog.current_database())
         and case when $1::pg_catalog.text[] is null then r.rolname <> session_user else r.rolname = any ($1) end
       group by 1, 2 order by 3 desc, 1`,
      [roles ?? null],
    )
    if (rows.some(({ id, sql }) => id === null && sql === hiddenText)) throw hidden(user)
    const [info] = await connection.query<{ since: Date | string | null; forgotten: string }>(
      `select pg_catalog.to_char(stats_reset at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"') as since, dealloc as forgotten from ${schema}.pg_stat_statements_info`,
    )
    const parse = await loadParser()
    const isQuery = (sql: string) => {
      const node = parse(sql)
      return node !== undefined && queries.has(open(node).kind)
    }
    const bySql = new Map<string, RecordedQuery>()
    let others = 0
    for (const { id, sql: text, calls } of rows) {
      const sql = fromServer(text, isQuery)
      if (sql === undefined) others += 1
      else
        bySql.set(sql, {
          id: bySql.get(sql)?.id ?? id ?? "",
          sql,
          calls: (bySql.get(sql)?.calls ?? 0) + Number(calls),
        })
    }
    const found = [...bySql.values()].sort((a, b) => b.calls - a.calls)
    return {
      queries: found,
      since: info?.since === null || info === undefined ? null : String(info.since),
      forgotten: Number(info?.forgotten ?? 0),
      others,
      warnings: found.length > 0 ? [] : [nobodys(user, roles)],
    }
  })
}

/** What the view shows in place of a text that the reader may not see. */
const hiddenText = "<insufficient privilege>"

function hidden(user: string): ToolError {
  return new ToolError("statements-hidden", `${user} may not read what other roles have issued`, {
    hint: `grant pg_read_all_stats to ${quoteIdentifier(user)}`,
    subject: user,
  })
}

async function refuseUnknown(connection: Target["connection"], roles: readonly string[]): Promise<void> {
  const rows = await connection.query<{ name: string }>(
    "select name from pg_catalog.unnest($1::pg_catalog.text[]) as n (name) where name not in (select rolname from pg_catalog.pg_roles)",
    [roles],
  )
  const [missing] = rows
  if (missing === undefined) return
  throw new ToolError("no-such-role", `there is no role "${missing.name}" on this server`, {
    subject: missing.name,
  })
}

function nobodys(user: string, roles: readonly string[] | undefined): Diagnostic {
  return {
    code: "statements-not-recorded",
    severity: "warning",
    message:
      roles === undefined
        ? `no other role than ${user}, which asks, has issued a query here`
        : `${roles.join(", ")} ${roles.length === 1 ? "has" : "have"} issued no query here`,
    hint:
      roles === undefined
        ? `where the application connects as ${user} too: lockstep queries pull --role ${user}`
        : "since the server began to count; let the application run for a while",
  }
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
export function printQueries({ queries: recorded, since, forgotten }: PulledQueries): string {
  const head = [
    `-- ${recorded.length} ${recorded.length === 1 ? "query" : "queries"} that the server has counted${since === null ? "" : ` since ${since}`}`,
    ...(forgotten === 0
      ? []
      : [`-- rare ones are missing: it had no room for them ${forgotten} times (pg_stat_statements.max)`]),
  ]
  return [
    `${head.join("\n")}\n`,
    ...recorded.map(
      ({ id, sql, calls }) =>
        `-- name: q${id.replace("-", "_")}\n-- ${calls} ${calls === 1 ? "call" : "calls"}\n${sql};\n`,
    ),
  ].join("\n")
}
