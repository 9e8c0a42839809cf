import { existsSync, statSync } from "node:fs"
import { dirname, extname, relative, resolve } from "node:path"
import type {
  LintSettings,
  NameOptions,
  OwnerOptions,
  ProjectOptions,
  RuleSetting,
  RunOptions,
  SchemaSource,
  TargetOptions,
} from "../api/options.ts"
import type { OutOfOrder } from "../config.ts"
import { ToolError } from "../diagnostic.ts"
import { didYouMean } from "../did-you-mean.ts"
import { applicationLogins, completeModel } from "../roles/model.ts"
import type { TenantRules } from "../tenants/rules.ts"
import { type CheckedConfig, type CheckedDatabase, checkConfig, type SettingValues } from "./check-config.ts"
import type { CheckedRoles } from "./check-roles.ts"
import { findConfigFile, loadConfigFile } from "./config-file.ts"
import { originOf, resolveUrl } from "./database-url.ts"
import { addVariables, readDotenv, removeVariables } from "./dotenv.ts"
import { given } from "./given.ts"
import { type Environment, type Io, readVariable } from "./io.ts"
import { variableValues } from "./setting-variables.ts"
import type { SettingKey } from "./settings.ts"

/** The words of the command line that choose what is configured. */
export interface ConfigChoice {
  readonly config?: string | undefined
  readonly cwd?: string | undefined
  readonly env?: string | undefined
  readonly database?: string | undefined
  /** Values of options that override a setting. Already checked. */
  readonly overrides?: SettingValues
}

/** Everything that is configured, for one database and one environment. */
export interface Configuration {
  /** Absolute; paths in settings are relative to it. */
  readonly root: string
  readonly configFile: string | undefined
  readonly database: string | undefined
  readonly environment: string | undefined
  /** Names of all environments of that database. */
  readonly environments: readonly string[]
  readonly protected: boolean
  readonly historySchema: string | undefined
  readonly project: ProjectOptions
  /** Without the signal, the listener and the actor. */
  readonly run: RunOptions
  readonly outOfOrder: OutOfOrder
  /** Where it is said what the schema shall be, where the configuration says it. */
  readonly schema: readonly SchemaSource[] | undefined
  /** Where it is said what the application issues, where the configuration says it. */
  readonly queries: readonly string[] | undefined
  /** Whom the application connects as, where the configuration says it by itself. */
  readonly queryRole: string | undefined
  /** What must hold before a deploy begins; `gateOptions` makes the library's options of it. */
  readonly gate: GateValues
  /** The roles of the database, and the paths of their audit that are accepted. */
  readonly roles: CheckedRoles | undefined
  readonly tenants: TenantRules | undefined
  /** Whom revisions run as. */
  readonly owner: OwnerOptions | undefined
  /** Who is told how a command ended. */
  readonly told: Pick<SettingValues, "metricsFile" | "notify">
  readonly revisionTemplate: string | undefined
  readonly editor: string | undefined
  /** Asks for the address only when a database is really needed: it may be a function. */
  target(): Promise<TargetOptions>
  /** The address of another environment as the file gives it: no flag and no variable is meant for that one. */
  targetOf(environment: string): Promise<TargetOptions>
  /** Names of the variables that `.env` gave. */
  readonly fromDotenv: ReadonlySet<string>
}

/**
 * Finds, loads and checks the configuration. A flag wins over a `LOCKSTEP_*` variable, that over the file, that over
 * the default. In the file, `databases.x.environments.e` wins over `environments.e`, that over `databases.x`, that
 * over the top.
 *
 * `.env` beside the configuration is read unless the environment is marked as protected. Whether it is, is known
 * only after evaluating the file, which may read `process.env`; then it is evaluated again without `.env`.
 *
 * @throws ToolError `config-not-found`, `config-unreadable`, `invalid-config`, `unknown-environment`,
 *   `unknown-database`, `database-not-chosen`
 */
