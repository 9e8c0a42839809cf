import type { GateSettings, ProjectSettings, ReportSettings, RunSettings, TargetSettings } from "../config.ts"
import type { SettingType } from "./setting-types.ts"

/**
 * Where a setting may stand in the file: in `environments.<name>`, in `databases.<name>`, at the top.
 * Whatever stands further in wins.
 */
export type Level = "environment" | "database" | "top"

/** One setting. Checking, its `LOCKSTEP_*` variable, its flag's help and docs/configuration.md come from here. */
export interface Setting {
  readonly type: SettingType
  readonly levels: readonly Level[]
  readonly help: string
  readonly choices?: readonly string[]
  /** As a user would write it; absent where there is none. */
  readonly default?: string
  /** False where a variable cannot hold it. */
  readonly variable?: false
}

const everywhere: readonly Level[] = ["environment", "database", "top"]
const project: readonly Level[] = ["database", "top"]

type Flat = Omit<TargetSettings & RunSettings & GateSettings & ReportSettings & ProjectSettings, "names">
type NameKey = `names.${keyof NonNullable<ProjectSettings["names"]>}`

/** All settings. The type makes the compiler ask for an entry when `Config` gets one more. */
export const settings = {
  url: {
    type: "url",
    levels: everywhere,
    help: 'The database: a URL, a libpq keyword string, `{ env: "NAME" }`, or a function. Where nothing says it, `DATABASE_URL` and then the `PG*` variables do. A SQLAlchemy URL (`postgresql+asyncpg://`) is understood.',
  },
  password: {
    type: "function",
    levels: everywhere,
    variable: false,
    help: "Function that returns the password, or a promise of it; called for every new connection, for tokens that expire.",
  },
  auth: {
    type: "auth",
    levels: everywhere,
    help: "Whose tokens are the password, fetched for every new connection with the provider's own library; see [Tokens](connections.md)",
  },
  connectTimeout: {
    type: "duration",
    levels: everywhere,
    default: "10s",
    help: "Longest wait for a connection",
  },
  historySchema: {
    type: "text",
    levels: everywhere,
    default: "lockstep",
    help: "The schema of Lockstep's own tables",
  },
  protected: {
    type: "flag",
    levels: ["environment"],
    variable: false,
    default: "false",
    help: "Refuse downgrades and `.env` files in this environment",
  },
  pooled: {
    type: "flag",
    levels: everywhere,
    default: "false",
    help: "Work through a transaction pooler: nothing is left to live in the session",
  },
  applicationRoles: {
    type: "names",
    levels: everywhere,
    default: "none",
    help: "Roles that may read which revisions are applied, for `assertSchema`",
  },
  roles: {
    type: "roles",
    levels: everywhere,
    variable: false,
    help: "The roles of the database: `owner`, `migrator`, `schemas`, `applications`, `reporting`, `migratorSettings`, `readWrite`, `readOnly`, `accept`, `exempt`; see [Roles](roles.md)",
  },
  tenants: {
    type: "tenants",
    levels: everywhere,
    variable: false,
    help: "Schemas that hold the rows of several tenants: `schemas`, `by` (`column` or `row-security`), `column`, `exceptions`; see [Roles](roles.md)",
  },
  lockTimeout: {
    type: "duration",
    levels: everywhere,
    default: "2s",
    help: "Longest wait of one statement for a lock; 0 for no limit",
  },
  statementTimeout: {
    type: "duration",
    levels: everywhere,
    default: "10min",
    help: "Longest run of one statement inside a transaction; 0 for no limit",
  },
  idleInTransactionTimeout: {
    type: "duration",
    levels: everywhere,
    default: "5min",
    help: "How long the run's own transaction may sit idle; 0 for no limit",
  },
  lockAttempts: {
    type: "number",
    levels: everywhere,
    default: "10",
    help: "How often a revision is tried that did not get its locks",
  },
  retryDelay: {
    type: "duration",
    levels: everywhere,
    default: "500ms",
    help: "First pause between two tries; doubled after each",
  },
  retryMaxDelay: {
    type: "duration",
    levels: everywhere,
    default: "30s",
    help: "Longest pause between two tries",
  },
  runnerWait: {
    type: "duration",
    levels: everywhere,
    default: "1min",
    help: "How long to wait for another runner to finish; 0 for not at all",
  },
  deadline: {
    type: "duration",
    levels: everywhere,
    default: "none",
    help: "Stop cleanly between steps after this long; the next run continues",
  },
  outOfOrder: {
    type: "choice",
    choices: ["error", "allow", "warn"],
    levels: everywhere,
    default: "error",
    help: "What is done with a pending revision that comes before an applied one",
  },
  variables: {
    type: "pairs",
    levels: everywhere,
    help: "Values of `${name}` in SQL revisions; without the setting `${` is ordinary text",
  },
  preflight: {
    type: "rules",
    levels: everywhere,
    default: "as each check says",
    help: "What the checks of `lockstep preflight` do with a concern, by the name of the check: stop a deploy, warn, or not look",
  },
  backup: {
    type: "text",
    levels: everywhere,
    default: "none",
    help: "Command that takes a backup before a deploy applies anything, run by the shell with `DATABASE_URL`, `LOCKSTEP_RESTORE_LSN` and `LOCKSTEP_RESTORE_TIME`; its last line is recorded, and where it fails nothing is applied",
  },
  dumps: {
    type: "text",
    levels: everywhere,
    default: "none",
    help: "Folder for a dump that is taken with `pg_dump` before a deploy applies anything, relative to the configuration file; it is found under its name only when it was read to its end and every row of it counted",
  },
  dumped: {
    type: "choice",
    choices: ["all", "destroyed"],
    levels: everywhere,
    default: "all",
    help: "What such a dump holds: everything, or the tables whose data a revision destroys",
  },
  smoke: {
    type: "names",
    levels: everywhere,
    default: "none",
    help: "Commands that must succeed after a deploy has applied everything, run by the shell with `DATABASE_URL`",
  },
  smokeQueries: {
    type: "names",
    levels: everywhere,
    default: "none",
    help: "Queries that must hold then: none may fail, return no row, or false in its first column",
  },
  watch: {
    type: "duration",
    levels: everywhere,
    default: "not at all",
    help: "How long a deploy watches the database at its end: blocked sessions, deadlocks, rolled back transactions, lag",
  },
  exports: {
    type: "text",
    levels: everywhere,
    default: "lockstep-exports",
    help: "Folder to which a deploy exports what a revision destroys, before it does, relative to the configuration file; `off` for none",
  },
  exportCommand: {
    type: "text",
    levels: everywhere,
    default: "none",
    help: "Command that takes an export to where it is kept, run by the shell with `LOCKSTEP_EXPORT`, the folder; its last line is recorded as the place, and where it fails nothing is applied",
  },
  exportsKeep: {
    type: "duration",
    levels: everywhere,
    default: "90d",
    help: "For how long exports are to be kept; `lockstep exports` knows which are due to be removed",
  },
  promotesFrom: {
    type: "text",
    levels: everywhere,
    default: "none",
    help: "The environment that must have had the same revisions, green, before this one takes them",
  },
  promotionAge: {
    type: "duration",
    levels: everywhere,
    default: "24h",
    help: "How long that environment must have had them",
  },
  promotionAgeExpand: {
    type: "duration",
    levels: everywhere,
    default: "1h",
    help: "The same where everything that is pending is an expand",
  },
  evidence: {
    type: "text",
    levels: everywhere,
    help: "Signed file with that environment's evidence, for networks from which its database cannot be reached; relative to the configuration file",
  },
  evidenceKeys: {
    type: "names",
    levels: everywhere,
    help: "Public keys of those who may sign it, as `lockstep evidence keygen` prints them",
  },
  windows: {
    type: "windows",
    levels: everywhere,
    default: "always",
    help: "When deploys may begin, by days, hours and time zone: `Mon-Thu 09:00-16:00 Europe/Berlin`",
  },
  freezes: {
    type: "freezes",
    levels: everywhere,
    help: "Days on which no deploy may begin: `2026-12-20..2027-01-05 Europe/Berlin because of the holidays`",
  },
  approvals: {
    type: "number",
    levels: everywhere,
    default: "0",
    help: "How many people must have approved exactly the pending revisions, with `lockstep approve`",
  },
  onlyFromCi: {
    type: "flag",
    levels: everywhere,
    default: "false",
    help: "Refuse deploys by people at a terminal, and by whatever is no CI system or platform's job",
  },
  requireCommit: {
    type: "flag",
    levels: everywhere,
    default: "false",
    help: "Refuse deploys of revisions of which nobody knows the commit",
  },
  maxForecast: {
    type: "duration",
    levels: everywhere,
    default: "no limit",
    help: "The longest that a deploy may take by its forecast, at the upper end of the band; the check `forecast` stops one that may take longer",
  },
  maxWaiting: {
    type: "duration",
    levels: everywhere,
    default: "no limit",
    help: "The longest that a deploy may keep readers or writers of a table waiting, by the same forecast",
  },
  guard: {
    type: "flag",
    levels: everywhere,
    default: "false",
    help: "The guard in the database is expected there: the check `guard` says where it is missing or switched off",
  },
  soak: {
    type: "duration",
    levels: everywhere,
    default: "1h",
    help: "How long an expand has to be there before its contract may run; a release counts as serving for as long after the next one",
  },
  metricsFile: {
    type: "text",
    levels: everywhere,
    default: "none",
    help: "File of metrics in Prometheus' text format, relative to the configuration file: name it `*.prom` in the folder of node_exporter's textfile collector. Each command that looks at a database adds what it has found to what others have left there",
  },
  notify: {
    type: "text",
    levels: everywhere,
    default: "none",
    help: "Who is told how a deploy ended, in Slack's Markdown: the address of a webhook, or a file relative to the configuration file. The address is a secret: put it into the variable",
  },
  migrations: {
    type: "paths",
    levels: project,
    default: "migrations",
    help: "Folders of revisions, relative to the configuration file. The default of a database among several is `migrations/<name>`.",
  },
  schema: {
    type: "sources",
    levels: project,
    default: "the folder `schema`",
    help: "Where it is said what the schema shall be, for `generate`, `check` and `diff`: files, folders and patterns of SQL, models, or a program that prints it. Several are taken together.",
  },
  queries: {
    type: "paths",
    levels: project,
    default: "`queries.json` and `queries.sql`, where they are there",
    help: "Where it is said what the application issues, for `prove`, `lint`, `plan`, `check`, `bundle` and `deploy`: a `queries.json` of `lockstep/record`, or files and folders of SQL",
  },
  queryRole: {
    type: "text",
    levels: everywhere,
    default: "the first of `roles.applications`; else a superuser, who may do everything",
    help: "The role that the application connects as, for which its queries have to work, for `prove`, `lint`, `plan`, `check` and `deploy`. One of the setting `roles` may do what `roles apply` gives it, any other what the revisions do",
  },
  include: {
    type: "names",
    levels: project,
    default: "everything",
    help: "Objects that count when catalogs are compared, as patterns: `audit` (a schema and all in it), `public.tmp_*`, `trigger:*`, `policy:public.users`. They apply to `diff`, `drift`, `snapshot`, `generate`, `check`, `stamp` and `adopt` alike",
  },
  exclude: {
    type: "names",
    levels: project,
    default: "none",
    help: "Objects that do not count, as patterns of the same form; for what something else looks after",
  },
  format: {
    type: "choice",
    choices: ["auto", "lockstep", "sequence", "flyway", "folders"],
    levels: project,
    default: "auto",
    help: "How the folder names its revisions; `auto` tells it from the files",
  },
  lint: {
    type: "lint",
    levels: project,
    variable: false,
    default: "as each rule says",
    help: 'Rules of `lint`, by their id: `{ rules: { "serial-column": "warning", naming: { tables: "^[a-z_]+$" }, "loop-without-commit": "off" } }`; a level is `off`, `note`, `warning` or `error`, and an object holds options and `severity`. The [rules](rules/README.md) tell theirs',
  },
  "names.file": {
    type: "text",
    levels: project,
    default: "{yyyy}{MM}{dd}{HH}{mm}{ss}_{slug}",
    help: "File name of a new revision, without its extension: `{id}` `{slug}` `{yyyy}` `{MM}` `{dd}` `{HH}` `{mm}` `{ss}` `{epoch}` `{sequence}`",
  },
  "names.timezone": {
    type: "text",
    levels: project,
    default: "UTC",
    help: "Time zone of the dates in new revisions, as in the IANA database",
  },
  "names.slugLength": {
    type: "number",
    levels: project,
    default: "40",
    help: "Longest slug, in characters; cut at a word",
  },
  "names.id": {
    type: "choice",
    choices: ["hex", "timestamp", "sequence"],
    levels: project,
    default: "hex",
    help: "Ids of new revisions: twelve random digits, `yyyyMMddHHmmss`, or `0001`",
  },
  "names.idPattern": {
    type: "pattern",
    levels: project,
    default: "letters, digits, `_`, `-` and `.`, at most 128",
    help: "Regular expression that every revision id must match as a whole",
  },
  "names.labelPattern": {
    type: "pattern",
    levels: project,
    default: "a letter or `_`, then letters, digits, `_`, `-`, `.` or `/`, at most 128",
    help: "Regular expression that every branch label must match as a whole",
  },
  cache: {
    type: "path-or-false",
    levels: project,
    default: "the user's cache folder",
    help: "Folder of the cache of parsed headers, relative to the configuration file; `false` for none",
  },
  revisionTemplate: {
    type: "text",
    levels: project,
    help: "File whose text new revisions begin with, relative to the configuration file",
  },
  editor: {
    type: "text",
    levels: project,
    default: "`VISUAL`, then `EDITOR`",
    help: "Command that opens a revision",
  },
} as const satisfies Readonly<Record<keyof Flat | NameKey | "protected", Setting>>

export type SettingKey = keyof typeof settings

/** Returns the entry of `key`. */
export function settingOf(key: SettingKey): Setting {
  return settings[key]
}

/** Returns `LOCKSTEP_LOCK_TIMEOUT` for `lockTimeout`, `LOCKSTEP_NAMES_FILE` for `names.file`. */
export function settingVariable(key: string): string {
  return `LOCKSTEP_${key
    .replace(/[A-Z]/g, (letter) => `_${letter}`)
    .replaceAll(".", "_")
    .toUpperCase()}`
}
