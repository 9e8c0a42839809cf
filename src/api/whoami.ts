import { type Identity, readIdentity } from "../roles/whoami.ts"
import { openDatabase } from "./open-database.ts"
import type { TargetOptions } from "./options.ts"

export type { Identity, ReachedRole } from "../roles/whoami.ts"

/** Says who connects, what that role may become, and through what. */
export async function whoami(options: TargetOptions = {}): Promise<Identity> {
  const connection = await openDatabase(options, "whoami")
  try {
    return await readIdentity(connection)
  } finally {
    await connection.close()
  }
}