export async function loadConfiguration(
  choice: ConfigChoice,
  io: Pick<Io, "cwd" | "env">,
): Promise<Configuration> {
  const { env } = io
  const cwd = workingFolder(io.cwd, choice.cwd)
  const configFile = findConfigFile(cwd, choice.config ?? readVariable(env, "LOCKSTEP_CONFIG"))
  const root = configFile === undefined ? cwd : dirname(configFile)
  const shown = configFile === undefined ? "the environment" : relative(cwd, configFile)

  const fromDotenv = addVariables(env, readDotenv(root) ?? {})
  let checked = await evaluate(configFile, shown)
  const selection = select(checked, choice, env)
  if (isProtected(checked, selection) && fromDotenv.size > 0) {
    removeVariables(env, fromDotenv)
    if (configFile !== undefined && extname(configFile) !== ".json")
      checked = await evaluate(configFile, shown, true)
  }
  await refuseRules(fileValues(checked, selection).lint, shown)
  return configurationOf({ checked, selection, choice, env, root, configFile, fromDotenv })
}

/** The rules are loaded where some are configured. */
async function refuseRules(settings: LintSettings | undefined, shown: string): Promise<void> {
  if (settings === undefined) return
  const { problemsWithRules } = await import("../lint/rule-settings.ts")
  refuseProblems(problemsWithRules(settings), shown)
}

/**
 * Returns the names of the databases that a command without a choice is about: all that are configured, or none where
 * there is only one. Throws what evaluating the file throws.
 */
export async function configuredDatabases(
  choice: ConfigChoice,
  { cwd, env }: Pick<Io, "cwd" | "env">,
): Promise<readonly string[]> {
  if ((choice.database ?? readVariable(env, "LOCKSTEP_DATABASE")) !== undefined) return []
  const folder = workingFolder(cwd, choice.cwd)
  const configFile = findConfigFile(folder, choice.config ?? readVariable(env, "LOCKSTEP_CONFIG"))
  if (configFile === undefined) return []
  const { databases } = await evaluate(configFile, relative(folder, configFile))
  const names = Object.keys(databases)
  return names.length > 1 ? names : []
}

interface Selection {
  readonly database: string | undefined
  readonly environment: string | undefined
}

function workingFolder(cwd: string, named: string | undefined): string {
  const folder = resolve(cwd, named ?? ".")
  if (existsSync(folder) && statSync(folder).isDirectory()) return folder
  throw new ToolError("config-not-found", `there is no folder "${named}"`, {
    subject: named,
    hint: `it is looked for from ${cwd}`,
  })
}

async function evaluate(
  configFile: string | undefined,
  shown: string,
  again = false,
): Promise<CheckedConfig> {
  const problems: string[] = []
  const raw = configFile === undefined ? {} : await loadConfigFile(configFile, again)
  const checked = checkConfig(raw, problems)
  refuseProblems(problems, shown)
  return checked
}

function refuseProblems(problems: readonly string[], file: string): void {
  const [only] = problems
  if (only === undefined) return
  const help = { subject: file, hint: "docs/configuration.md describes all settings" }
  if (problems.length === 1) throw new ToolError("invalid-config", `${file}: ${only}`, help)
  throw new ToolError("invalid-config", `${file} has ${problems.length} mistakes`, {
    ...help,
    details: problems,
  })
}

function select(checked: CheckedConfig, choice: ConfigChoice, env: Environment): Selection {
  const database = selectDatabase(checked, choice.database ?? readVariable(env, "LOCKSTEP_DATABASE"))
  const environment = choice.env ?? readVariable(env, "LOCKSTEP_ENV") ?? checked.environment
  const known = environmentsOf(checked, database)
  if (environment !== undefined && known.size > 0 && !known.has(environment))
    throw new ToolError("unknown-environment", `there is no environment "${environment}"`, {
      subject: environment,
      details: [`configured: ${[...known].join(", ")}`],
      hint: didYouMean(environment, known),
      data: { environments: [...known] },
    })
  return { database, environment }
}

function environmentsOf(checked: CheckedConfig, database: string | undefined): ReadonlySet<string> {
  return new Set(layersOf(checked, database).flatMap((layer) => Object.keys(layer.environments)))
}

