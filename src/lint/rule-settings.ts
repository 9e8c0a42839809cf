import type { LintSettings, RuleLevel } from "../api/options.ts"
import { type Severity, ToolError } from "../diagnostic.ts"
import { didYouMean } from "../did-you-mean.ts"
import { isRecord } from "../is-record.ts"
import type { Finding } from "./finding.ts"
import { type RuleId, type RulePage, rulePage, rulePages } from "./rules.ts"

/** Which rules are on, and how. */
export interface RuleBook {
  isOn(rule: RuleId): boolean
  /** The level that somebody has chosen; undefined where nobody has. */
  chosen(rule: RuleId): Severity | undefined
  /** The value of an option, or its default. */
  option(rule: RuleId, name: string): unknown
}

const levels: readonly string[] = ["off", "note", "warning", "error"] satisfies readonly RuleLevel[]

/** @throws ToolError `invalid-config` where a setting names what there is not */
export function ruleBook(settings: LintSettings = {}): RuleBook {
  const problems = problemsWithRules(settings)
  const [first, ...others] = problems
  if (first !== undefined) {
    throw new ToolError("invalid-config", first, {
      details: others,
      hint: "docs/rules lists all rules with their options",
    })
  }
  const { rules = {} } = settings
  const levelOf = (rule: RuleId): RuleLevel | undefined => {
    const setting = rules[rule]
    if (setting === undefined || typeof setting === "string") return setting
    const { severity } = setting as { severity?: RuleLevel }
    // Whoever gives options to a rule wants it.
    return severity ?? (pageOf(rule).default === "off" ? pageOf(rule).severity : undefined)
  }
  return {
    isOn: (rule) => (levelOf(rule) ?? pageOf(rule).default) !== "off",
    chosen: (rule) => {
      const level = levelOf(rule)
      return level === "off" ? undefined : level
    },
    option: (rule, name) => {
      const setting = rules[rule]
      const given = isRecord(setting) ? setting[name] : undefined
      return given ?? pageOf(rule).options?.[name]?.default
    },
  }
}

function pageOf(rule: RuleId): RulePage {
  return rulePages[rule]
}

/** One line for everything that is wrong, with its key: `lint.rules.namin: there is no such rule`. */
export function problemsWithRules(settings: LintSettings): readonly string[] {
  return Object.entries(settings.rules ?? {}).flatMap(([id, setting]) => {
    const at = `lint.rules.${id}`
    const page = rulePage(id)
    if (page === undefined) {
      const near = didYouMean(id, Object.keys(rulePages))
      return [`${at}: there is no such rule${near === undefined ? "" : ` (${near})`}`]
    }
    if (!isRecord(setting)) return levels.includes(setting) ? [] : [`${at}: ${mustBeLevel(setting)}`]
    return Object.entries(setting).flatMap(([name, value]) =>
      problemsWithOption(page, `${at}.${name}`, name, value),
    )
  })
}

function problemsWithOption(page: RulePage, at: string, name: string, value: unknown): readonly string[] {
  if (name === "severity") return levels.includes(String(value)) ? [] : [`${at}: ${mustBeLevel(value)}`]
  const option = page.options?.[name]
  if (option === undefined) {
    const known = ["severity", ...Object.keys(page.options ?? {})]
    return [`${at}: is no option of this rule; there is ${known.join(", ")}`]
  }
  if (Array.isArray(option.default)) {
    const isList = Array.isArray(value) && value.every((each) => typeof each === "string")
    return isList ? [] : [`${at}: must be a list of texts, not ${JSON.stringify(value)}`]
  }
  return isPattern(value) ? [] : [`${at}: must be a regular expression as text, not ${JSON.stringify(value)}`]
}

function isPattern(value: unknown): boolean {
  if (typeof value !== "string") return false
  try {
    new RegExp(value, "u")
    return true
  } catch {
    return false
  }
}

function mustBeLevel(value: unknown): string {
  return `must be ${levels.map((level) => `"${level}"`).join(", ")}, or an object with options; not ${JSON.stringify(value)}`
}

/** Leaves out findings of rules that are off, and gives the others the level that was chosen. */
export function settled<Each extends Pick<Finding, "rule" | "severity">>(
  findings: readonly Each[],
  book: RuleBook,
): readonly Each[] {
  return findings
    .filter(({ rule }) => book.isOn(rule))
    .map((finding) => ({ ...finding, severity: book.chosen(finding.rule) ?? finding.severity }))
}
