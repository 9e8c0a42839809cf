import { completeModel, type RolesModel } from "../roles/model.ts"
import { applyOver, planOver, type RolesOutcome } from "../roles/plan/apply.ts"
import { openDatabase } from "./open-database.ts"
import type { TargetOptions } from "./options.ts"

export type { RoleSettings, RolesModel } from "../roles/model.ts"
export type { RolesOutcome } from "../roles/plan/apply.ts"
export type { RoleStep } from "../roles/plan/plan.ts"

export interface RolesOptions extends TargetOptions {
  readonly model: RolesModel
  /** Reasons by the ids of paths that are known and accepted. */
  readonly accept?: Readonly<Record<string, string>>
}

/** Plans the SQL that leads to the roles of the model, with the reason for each statement. Changes nothing. */
export async function planRoleSetup(options: RolesOptions): Promise<RolesOutcome> {
  return withDatabase(options, "roles plan", planOver)
}

/**
 * Sets the roles of the model up: makes and corrects them, closes the database to PUBLIC, gives the owner what is in the
 * schemas, and grants. One transaction; running it again changes nothing.
 *
 * @throws ToolError `roles-not-applied`
 */
export async function applyRoleSetup(options: RolesOptions): Promise<RolesOutcome> {
  return withDatabase(options, "roles apply", applyOver)
}

async function withDatabase(
  options: RolesOptions,
  command: string,
  work: typeof planOver,
): Promise<RolesOutcome> {
  const { model, historySchema = "lockstep", accept = {} } = options
  const connection = await openDatabase(options, command)
  try {
    return await work(connection, { model: completeModel(model), historySchema, accept })
  } finally {
    await connection.close()
  }
}