function selectDatabase({ databases }: CheckedConfig, named: string | undefined): string | undefined {
  const names = Object.keys(databases)
  if (named === undefined) {
    if (names.length <= 1) return names[0]
    throw new ToolError("database-not-chosen", `the configuration holds ${names.length} databases`, {
      details: names,
      hint: `say which one: --database ${names[0]}`,
      data: { databases: names },
    })
  }
  if (Object.hasOwn(databases, named)) return named
  throw new ToolError("unknown-database", `there is no database "${named}" in the configuration`, {
    subject: named,
    details: names.length === 0 ? [] : [`configured: ${names.join(", ")}`],
    hint: didYouMean(named, names),
    data: { databases: names },
  })
}

/** The whole configuration, then the database's own part. */
function layersOf(checked: CheckedConfig, database: string | undefined): readonly CheckedDatabase[] {
  const own = database === undefined ? undefined : checked.databases[database]
  return own === undefined ? [checked] : [checked, own]
}

function fileValues(checked: CheckedConfig, { database, environment }: Selection): SettingValues {
  const layers = layersOf(checked, database)
  const environments = layers.map((layer) =>
    environment === undefined ? {} : (layer.environments[environment] ?? {}),
  )
  return Object.assign({}, ...layers.map((layer) => layer.values), ...environments)
}

function isProtected(checked: CheckedConfig, selection: Selection): boolean {
  return fileValues(checked, selection).protected === true
}

interface Found {
  readonly checked: CheckedConfig
  readonly selection: Selection
  readonly choice: ConfigChoice
  readonly env: Environment
  readonly root: string
  readonly configFile: string | undefined
  readonly fromDotenv: ReadonlySet<string>
}

function configurationOf(found: Found): Configuration {
  const { checked, selection, choice, env, root, configFile, fromDotenv } = found
  const problems: string[] = []
  const variables = variableValues(env, problems)
  refuseProblems(problems, "the environment")
  const values: SettingValues = { ...fileValues(checked, selection), ...variables, ...choice.overrides }
  const { database, environment } = selection
  refusePromotion(values, environmentsOf(checked, database), environment)
  const address = async () => {
    const url = await resolveUrl(values.url, env)
    return { url, urlOrigin: originOf(url, env, { flag: choice.overrides?.url, fromDotenv }) }
  }
  return {
    root,
    database,
    environment,
    environments: [...environmentsOf(checked, database)],
    configFile,
    fromDotenv,
    protected: values.protected === true,
    historySchema: values.historySchema,
    project: given({
      root,
      migrations: values.migrations ?? (database === undefined ? undefined : [`migrations/${database}`]),
      format: values.format,
      variables: values.variables,
      names: namesOf(values),
      include: values.include,
      exclude: values.exclude,
      tenants: values.tenants,
      lint: lintOf(values),
      cache: typeof values.cache === "string" ? resolve(root, values.cache) : values.cache,
    }),
    run: given({
      lockTimeoutMs: values.lockTimeout,
      statementTimeoutMs: values.statementTimeout,
      idleInTransactionTimeoutMs: values.idleInTransactionTimeout,
      lockAttempts: values.lockAttempts,
      retryDelayMs: values.retryDelay,
      retryMaxDelayMs: values.retryMaxDelay,
      runnerWaitMs: values.runnerWait,
      deadlineMs: values.deadline,
    }),
    schema: values.schema,
    queries: values.queries,
    queryRole: values.queryRole,
    outOfOrder: values.outOfOrder ?? "error",
    roles: values.roles,
    tenants: values.tenants,
    owner: ownerOf(values.roles),
    gate: gateOf(values),
    told: given({ metricsFile: values.metricsFile, notify: values.notify }),
    revisionTemplate: values.revisionTemplate,
    editor: values.editor,
    targetOf: (other) => targetOfOther(found, other),
    target: async () =>
      given({
        ...(await address()),
        ...connectionOf(values, env, root),
        environment,
        protected: values.protected,
        applicationRoles: values.applicationRoles ?? readersOf(values.roles),
        owner: ownerOf(values.roles),
      }),
  }
}

