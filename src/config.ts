import type { FolderFormatName, NameOptions, RuleSetting, SchemaSource } from "./api/options.ts"
import type { CloudAuth, CloudProvider } from "./db/tokens/cloud-auth.ts"

/** `500ms`, `2s`, `5min`, `1h`, or a number of milliseconds. */
export type Duration = string | number

/** A connection URL, or where to find it: an environment variable, or a function that is called when it is needed. */
export type UrlSource =
  | string
  | { readonly env: string }
  | (() => string | undefined | Promise<string | undefined>)

/** What is done with a pending revision that comes before an applied one. */
export type OutOfOrder = "error" | "allow" | "warn"

/** Which database, and how to reach it. */
export interface TargetSettings {
  /** `postgresql://user:password@host:port/database`; without it `DATABASE_URL`, then the `PG*` variables. */
  readonly url?: UrlSource
  /** Called for every new connection, for tokens that expire. Wins over a password in the URL. */
  readonly password?: () => string | Promise<string>
  /** Tokens as the password, by the library of Google Cloud SQL, AWS RDS or Azure, which must be installed. */
  readonly auth?: CloudProvider | CloudAuth
  /** Longest wait for a connection. Default: `10s`. */
  readonly connectTimeout?: Duration
  /** The schema of Lockstep's own tables. Default: `lockstep`. */
  readonly historySchema?: string
  /** Work through a transaction pooler. Default: false. */
  readonly pooled?: boolean
  /** Roles that may read the view of applied revisions, for `assertSchema`. Default: none. */
  readonly applicationRoles?: readonly string[]
  /** Who owns, who migrates, who reads and writes. */
  readonly roles?: RolesConfig
  /** The role that the application connects as, for which its queries have to work. Default: the first application of `roles`. */
  readonly queryRole?: string
  /** Which schemas hold the rows of several tenants, and what keeps them apart. */
  readonly tenants?: TenantsConfig
}

/** What a login finds in its sessions; what is absent is left as it is. */
export interface LoginConfig {
  /** Where its names are looked up. Default: the schemas of `roles`. */
  readonly searchPath?: readonly string[]
  readonly statementTimeout?: Duration
  readonly lockTimeout?: Duration
  readonly idleInTransactionTimeout?: Duration
  /** How many sessions it may have at once; -1 for any number. */
  readonly connectionLimit?: number
}

/** The roles of a database: who owns, who migrates, who reads and writes. Names are those of the catalog, unquoted. */
export interface RolesConfig {
  /** Owns the database, its schemas and everything in them; cannot log in. `upgrade` becomes it. */
  readonly owner: string
  /** Logs in to migrate, and may only become the owner. */
  readonly migrator: string
  /** Schemas that the owner's objects are in. Default: `public`. */
  readonly schemas?: string | readonly string[]
  /** Logins that read and write: their names, or their settings by name. */
  readonly applications?: string | readonly string[] | Readonly<Record<string, LoginConfig>>
  /** Logins that only read. */
  readonly reporting?: string | readonly string[] | Readonly<Record<string, LoginConfig>>
  /** Settings of the migrator. */
  readonly migratorSettings?: LoginConfig
  /** The group that reads and writes. Default: `<owner>_rw`. */
  readonly readWrite?: string
  /** The group that only reads. Default: `<owner>_ro`. */
  readonly readOnly?: string
  /** Paths of `roles audit` that are known and accepted: the reason by the path's id. */
  readonly accept?: Readonly<Record<string, string>>
  /** Tables and sequences that the groups need not have, as `schema.name`; of all others `upgrade` makes sure. */
  readonly exempt?: string | readonly string[]
}

/** What keeps the rows of tenants apart; `roles audit --tenants` asks whether it holds. */
export interface TenantsConfig {
  readonly schemas: string | readonly string[]
  /** By a column in every table and key, or by row security. Default: `column`. */
  readonly by?: "column" | "row-security"
  /** The column that says whose a row is. Default: `tenant_id`. */
  readonly column?: string
  /** Tables that belong to no tenant, as `schema.table`, each with the reason. */
  readonly exceptions?: Readonly<Record<string, string>>
}

