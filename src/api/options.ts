import type { Selection } from "../catalog/select.ts"
import type { Connect } from "../db/connection.ts"
import type { CloudAuth } from "../db/tokens/cloud-auth.ts"
import type { RunEvent } from "../runner/event.ts"
import type { TenantRules } from "../tenants/rules.ts"

/** Where the revisions are and how they are read. Shared by every function of the library. */
export interface ProjectOptions extends Selection {
  /** Which schemas hold the rows of several tenants: `lint` and `prove` hold new tables and queries to it. */
  readonly tenants?: TenantRules
  /** Which rules `lint`, `plan` and `check` hold revisions to, and how. */
  readonly lint?: LintSettings
  /** The project's root; other paths are relative to it. Default: the current directory. */
  readonly root?: string
  /** Folders of revisions. Default: `migrations`. */
  readonly migrations?: string | readonly string[]
  /** How the folder names its revisions. Default: `auto`, told from the files. */
  readonly format?: FolderFormatName | "auto"
  /** Values of `${name}` in SQL revisions. Absent: nothing is replaced, `${` is ordinary text. */
  readonly variables?: Readonly<Record<string, string>>
  readonly names?: NameOptions
  /** Where the cache of parsed headers is kept; false for none. Default: the user's cache folder. */
  readonly cache?: string | false
}

/** What a finding of a rule is; `off`: it is not looked for. */
export type RuleLevel = "off" | "note" | "warning" | "error"

/** The setting of one rule: its level, or its options with or without a level. */
export type RuleSetting = RuleLevel | Readonly<Record<string, unknown>>

/** Settings of rules, by their id. What is not named is as its page says. */
export interface LintSettings {
  readonly rules?: Readonly<Record<string, RuleSetting>>
}

/**
 * Where a desired schema comes from. Each source gives the SQL that makes everything; several are taken together, in
 * whatever order they need each other.
 */
export type SchemaSource = string | DrizzleSource | PrismaSource | MikroOrmSource | CommandSource

/** Models of Drizzle; needs `drizzle-kit` in the project. */
export interface DrizzleSource {
  /** Files, folders or patterns of TypeScript or JavaScript that export the models. */
  readonly drizzle: string | readonly string[]
  /** As in drizzle.config, where the models leave names to it. */
  readonly casing?: "snake_case" | "camelCase"
}

/** A Prisma schema; needs `@prisma/schema-engine-wasm` in the project. */
export interface PrismaSource {
  /** Files, folders or patterns of `.prisma` files. */
  readonly prisma: string | readonly string[]
}

/** Entities of MikroORM; needs `@mikro-orm/postgresql` in the project. */
export interface MikroOrmSource {
  /** The file whose default export is MikroORM's configuration. */
  readonly mikroorm: string
}

/** Any program that prints the SQL of the whole schema. */
export interface CommandSource {
  /** A line for the shell, or a program and its arguments; run in the project's root. */
  readonly command: string | readonly string[]
}

/** The folder formats that are read as they are. */
export type FolderFormatName = "lockstep" | "sequence" | "flyway" | "folders"

/** How new revisions are named, and what names are accepted. */
export interface NameOptions {
  /**
   * File name of a new revision, without its extension. Tokens: `{id}` `{slug}` `{yyyy}` `{MM}` `{dd}` `{HH}` `{mm}`
   * `{ss}` `{epoch}` `{sequence}`. Default: `{yyyy}{MM}{dd}{HH}{mm}{ss}_{slug}`.
   */
  readonly file?: string
  /** Time zone of the date tokens and of the `created` header, as in the IANA database. Default: `UTC`. */
  readonly timezone?: string
  /** Longest slug, in characters; cut at a word. Default: 40. */
  readonly slugLength?: number
  /** `hex` (twelve random digits), `timestamp` (`yyyyMMddHHmmss`) or `sequence` (`0001`). Default: `hex`. */
  readonly id?: "hex" | "timestamp" | "sequence"
  /** Every revision id must match it. Default: letters, digits, `_`, `-` and `.`, at most 128. */
  readonly idPattern?: string
  /** Every branch label must match it. Default: a letter or `_`, then letters, digits, `_`, `-`, `.` or `/`, at most 128. */
  readonly labelPattern?: string
}

