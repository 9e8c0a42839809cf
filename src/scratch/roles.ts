import type { ServerError } from "../db/connection.ts"
import { sqlState } from "../db/sqlstate.ts"

/**
 * Returns the name of the role that a statement has missed. A scratch server has none of the roles that grants and
 * owners name; roles belong to the whole server and are taken for granted, not managed.
 */
export function missingRole(error: ServerError): string | undefined {
  if (error.sqlState !== sqlState.undefined_object) return undefined
  return /^role "(.+)" does not exist$/.exec(error.message)?.[1]
}
