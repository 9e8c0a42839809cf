import type { Access } from "./access.ts"
import type { Subject } from "./subject.ts"

/** What decides over paths too, and does not stand in the catalogs of this database. */
export function unseen(subject: Subject, access: Access): readonly string[] {
  const opaque = [...access.routines.values()].filter(
    ({ definer, language, executors }) =>
      definer && language === "c" && executors.some((role) => subject.uses(role)),
  )
  return [
    "pg_hba.conf: who may log in as which role, and who needs no password",
    `what ${subject.login.name} owns and may do inside other databases of this server`,
    ...opaque.map(({ name }) => `what ${name} does, which is SECURITY DEFINER and written in C`),
  ]
}
