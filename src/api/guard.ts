import { type Connection, ServerError } from "../db/connection.ts"
import { sqlState } from "../db/sqlstate.ts"
import { ToolError } from "../diagnostic.ts"
import { type GuardState, installGuardText, readGuard, removeGuardText } from "../history/guard.ts"
import { databaseOf, openTarget, type Target } from "../runner/target.ts"
import { checkOptions, type OptionKinds, targetKinds } from "./check-options.ts"
import type { TargetOptions } from "./options.ts"

export interface GuardOptions extends TargetOptions {
  /** Up to which size a table may always be written anew: `4MB`, as the server reads sizes. Default: 0, only empty ones. */
  readonly above?: string
}

const guardKinds: OptionKinds<GuardOptions> = { ...targetKinds, above: "text" }

/** The guard in a database, which refuses that a table is written anew where no plan says so. */
export interface GuardResult extends GuardState {
  readonly database: string
  readonly environment?: string
  /** Whether this call has changed anything. */
  readonly changed: boolean
  /** What installs it there. */
  readonly sql: string
}

/** Says whether the guard is there. Reads only. */
export async function guardStatus(options: GuardOptions = {}): Promise<GuardResult> {
  return withTarget(options, false, async (target) => ({
    ...(await readGuard(target.connection, target.schema)),
    changed: false,
  }))
}

/**
 * Installs the guard or brings it up to date; where it is as it should be, nothing happens.
 *
 * @throws ToolError `guard-not-allowed`, `not-managed`, `invalid-option` for a size that is none
 */
export async function installGuard(options: GuardOptions = {}): Promise<GuardResult> {
  return withTarget(options, true, async (target, above) => {
    const { connection, schema } = target
    const found = await readGuard(connection, schema)
    if (found.state === "installed" && found.above === above) return { ...found, changed: false }
    await refuseWithoutSchema(target)
    await run(connection, installGuardText(schema, above))
    return { ...(await readGuard(connection, schema)), changed: true }
  })
}

/**
 * Takes the guard away.
 *
 * @throws ToolError `guard-not-allowed`
 */
export async function removeGuard(options: GuardOptions = {}): Promise<GuardResult> {
  return withTarget(options, true, async ({ connection, schema }) => {
    const found = await readGuard(connection, schema)
    if (found.state === "absent") return { ...found, changed: false }
    await run(connection, removeGuardText(schema))
    return { ...(await readGuard(connection, schema)), changed: true }
  })
}

async function withTarget(
  options: GuardOptions,
  writes: boolean,
  work: (target: Target, above: number) => Promise<GuardState & { readonly changed: boolean }>,
): Promise<GuardResult> {
  checkOptions(options, guardKinds)
  const target = await openTarget({ ...options, command: "guard", writes })
  try {
    const above = await bytesOf(target.connection, options.above)
    const result = await work(target, above)
    return { ...databaseOf(target), ...result, sql: `${installGuardText(target.schema, above)};` }
  } finally {
    await target.close()
  }
}

/** The server reads sizes as it does everywhere. */
async function bytesOf(connection: Connection, size = "0"): Promise<number> {
  try {
    const [row] = await connection.query<{ bytes: string }>("select pg_catalog.pg_size_bytes($1) as bytes", [
      size,
    ])
    return Math.max(0, Number(row?.bytes))
  } catch (error) {
    if (!(error instanceof ServerError)) throw error
    throw new ToolError("invalid-option", `"${size}" is no size`, {
      subject: size,
      hint: "a number of bytes, or such as 512kB, 4MB, 1GB",
      cause: error,
    })
  }
}

/** Whoever makes the schema owns the history: that is for the migrator. */
async function refuseWithoutSchema({ connection, schema, facts: { database } }: Target): Promise<void> {
  const found = await connection.query("select from pg_catalog.pg_namespace where nspname = $1", [schema])
  if (found.length > 0) return
  throw new ToolError(
    "not-managed",
    `database ${database} has no schema ${schema}, where the guard would be`,
    {
      hint: "the first lockstep upgrade or deploy makes it, or lockstep roles apply",
      subject: schema,
    },
  )
}

const notAllowed: ReadonlySet<string> = new Set([sqlState.insufficient_privilege])

async function run(connection: Connection, text: string): Promise<void> {
  try {
    await connection.run(text)
  } catch (error) {
    await connection.run("rollback").catch(() => undefined)
    if (!(error instanceof ServerError) || !notAllowed.has(error.sqlState)) throw error
    throw new ToolError("guard-not-allowed", error.message, {
      details: [
        ...(error.fields.hint === undefined ? [] : [`hint of the server: ${error.fields.hint}`]),
        "nothing was changed",
      ],
      hint: "connect as a superuser, or as the administrator of a cloud that lets it; lockstep guard sql prints what has to run",
      sqlState: error.sqlState,
      cause: error,
    })
  }
}
