import { didYouMean, nearest } from "../did-you-mean.ts"
import { isRecord } from "../is-record.ts"
import { checkRoles } from "./check-roles.ts"
import { checkTenants } from "./check-tenants.ts"
import { rulesOf, type ValueOfType } from "./setting-types.ts"
import { type Level, type Setting, type SettingKey, settingOf, settings } from "./settings.ts"

/** Values as the program uses them, by the key of their setting. Durations are milliseconds. */
export type SettingValues = { readonly [Key in SettingKey]?: SettingValue<(typeof settings)[Key]> }

type SettingValue<Entry extends Setting> = Entry extends { readonly choices: readonly (infer Choice)[] }
  ? Choice
  : ValueOfType<Entry["type"]>

/** The part of the configuration that belongs to one database (or to all). */
export interface CheckedDatabase {
  readonly values: SettingValues
  readonly environments: Readonly<Record<string, SettingValues>>
}

export interface CheckedConfig extends CheckedDatabase {
  readonly environment?: string
  readonly databases: Readonly<Record<string, CheckedDatabase>>
}

/**
 * Checks a whole configuration against the table of settings.
 *
 * @param problems receives one line for everything that is wrong
 */
export function checkConfig(raw: unknown, problems: string[]): CheckedConfig {
  if (!isRecord(raw)) {
    problems.push("the configuration must be an object")
    return { values: {}, environments: {}, databases: {} }
  }
  const { environment, databases, $schema, ...rest } = raw
  if (environment !== undefined && (typeof environment !== "string" || environment === ""))
    problems.push(`environment: must be a text, not ${show(environment)}`)
  return {
    ...checkDatabase(rest, "", "top", problems),
    databases: eachEntry(databases, "databases", problems, (value, place) =>
      checkDatabase(value, place, "database", problems),
    ),
    ...(typeof environment === "string" ? { environment } : {}),
  }
}

/** Checks one value; returns it as the program uses it, or undefined after noting the problem. */
export function checkValue(key: SettingKey, value: unknown, place: string, problems: string[]): unknown {
  const { type, choices } = settingOf(key)
  const rules = rulesOf(type)
  const read = rules.read(value)
  if (choices !== undefined && (typeof read !== "string" || !choices.includes(read))) {
    const near = typeof value === "string" ? didYouMean(value, choices) : undefined
    problems.push(
      `${place}: must be ${choices.map(show).join(", ")}; not ${show(value)}${near ? ` (${near})` : ""}`,
    )
    return undefined
  }
  if (read === undefined)
    problems.push(
      `${place}: must be ${rules.expected}, not ${mayBeSecret(key) ? "what stands there" : show(value)}`,
    )
  return read
}

/** A password that was written where a function belongs must not be printed. */
function mayBeSecret(key: SettingKey): boolean {
  return key === "url" || key === "password"
}

function checkDatabase(
  raw: Readonly<Record<string, unknown>>,
  place: string,
  level: Level,
  problems: string[],
): CheckedDatabase {
  const { environments, ...own } = raw
  return {
    values: checkLevel(own, place, level, problems),
    environments: eachEntry(environments, join(place, "environments"), problems, (value, at) =>
      checkLevel(value, at, "environment", problems),
    ),
  }
}

function eachEntry<Checked>(
  raw: unknown,
  place: string,
  problems: string[],
  check: (value: Readonly<Record<string, unknown>>, place: string) => Checked,
): Record<string, Checked> {
  const checked: Record<string, Checked> = {}
  if (raw === undefined) return checked
  if (!isRecord(raw)) problems.push(`${place}: must be an object of names, not ${show(raw)}`)
  else
    for (const [name, value] of Object.entries(raw)) {
      const at = join(place, name)
      if (isRecord(value)) checked[name] = check(value, at)
      else problems.push(`${at}: must be an object of settings, not ${show(value)}`)
    }
  return checked
}

function checkLevel(
  raw: Readonly<Record<string, unknown>>,
  place: string,
  level: Level,
  problems: string[],
): SettingValues {
  const values: Partial<Record<SettingKey, unknown>> = {}
  for (const [key, value] of flatten(raw)) {
    const at = join(place, key)
    // An environment whose `url: process.env.X` came to nothing must not reach another environment's database.
    if (value === undefined && key === "url" && level === "environment") values.url = () => undefined
    if (value === undefined) continue
    if (!isSettingKey(key)) problems.push(`${at}: ${unknownKey(key, level)}`)
    else if (!settingOf(key).levels.includes(level)) problems.push(`${at}: ${wrongLevel(key)}`)
    else if (key === "roles") {
      const checked = checkRoles(value)
      values.roles = checked.roles
      problems.push(
        ...checked.problems.map(({ key: inner, says }) => `${inner === "" ? at : join(at, inner)}: ${says}`),
      )
    } else if (key === "tenants") {
      const checked = checkTenants(value)
      values.tenants = checked.tenants
      problems.push(
        ...checked.problems.map(({ key: inner, says }) => `${inner === "" ? at : join(at, inner)}: ${says}`),
      )
    } else values[key] = checkValue(key, value, at, problems)
  }
  return values as SettingValues
}

/** Yields `names.file` for `{ names: { file } }`; other objects are values. */
function* flatten(raw: Readonly<Record<string, unknown>>): Generator<[string, unknown]> {
  for (const [key, value] of Object.entries(raw)) {
    if (key === "names" && isRecord(value))
      for (const [inner, innerValue] of Object.entries(value)) yield [`names.${inner}`, innerValue]
    else yield [key, value]
  }
}

function isSettingKey(key: string): key is SettingKey {
  return Object.hasOwn(settings, key)
}

function unknownKey(key: string, level: Level): string {
  const known: string[] = Object.keys(settings).filter((name) =>
    settingOf(name as SettingKey).levels.includes(level),
  )
  if (level !== "environment") known.push("environments")
  if (level === "top") known.push("environment", "databases")
  const near = nearest(key, known)
  return near === undefined ? "is not a setting" : `is not a setting; did you mean "${near}"?`
}

function wrongLevel(key: SettingKey): string {
  const { levels } = settingOf(key)
  const words = { environment: "in an environment", database: "in a database", top: "at the top" }
  return `may only stand ${levels.map((level) => words[level]).join(" or ")}`
}

function join(place: string, key: string): string {
  return place === "" ? key : `${place}.${key}`
}

function show(value: unknown): string {
  if (typeof value === "string") return `"${value}"`
  if (typeof value === "function") return "a function"
  return JSON.stringify(value) ?? String(value)
}
