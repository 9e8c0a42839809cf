import { nearest } from "../did-you-mean.ts"
import { checkValue, type SettingValues } from "./check-config.ts"
import { type Environment, readVariable } from "./io.ts"
import { rulesOf } from "./setting-types.ts"
import { type SettingKey, settingOf, settings, settingVariable } from "./settings.ts"

/** Variables with a meaning of their own besides those of the settings. */
export const choiceVariables = {
  LOCKSTEP_CONFIG: "Path of the configuration file, as `--config`",
  LOCKSTEP_ENV: "The environment, as `--env`",
  LOCKSTEP_DATABASE: "The database among several, as `--database`",
  LOCKSTEP_LOG_FORMAT: "How progress and results are printed, as `--log-format`",
  LOCKSTEP_RELEASE: "The release or image that a run belongs to; recorded in the history",
  LOCKSTEP_MIGRATOR_URL:
    "The migrator's address for `--apply` of `lockstep entrypoint`; the application never gets to see it",
  LOCKSTEP_EVIDENCE_KEY: "Text of the private key of `lockstep evidence export`, instead of `--key`",
} as const

/**
 * Reads the `LOCKSTEP_*` variables of all settings.
 *
 * @param problems receives one line for everything that is wrong
 */
export function variableValues(env: Environment, problems: string[]): SettingValues {
  const values: Partial<Record<SettingKey, unknown>> = {}
  const known = new Set<string>(Object.keys(choiceVariables))
  for (const key of Object.keys(settings) as SettingKey[]) {
    const { type, variable } = settingOf(key)
    if (variable === false) continue
    const name = settingVariable(key)
    known.add(name)
    const text = readVariable(env, name)
    if (text !== undefined) values[key] = checkValue(key, rulesOf(type).parse?.(text) ?? text, name, problems)
  }
  for (const name of Object.keys(env)) {
    if (!name.startsWith("LOCKSTEP_") || known.has(name)) continue
    const near = nearest(name, known)
    if (near !== undefined) problems.push(`${name}: is not a variable of Lockstep; did you mean "${near}"?`)
  }
  return values as SettingValues
}
