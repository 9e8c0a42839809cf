import type { Ailment } from "../api/doctor.ts"
import type { GlobalOptions } from "./globals.ts"

/** Commands of Lockstep that name the environment as their operand. */
const namesEnvironment: ReadonlySet<string> = new Set(["deploy", "doctor", "preflight", "repair"])

/** Commands that ask a database, and so have to be told which one. */
const asksDatabase: ReadonlySet<string> = new Set([
  "adopt",
  "downgrade",
  "drift",
  "stamp",
  "status",
  "upgrade",
])

/**
 * Returns a command that is proposed as the person would type it who has chosen an environment or a database by flags: with
 * the same choice. What is no command of Lockstep, and what asks no database, stays.
 */
export function asTyped(run: string, { env, database }: Pick<GlobalOptions, "env" | "database">): string {
  const [, verb = "", rest = ""] = /^lockstep ([a-z]+)(.*)$/s.exec(run) ?? []
  const chosen = database === undefined ? "" : ` --database ${database}`
  if (namesEnvironment.has(verb)) {
    return `lockstep ${verb}${env === undefined ? "" : ` ${env}`}${rest}${chosen}`
  }
  return asksDatabase.has(verb) ? `${run}${env === undefined ? "" : ` --env ${env}`}${chosen}` : run
}

/** The commands that are proposed, for the environment and database that the person has chosen. */
export function proposedTo(globals: GlobalOptions, ailments: readonly Ailment[]): readonly Ailment[] {
  return ailments.map((ailment) => ({
    ...ailment,
    remedies: ailment.remedies.map((remedy) => ({ ...remedy, run: asTyped(remedy.run, globals) })),
  }))
}

/** A word as a shell takes it. */
export function shellWord(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `"${word.replaceAll(/["$`\\]/g, "\\$&")}"`
}
