import type { LintSettings, RuleSetting, SchemaSource } from "../api/options.ts"
import type { CheckRule, UrlSource } from "../config.ts"

import { cloudAuthForms, readCloudAuth } from "../db/tokens/cloud-auth.ts"
import { freezeForm, parseFreeze, parseWindow, windowForm } from "../deploy/calendar.ts"
import { isRecord } from "../is-record.ts"
import { checkRoles } from "./check-roles.ts"
import { checkTenants } from "./check-tenants.ts"
import { durationForms, parseDuration } from "./duration.ts"

/** The names of the checks of `lockstep preflight`; their code is loaded with the command only. */
export const preflightChecks = [
  "identity",
  "server",
  "writable",
  "pooler",
  "environment",
  "history",
  "trail",
  "runner",
  "disk",
  "replication",
  "transactions",
  "indexes",
  "pending",
  "bundle",
  "drift",
  "roles",
  "guard",
  "proof",
  "forecast",
  "promotion",
  "window",
  "freeze",
  "actor",
  "commit",
  "approval",
] as const

/** What a kind of value is called, how the file's value is checked, and how a variable's text becomes a value. */
interface TypeRules {
  readonly expected: string
  /** Returns the value as the program uses it; undefined where it is wrong. */
  readonly read: (value: unknown) => unknown
  /** Turns the text of a variable or flag into what the file would hold. Absent: the text itself. */
  readonly parse?: (text: string) => unknown
}

export const settingTypes = {
  text: { expected: "a text", read: nonEmpty },
  url: { expected: 'a URL, { env: "NAME" } or a function', read: urlSource },
  function: { expected: "a function", read: textFunction },
  auth: { expected: cloudAuthForms, read: readCloudAuth },
  flag: {
    expected: "true or false",
    read: (value: unknown) => (typeof value === "boolean" ? value : undefined),
    parse: parseFlag,
  },
  number: { expected: "a whole number from 0", read: wholeNumber, parse: Number },
  duration: {
    expected: durationForms,
    read: (value: unknown) =>
      typeof value === "string" || typeof value === "number" ? parseDuration(value) : undefined,
  },
  choice: { expected: "a text", read: nonEmpty },
  names: { expected: "a list of texts", read: texts, parse: splitAtCommas },
  paths: { expected: "a path or a list of paths", read: texts, parse: splitAtCommas },
  sources: {
    expected: "a path, `{ drizzle }`, `{ prisma }`, `{ mikroorm }` or `{ command }`, or a list of these",
    read: sources,
    parse: splitAtCommas,
  },
  "path-or-false": {
    expected: "a path or false",
    read: (value: unknown) => (value === false ? (false as const) : nonEmpty(value)),
    parse: (text) => (text === "false" ? false : text),
  },
  pattern: { expected: "a regular expression", read: pattern },
  pairs: { expected: "an object of texts", read: pairs, parse: parsePairs },
  windows: {
    expected: `a list of texts such as "${windowForm}"`,
    read: (value: unknown) => textsThat(value, (text) => parseWindow(text) !== undefined),
    parse: (text: string) => text.split(";").map((part) => part.trim()),
  },
  freezes: {
    expected: `a list of texts such as "${freezeForm}"`,
    read: (value: unknown) => textsThat(value, (text) => parseFreeze(text) !== undefined),
    parse: (text: string) => text.split(";").map((part) => part.trim()),
  },
  tenants: { expected: "an object with schemas", read: (value: unknown) => checkTenants(value).tenants },
  roles: { expected: "an object with owner and migrator", read: (value: unknown) => checkRoles(value).roles },
  lint: {
    expected: "an object with rules, each a level or an object of options by the rule's id",
    read: lintSettings,
  },
  rules: {
    expected: `an object of "stop", "warn" or "off" by the names of checks (${preflightChecks.join(", ")})`,
    read: rules,
    parse: parsePairs,
  },
} as const satisfies Readonly<Record<string, TypeRules>>

export type SettingType = keyof typeof settingTypes