/** Whoever waits for an environment that is never deployed to waits for ever. */
function refusePromotion(
  { promotesFrom: from, evidence }: SettingValues,
  known: ReadonlySet<string>,
  environment: string | undefined,
): void {
  if (from === undefined || evidence !== undefined || (known.has(from) && from !== environment)) return
  throw new ToolError(
    "invalid-config",
    from === environment
      ? `promotesFrom: environment ${from} cannot go before itself`
      : `promotesFrom: there is no environment "${from}"`,
    {
      subject: "promotesFrom",
      details: [`configured: ${[...known].join(", ") || "none"}`],
      hint: didYouMean(from, known),
    },
  )
}

const gateKeys = [
  "preflight",
  "backup",
  "dumps",
  "dumped",
  "smoke",
  "smokeQueries",
  "watch",
  "exports",
  "exportCommand",
  "exportsKeep",
  "promotesFrom",
  "promotionAge",
  "promotionAgeExpand",
  "evidence",
  "evidenceKeys",
  "windows",
  "freezes",
  "approvals",
  "onlyFromCi",
  "requireCommit",
  "maxForecast",
  "maxWaiting",
  "guard",
  "soak",
] as const satisfies readonly SettingKey[]

/** The settings that a deploy asks for. */
export type GateValues = Pick<SettingValues, (typeof gateKeys)[number]>

function gateOf(values: SettingValues): GateValues {
  return given(Object.fromEntries(gateKeys.map((key) => [key, values[key]])))
}

async function targetOfOther(
  { checked, selection: { database }, env, root }: Found,
  environment: string,
): Promise<TargetOptions> {
  const own = layersOf(checked, database).map((layer) => layer.environments[environment]?.url)
  if (own.every((url) => url === undefined))
    throw new ToolError("evidence-missing", `environment ${environment} has no url in the configuration`, {
      subject: environment,
      hint: `give it one, or carry its evidence in a file: lockstep evidence export ${environment}`,
    })
  const values = fileValues(checked, { database, environment })
  return given({
    url: await resolveUrl(values.url, env),
    ...connectionOf(values, env, root),
    environment,
  })
}

/** How a database is talked to, whatever its address. */
function connectionOf(values: SettingValues, env: Environment, root: string) {
  return {
    libpqVariables: env,
    password: values.password,
    auth: values.auth,
    packagesFrom: root,
    connectTimeoutMs: values.connectTimeout,
    historySchema: values.historySchema,
    pooled: values.pooled,
  }
}

/** Roles of the model are known to the rule that asks for them. */
function lintOf({ lint, roles }: SettingValues): LintSettings | undefined {
  if (roles === undefined) return lint
  const { owner, migrator, readWrite, readOnly } = completeModel(roles.model)
  const known = [owner, migrator, readWrite, readOnly, ...applicationLogins(roles.model)]
  const setting = lint?.rules?.["role-unknown"]
  const own: RuleSetting = typeof setting === "string" ? { severity: setting } : { ...setting }
  const named = Array.isArray(own.roles) ? own.roles : []
  return { rules: { ...lint?.rules, "role-unknown": { ...own, roles: [...known, ...named] } } }
}

/** Whoever works with the database may know which revisions it has. */
function readersOf(roles: CheckedRoles | undefined): readonly string[] | undefined {
  if (roles === undefined) return undefined
  const { readWrite, readOnly } = completeModel(roles.model)
  return [readWrite, readOnly]
}

function ownerOf(roles: CheckedRoles | undefined): OwnerOptions | undefined {
  if (roles === undefined) return undefined
  const { owner, schemas, readWrite, readOnly } = completeModel(roles.model)
  return { role: owner, schemas, readWrite, readOnly, exempt: roles.exempt }
}

function namesOf(values: SettingValues): NameOptions | undefined {
  const entries = Object.entries(values).filter(([key]) => key.startsWith("names."))
  return entries.length === 0
    ? undefined
    : Object.fromEntries(entries.map(([key, value]) => [key.slice(6), value]))
}
