import { upgrade } from "../../src/api/upgrade.ts"
import type { Queryable } from "../../src/app/index.ts"
import { ServerError } from "../../src/db/connection.ts"
import type { TestDatabase } from "../database.ts"
import { type TestProject, testProject } from "../project.ts"

/** A project, its database, and the application's client there, which has only what `applicationRoles` gives. */
export interface Application extends AsyncDisposable {
  readonly db: TestDatabase
  readonly project: TestProject
  readonly role: string
  readonly client: Queryable
  /** What `assertSchema` is told of the build that this folder belongs to. */
  readonly build: { readonly root: string }
  upgrade(to?: string): Promise<void>
}

export async function application(
  db: TestDatabase,
  files: Readonly<Record<string, string>>,
): Promise<Application> {
  const project = await testProject(files)
  const role = await db.role()
  const connection = await db.connectAs(role)
  return {
    db,
    project,
    role,
    client: likePg(connection),
    build: { root: project.root },
    upgrade: async (to = "heads") => {
      await upgrade({ root: project.root, url: db.url, applicationRoles: [role], to })
    },
    [Symbol.asyncDispose]: () => project[Symbol.asyncDispose](),
  }
}

type Connection = Awaited<ReturnType<TestDatabase["connect"]>>

/** As `pg`, and PGlite, answer and fail. */
export function likePg(connection: Pick<Connection, "query">): Queryable {
  return { query: async (sql) => ({ rows: await answer(connection, sql) }) }
}

/** As postgres.js does: `{ query: (text) => sql.unsafe(text) }`. */
export function likePostgresJs(connection: Pick<Connection, "query">): Queryable {
  return { query: (sql) => answer(connection, sql) }
}

/** The SQLSTATE is the error's `code` in every driver. */
async function answer(connection: Pick<Connection, "query">, sql: string) {
  try {
    return await connection.query(sql)
  } catch (error) {
    if (!(error instanceof ServerError)) throw error
    throw Object.assign(new Error(error.message), { code: error.sqlState })
  }
}

interface Pool extends Queryable, AsyncDisposable {}

/** A real pool of `pg`. */
export async function pgPool(url: string): Promise<Pool> {
  const { default: pg } = await import("pg" as string)
  const pool = new pg.Pool({ connectionString: url, max: 2 })
  // Idle clients whose database is dropped would end the process.
  pool.on("error", () => undefined)
  return Object.assign(pool, { [Symbol.asyncDispose]: () => pool.end() })
}