/** What a value of a type is, once it was read. */
export type ValueOfType<Type extends SettingType> = Exclude<
  ReturnType<(typeof settingTypes)[Type]["read"]>,
  undefined
>

/** Returns the rules of `type`. */
export function rulesOf(type: SettingType): TypeRules {
  return settingTypes[type]
}

function nonEmpty(value: unknown): string | undefined {
  return typeof value === "string" && value !== "" ? value : undefined
}

function wholeNumber(value: unknown): number | undefined {
  return typeof value === "number" && Number.isInteger(value) && value >= 0 ? value : undefined
}

function texts(value: unknown): readonly string[] | undefined {
  const list = typeof value === "string" ? [value] : value
  return Array.isArray(list) && list.every((item) => nonEmpty(item) !== undefined) ? list : undefined
}

function textsThat(value: unknown, hold: (text: string) => boolean): readonly string[] | undefined {
  const list = texts(value)
  return list?.every(hold) ? list : undefined
}

function sources(value: unknown): readonly SchemaSource[] | undefined {
  const list = Array.isArray(value) ? value : [value]
  return list.length > 0 && list.every(isSource) ? list : undefined
}

function isSource(value: unknown): value is SchemaSource {
  if (!isRecord(value)) return nonEmpty(value) !== undefined
  const { casing, ...named } = value
  const [[kind, paths] = ["", undefined], ...others] = Object.entries(named)
  if (others.length > 0 || !["drizzle", "prisma", "mikroorm", "command"].includes(kind)) return false
  if (casing !== undefined && (kind !== "drizzle" || !/^(snake_case|camelCase)$/.test(String(casing))))
    return false
  return kind === "mikroorm" ? nonEmpty(paths) !== undefined : texts(paths) !== undefined
}

function pairs(value: unknown): Readonly<Record<string, string>> | undefined {
  if (!isRecord(value) || !Object.values(value).every((item) => typeof item === "string")) return undefined
  return value as Record<string, string>
}

function rules(value: unknown): Readonly<Record<string, CheckRule>> | undefined {
  const found = pairs(value)
  const isRule = ([check, rule]: [string, string]) =>
    (preflightChecks as readonly string[]).includes(check) && /^(?:stop|warn|off)$/.test(rule)
  return found !== undefined && Object.entries(found).every(isRule)
    ? (found as Readonly<Record<string, CheckRule>>)
    : undefined
}

/** Which rules there are is known where they are loaded. */
function lintSettings(value: unknown): LintSettings | undefined {
  if (!isRecord(value) || Object.keys(value).some((key) => key !== "rules")) return undefined
  const { rules = {} } = value
  if (!isRecord(rules)) return undefined
  return Object.values(rules).every((each) => typeof each === "string" || isRecord(each))
    ? { rules: rules as Readonly<Record<string, RuleSetting>> }
    : undefined
}

function pattern(value: unknown): string | undefined {
  const text = value instanceof RegExp ? value.source : nonEmpty(value)
  if (text === undefined) return undefined
  try {
    new RegExp(text)
    return text
  } catch {
    return undefined
  }
}

function textFunction(value: unknown): (() => string | Promise<string>) | undefined {
  return typeof value === "function" ? (value as () => string | Promise<string>) : undefined
}

function urlSource(value: unknown): UrlSource | undefined {
  if (!isRecord(value)) return textFunction(value) ?? nonEmpty(value)
  const env = nonEmpty(value.env)
  return env !== undefined && Object.keys(value).length === 1 ? { env } : undefined
}

function parseFlag(text: string): unknown {
  if (/^(true|1|yes|on)$/i.test(text)) return true
  if (/^(false|0|no|off)$/i.test(text)) return false
  return text
}

function splitAtCommas(text: string): readonly string[] {
  return text.split(",").map((part) => part.trim())
}

function parsePairs(text: string): unknown {
  const entries = splitAtCommas(text).map((pair) => {
    const at = pair.indexOf("=")
    return at < 1 ? undefined : ([pair.slice(0, at), pair.slice(at + 1)] as const)
  })
  return entries.includes(undefined)
    ? undefined
    : Object.fromEntries(entries.filter((entry) => entry !== undefined))
}