/** Which rules revisions are held to. */
export interface LintConfig {
  /**
   * By their id: a level, or an object with options and, where it should be another than the rule's own, `severity`.
   * `lockstep explain <rule>` tells the options.
   */
  readonly rules?: Readonly<Record<string, RuleSetting>>
}

/** How a run behaves. `0` means no limit. */
export interface RunSettings {
  /** Longest wait of one statement for a lock. Default: `2s`. */
  readonly lockTimeout?: Duration
  /** Longest run of one statement inside a transaction. Default: `10min`. */
  readonly statementTimeout?: Duration
  /** How long the run's own transaction may sit idle. Default: `5min`. */
  readonly idleInTransactionTimeout?: Duration
  /** How often a revision is tried that did not get its locks. Default: 10. */
  readonly lockAttempts?: number
  /** First pause between two tries. Default: `500ms`. */
  readonly retryDelay?: Duration
  /** Longest pause between two tries. Default: `30s`. */
  readonly retryMaxDelay?: Duration
  /** How long to wait for another runner to finish. Default: `1min`. */
  readonly runnerWait?: Duration
  /** Stop cleanly between steps after this long. Default: no limit. */
  readonly deadline?: Duration
  /** Default: `error`. */
  readonly outOfOrder?: OutOfOrder
  /** Values of `${name}` in SQL revisions. Absent: nothing is replaced. */
  readonly variables?: Readonly<Record<string, string>>
}

/** What a check of `lockstep preflight` does with a concern: stop the deploy, say so, or not look at all. */
export type CheckRule = "stop" | "warn" | "off"

/** What must hold before a deploy begins. */
export interface GateSettings {
  /** Rules for checks, by their name: `{ transactions: "stop", disk: "off" }`. Default: each check's own. */
  readonly preflight?: Readonly<Record<string, CheckRule>>
  /** Command that takes a backup before anything is applied; the deploy stops where it fails. Default: none. */
  readonly backup?: string
  /** Folder for dumps that Lockstep takes with pg_dump before anything is applied. Default: none. */
  readonly dumps?: string
  /** What such a dump holds: everything, or the tables whose data a revision destroys. Default: `all`. */
  readonly dumped?: "all" | "destroyed"
  /** Commands that must succeed after everything was applied. Default: none. */
  readonly smoke?: readonly string[]
  /** Queries that must hold then: none may fail, return no row, or false. Default: none. */
  readonly smokeQueries?: readonly string[]
  /** How long a deploy watches the database at its end. Default: not at all. */
  readonly watch?: Duration
  /** Folder to which the data is exported that a revision destroys; `off` for none. Default: `lockstep-exports`. */
  readonly exports?: string
  /** Command that takes an export to where it is kept. Default: none. */
  readonly exportCommand?: string
  /** For how long exports are to be kept. Default: `90d`. */
  readonly exportsKeep?: Duration
  /** The environment that must have had the same revisions before. Default: none. */
  readonly promotesFrom?: string
  /** For how long. Default: `24h`. */
  readonly promotionAge?: Duration
  /** The same where everything only expands. Default: `1h`. */
  readonly promotionAgeExpand?: Duration
  /** Signed file of that environment's evidence, where its database cannot be reached; relative to the configuration. */
  readonly evidence?: string
  /** Public keys of those who may sign it, as `lockstep evidence keygen` prints them. */
  readonly evidenceKeys?: readonly string[]
  /** When deploys may begin: `Mon-Thu 09:00-16:00 Europe/Berlin`. Default: always. */
  readonly windows?: readonly string[]
  /** When none may: `2026-12-20..2027-01-05 Europe/Berlin because of the holidays`. */
  readonly freezes?: readonly string[]
  /** How many people must have approved the plan. Default: 0. */
  readonly approvals?: number
  /** Refuse people at a terminal, and whatever is no CI system or platform's job. Default: false. */
  readonly onlyFromCi?: boolean
  /** Refuse revisions of which nobody knows the commit. Default: false. */
  readonly requireCommit?: boolean
  /** The longest that a deploy may take, by the upper end of its forecast. Default: no limit. */
  readonly maxForecast?: Duration
  /** The longest that it may keep readers or writers of a table waiting, by its forecast. Default: no limit. */
  readonly maxWaiting?: Duration
  /** The guard in the database (`lockstep guard install`) is expected there. Default: false. */
  readonly guard?: boolean
  /** How long an expand has to be there before its contract may run, and a release counts as serving after the next. Default: `1h`. */
  readonly soak?: Duration
}

