import { setTimeout as delay } from "node:timers/promises"
import { type Connection, ConnectionLost, ServerError } from "../../db/connection.ts"
import { sqlState } from "../../db/sqlstate.ts"
import { ToolError } from "../../diagnostic.ts"
import { connectionLost } from "../../runner/reconnect.ts"
import { auditSnapshot } from "../audit.ts"
import type { AccessPath, RoleAudit } from "../finding.ts"
import { applicationLogins, type CompleteModel } from "../model.ts"
import { type Beyond, planRoles, type RoleStep, type RolesPlan } from "./plan.ts"
import { type RolesState, readState } from "./state.ts"

export interface RolesRequest {
  readonly model: CompleteModel
  readonly historySchema: string
  readonly accept: Readonly<Record<string, string>>
}

/** What `roles plan` and `roles apply` found and did. */
export interface RolesOutcome extends RolesPlan {
  /** Audits of the applications' roles: before a plan, after an apply. */
  readonly audits: readonly RoleAudit[]
}

/** Plans over an open connection, in one snapshot; changes nothing. */
export async function planOver(connection: Connection, request: RolesRequest): Promise<RolesOutcome> {
  await connection.run(`begin isolation level repeatable read read only;\n${ownPath}`)
  try {
    return await look(connection, request)
  } finally {
    if (connection.open) await connection.run("rollback").catch(() => undefined)
  }
}

const ownPath = "set local search_path to pg_catalog"

/**
 * Applies the plan in one transaction, so that an interruption leaves nothing, and plans again within it until nothing
 * is left to do: some things are only seen when others are done. Whoever comes second while another applies meets a
 * duplicate, a row that has changed or a lock, and starts over.
 *
 * @throws ToolError `roles-not-applied`, `connection-lost`
 */
export async function applyOver(connection: Connection, request: RolesRequest): Promise<RolesOutcome> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await applyOnce(connection, request)
    } catch (error) {
      await connection.run("rollback").catch(() => undefined)
      if (error instanceof ConnectionLost)
        throw connectionLost(error, ["if COMMIT was on its way everything is done, and otherwise nothing"])
      const state = error instanceof StatementRefused ? error.server.sqlState : ""
      if (attempt < mostAttempts && raced.has(state)) {
        await delay(100 * attempt)
        continue
      }
      throw error instanceof StatementRefused ? notApplied(error) : error
    }
  }
}

const mostAttempts = 10
const mostRounds = 5

/** The server says "tuple concurrently updated" as an internal error. */
const raced: ReadonlySet<string> = new Set([
  sqlState.unique_violation,
  sqlState.duplicate_object,
  sqlState.duplicate_schema,
  sqlState.lock_not_available,
  sqlState.deadlock_detected,
  "XX000",
])

async function applyOnce(connection: Connection, request: RolesRequest): Promise<RolesOutcome> {
  await connection.run(`begin;\nset local lock_timeout = 2000;\n${ownPath}`)
  const steps: RoleStep[] = []
  const notes = new Set<string>()
  for (let round = 1; ; round += 1) {
    const outcome = await look(connection, request)
    for (const note of outcome.notes) notes.add(note)
    if (outcome.steps.length === 0 || round > mostRounds) {
      await connection.run("commit")
      return { steps, notes: [...notes], audits: outcome.audits }
    }
    for (const step of outcome.steps) await runStep(connection, step)
    steps.push(...outcome.steps)
  }
}

async function runStep(connection: Connection, { sql }: RoleStep): Promise<void> {
  try {
    await connection.run(sql)
  } catch (error) {
    throw error instanceof ServerError ? new StatementRefused(sql, error) : error
  }
}

class StatementRefused extends Error {
  readonly sql: string
  readonly server: ServerError

  constructor(sql: string, server: ServerError) {
    super(server.message)
    this.sql = sql
    this.server = server
  }
}

function notApplied({ sql, server }: StatementRefused): ToolError {
  return new ToolError("roles-not-applied", `the server refused: ${server.message}`, {
    details: [
      sql,
      ...(server.fields.detail === undefined ? [] : [server.fields.detail]),
      "nothing was changed",
    ],
    hint: "connect as a superuser, or as the administrator that made the roles and owns the database",
    sqlState: server.sqlState,
    cause: server,
  })
}

async function look(
  connection: Connection,
  { model, historySchema, accept }: RolesRequest,
): Promise<RolesOutcome> {
  const state = await readState(connection, {
    schemas: [...model.schemas, historySchema],
    owner: model.owner,
  })
  const known = new Set([...state.graph.roles.values()].map(({ name }) => name))
  const logins = applicationLogins(model).filter((name) => known.has(name))
  const audits = await auditSnapshot(connection, {
    choose: () => logins,
    historySchema,
    accept,
    owner: model.owner,
  })
  const plan = planRoles(state, model, historySchema, (steps, beyond) =>
    closing(steps, audits, state, model, beyond),
  )
  return { ...plan, audits }
}

/** What the audit has found besides what the plan is about. Functions are left to whoever wrote them. */
function closing(
  steps: readonly RoleStep[],
  audits: readonly RoleAudit[],
  state: RolesState,
  model: CompleteModel,
  beyond: Beyond,
): readonly RoleStep[] {
  const planned = new Set(steps.map(({ sql }) => sql))
  const moved = new Set([
    ...state.objects.map(({ name }) => name),
    ...state.schemas.filter(({ name }) => model.schemas.includes(name)).map(({ name }) => name),
    state.database.name,
  ])
  const covered = ({ id, fix }: AccessPath) =>
    /^(definer|stored|execute|superuser|createrole|createdb)/.test(id) ||
    (id.startsWith("owns:") && [...moved].some((name) => id.endsWith(` ${name}`))) ||
    beyond.has(/^REVOKE .* ON (.*) FROM PUBLIC;$/.exec(fix)?.[1] ?? "") ||
    (/^(REVOKE CREATE|REVOKE TEMP).* FROM PUBLIC;$/.test(fix) &&
      steps.some(({ sql }) => / FROM PUBLIC$/.test(sql)))
  const closes = audits
    .flatMap(({ role, paths }) => paths.filter((path) => !covered(path)).map((path) => ({ role, path })))
    .flatMap(({ role, path }) =>
      path.fix.split("\n").map((sql) => ({
        sql: sql.replace(/;$/, ""),
        because: `a path for ${role}: ${path.chain.at(-1) ?? path.id}`,
      })),
    )
  return [...new Map(closes.map((step) => [step.sql, step])).values()].filter(({ sql }) => !planned.has(sql))
}
