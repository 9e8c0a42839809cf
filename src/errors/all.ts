import { applicationErrors } from "./application.ts"
import { catalogErrors } from "./catalog.ts"
import { checkErrors } from "./check.ts"
import { databaseErrors } from "./database.ts"
import type { ErrorPage } from "./define.ts"
import { deployErrors } from "./deploy.ts"
import { revisionsErrors } from "./revisions.ts"
import { rolesErrors } from "./roles.ts"
import { runnerErrors } from "./runner.ts"
import { scratchErrors } from "./scratch.ts"
import { sqlErrors } from "./sql.ts"
import { usageErrors } from "./usage.ts"

/** Every error code of Lockstep, with its exit code and its page. */
export const errorPages = {
  ...usageErrors,
  ...revisionsErrors,
  ...sqlErrors,
  ...databaseErrors,
  ...runnerErrors,
  ...applicationErrors,
  ...scratchErrors,
  ...catalogErrors,
  ...checkErrors,
  ...deployErrors,
  ...rolesErrors,
}

/** The stable name of an error, and of its page `docs/errors/<code>.md`. */
export type ErrorCode = keyof typeof errorPages

/** Returns the page of `code`, or undefined where there is no such code. */
export function errorPage(code: string): ErrorPage | undefined {
  return (errorPages as Readonly<Record<string, ErrorPage>>)[code]
}
