import { applicationLogins, type RolesModel } from "../roles/model.ts"
import { standIn } from "../roles/stand-in.ts"
import type { Scratch, ScratchDatabase } from "../scratch/scratch.ts"
import type { OptionKinds } from "./check-options.ts"

/** Whom the application connects as, for whom its queries have to work. */
export interface ApplicationRole {
  /** Default: the first application of `roles`, else a superuser, who may do everything. */
  readonly role?: string
  /** The roles of the database as they are meant to be: a role of them may do on scratch what `roles apply` gives it. */
  readonly roles?: RolesModel
}

export const applicationRoleKinds: OptionKinds<ApplicationRole> = { role: "text", roles: "object" }

/** A role that was made. */
export interface MadeRole {
  readonly role: string
  /** Schemas in which it may do what it should. */
  readonly schemas: readonly string[]
}

/**
 * Makes the role in a scratch database that nobody is connected to; undefined for a superuser.
 *
 * @param before what was made of it before revisions ran, where schemas may have come since
 */
export async function makeApplicationRole(
  scratch: Scratch,
  database: ScratchDatabase,
  { roles, role = roles && applicationLogins(roles)[0] }: ApplicationRole,
  before?: MadeRole,
): Promise<MadeRole | undefined> {
  if (role === undefined) return undefined
  const session = await database.connect("roles")
  try {
    const server = { makeRole: (name: string) => scratch.makeRole(name), own: scratch.embedded }
    return { role, schemas: await standIn(session, role, roles, server, before?.schemas) }
  } finally {
    await session.close()
  }
}