/** One database that a command works on. */
export interface TargetOptions {
  /**
   * `postgresql://user:password@host:port/database?sslmode=...`, a libpq keyword string, or a SQLAlchemy-style
   * URL (the driver suffix is dropped). Absent: libpq's defaults.
   */
  readonly url?: string
  /** Where the address came from, for example `.env`; a protected database refuses an address from there. */
  readonly urlOrigin?: string
  /** Where the `PG*` variables of libpq and `HOME` (for `.pgpass`) are looked up. Default: nowhere. */
  readonly libpqVariables?: Readonly<Record<string, string | undefined>>
  /** Called for every new connection, for tokens that expire. Wins over a password in the URL. */
  readonly password?: () => string | Promise<string>
  /** Whose tokens are the password, with the provider's own library. `password` wins over it. Default: nobody's. */
  readonly auth?: CloudAuth
  /** Folder of the project whose packages are used for `auth`. Default: the working folder. */
  readonly packagesFrom?: string
  /** Opens connections in another way; then `url` and `password` are not used. */
  readonly connect?: Connect
  /** Milliseconds to wait for a connection. Default: 10,000. */
  readonly connectTimeoutMs?: number
  /** The schema of Lockstep's own tables. Default: `lockstep`. */
  readonly historySchema?: string
  /** The environment that the database must be marked with, if it is marked at all. */
  readonly environment?: string
  /** Treat the database as protected, besides what its own mark says. Default: false. */
  readonly protected?: boolean
  /** Work through a transaction pooler: only SET LOCAL, nothing that lives in the session. Default: false. */
  readonly pooled?: boolean
  /** Roles that may read the view `lockstep.applied`, for `assertSchema`. Default: none. */
  readonly applicationRoles?: readonly string[]
  /** The role that revisions run as, and what must be true of what they make. Default: the connecting role, nothing. */
  readonly owner?: OwnerOptions
}

/** The owner of the schema, whom the migrator becomes. */
export interface OwnerOptions {
  /** Whoever connects must be able to SET ROLE to it. */
  readonly role: string
  /** The schemas in which new tables and sequences must be usable by the groups. Default: none. */
  readonly schemas?: readonly string[]
  /** The group that must have SELECT, INSERT, UPDATE and DELETE on new tables. */
  readonly readWrite?: string
  /** The group that must have SELECT on new tables. */
  readonly readOnly?: string
  /** Tables and sequences that the groups need not have, as `schema.name`. */
  readonly exempt?: readonly string[]
}

/** How a run behaves. All times in milliseconds; 0 means no limit. */
export interface RunOptions {
  /** Longest wait for a lock of one statement. Default: 2,000. */
  readonly lockTimeoutMs?: number
  /** Longest run of one statement inside a transaction. Default: 600,000. */
  readonly statementTimeoutMs?: number
  /** How long the run's own transaction may sit idle. Default: 300,000. */
  readonly idleInTransactionTimeoutMs?: number
  /** How often a revision is tried that did not get its locks. Default: 10. */
  readonly lockAttempts?: number
  /** First pause between two tries; doubled after each, up to `retryMaxDelayMs`, plus up to a fifth at random. Default: 500. */
  readonly retryDelayMs?: number
  /** Default: 30,000. */
  readonly retryMaxDelayMs?: number
  /** How long to wait for another runner to finish. Default: 60,000. */
  readonly runnerWaitMs?: number
  /** Stop cleanly between steps after this long. Default: no limit. */
  readonly deadlineMs?: number
  /** Stops the run: the running statement is cancelled, its transaction rolled back, the stop recorded. */
  readonly signal?: AbortSignal
  /** Told what happens, as it happens. Must not throw. */
  readonly onEvent?: (event: RunEvent) => void
  /** Who and what runs; recorded in the history. Default: found from the operating system only. */
  readonly actor?: Actor
}

/** Who and what runs, beyond what the database itself can tell. Plain; the command line fills it from CI variables. */
export interface Actor {
  /** Operating-system user, or the CI's actor. */
  readonly user?: string
  readonly host?: string
  /** Commit of the revisions' repository. */
  readonly commit?: string
  /** The image or release that this run belongs to. */
  readonly release?: string
  /** Where it ran, for example `github-actions 123456/1`, `cloud-run api-migrate-x7k2`. */
  readonly platform?: string
}
