/** One script, and whether running it on a database that serves is a hazard. */
export interface SafetyCase {
  /** What is done, in a few words; cases that resemble each other stand side by side. */
  readonly name: string
  readonly sql: string
  readonly hazard: boolean
  /** What the application issues; absent where nothing is known of it. */
  readonly queries?: string
  readonly stats?: Readonly<Record<string, { readonly rows: number; readonly bytes: number }>>
  /** The database it is about, a file beside this one; `schema.sql` where it names none. */
  readonly base?: "schema.sql" | "schema-saas.sql" | "schema-clinic.sql"
  /** SQL that is added to that database. */
  readonly schema?: string
  /** The oldest major version that has the syntax, and the newest that the case is about. */
  readonly from?: number
  readonly to?: number
}

type Facts = Omit<SafetyCase, "name" | "sql" | "hazard">

/** A script that nobody notices. */
export function safe(name: string, sql: string, facts: Facts = {}): SafetyCase {
  return { name, sql, hazard: false, ...facts }
}

/** A script that keeps requests waiting, makes them fail, or loses data. */
export function hazard(name: string, sql: string, facts: Facts = {}): SafetyCase {
  return { name, sql, hazard: true, ...facts }
}