/** Who is told how a command ended. */
export interface ReportSettings {
  /** File of metrics for Prometheus, relative to the configuration. Default: none. */
  readonly metricsFile?: string
  /** Webhook that is told how a deploy ended, or a file for the message, relative to the configuration. Default: none. */
  readonly notify?: string
}

/** Where the revisions are, and how new ones are written. */
export interface ProjectSettings {
  /** Rules of `lint`, switched and configured: `{ rules: { "serial-column": "error" } }`. */
  readonly lint?: LintConfig
  /** Folders of revisions, relative to the configuration file. Default: `migrations`. */
  readonly migrations?: string | readonly string[]
  /** Where it is said what the schema shall be, for `generate`, `check` and `diff`. Default: the folder `schema`. */
  readonly schema?: SchemaSource | readonly SchemaSource[]
  /**
   * Where it is said what the application issues, for `prove`, `lint`, `plan`, `check`, `bundle` and `deploy`: a `queries.json`
   * of `lockstep/record`, or files and folders of SQL. Default: `queries.json` and `queries.sql`, where they are there.
   */
  readonly queries?: string | readonly string[]
  /** Patterns of the objects that count for `diff`, `drift`, `generate` and their like. Default: everything. */
  readonly include?: readonly string[]
  /** Patterns of the objects that do not count: `audit`, `public.tmp_*`, `trigger:*`. Default: none. */
  readonly exclude?: readonly string[]
  /** How the folder names its revisions. Default: `auto`, told from the files. */
  readonly format?: FolderFormatName | "auto"
  /** How new revisions are named, and which names are accepted. */
  readonly names?: NameOptions
  /** Folder of the cache of parsed headers; false for none. Default: the user's cache folder. */
  readonly cache?: string | false
  /** File whose text new revisions begin with, relative to the configuration file. */
  readonly revisionTemplate?: string
  /** Command that opens a revision. Default: `VISUAL`, then `EDITOR`. */
  readonly editor?: string
}

/** One environment: a database with its policy. What it does not say, its database or the whole configuration says. */
export interface EnvironmentConfig extends TargetSettings, RunSettings, GateSettings, ReportSettings {
  /** Refuse downgrades and `.env` files. Default: false. */
  readonly protected?: boolean
}

/** One database with revisions of its own. What it does not say, the whole configuration says. */
export interface DatabaseConfig
  extends TargetSettings,
    RunSettings,
    GateSettings,
    ReportSettings,
    ProjectSettings {
  readonly environments?: Readonly<Record<string, EnvironmentConfig>>
}

/** The default export of `lockstep.config.ts`. */
export interface Config extends DatabaseConfig {
  /** The environment that is meant where neither `--env` nor `LOCKSTEP_ENV` names one. */
  readonly environment?: string
  /** Several databases, each with revisions of its own; the default folder of one is `migrations/<name>`. */
  readonly databases?: Readonly<Record<string, DatabaseConfig>>
}

/**
 * Returns the configuration as it is; gives an editor its types.
 *
 * @example
 * export default defineConfig({
 *   environments: { prod: { url: { env: "PROD_DATABASE_URL" }, protected: true } },
 * })
 */
export function defineConfig(config: Config): Config {
  return config
}
