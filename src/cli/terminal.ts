import { ToolError } from "../diagnostic.ts"
import { type Colors, colors } from "../report/colors.ts"
import type { ProgressForm } from "../report/progress.ts"
import type { Command } from "./command.ts"
import { logFormats } from "./globals.ts"
import { type Environment, type Io, isCi, readVariable } from "./io.ts"

/** Returns the colours for each stream: a terminal has them, unless somebody does not want them. */
export function colorsFor(io: Io, noColor: boolean): { readonly stderr: Colors; readonly stdout: Colors } {
  const of = (terminal: boolean | undefined) => colors(!noColor && wantsColor(io.env, terminal === true))
  return { stderr: of(io.stderr.isTTY), stdout: of(io.stdout.isTTY) }
}

/** @see https://no-color.org and https://force-color.org */
function wantsColor(env: Environment, terminal: boolean): boolean {
  if (env.NO_COLOR) return false
  if (env.FORCE_COLOR) return env.FORCE_COLOR !== "0"
  return terminal && env.TERM !== "dumb"
}

/** Decides how progress is shown. A line is rewritten only where a person watches a terminal that can do it. */
export function progressForm(
  { env, stderr }: Io,
  globals: {
    readonly events: boolean
    readonly quiet: boolean
    readonly json: boolean
    readonly verbose: boolean
  },
): ProgressForm {
  if (globals.events) return "events"
  if (globals.quiet || (globals.json && !globals.verbose)) return "none"
  const live = stderr.isTTY === true && !globals.verbose && env.TERM !== "dumb" && !isCi(env)
  return live ? "live" : "lines"
}

/** Text for people, JSON lines for collectors of logs, or text with annotations for GitHub Actions. */
export type LogForm = "text" | "json" | "github"

/**
 * Decides in which form a command says what it does. By itself JSON is chosen only for commands whose output is a log,
 * where nobody watches and no CI system shows it to people.
 */
export function logFormOf(
  { env, stdout }: Io,
  asked: (typeof logFormats)[number] | undefined,
  command: Pick<Command, "logs">,
): LogForm {
  const form = asked ?? formOf(readVariable(env, "LOCKSTEP_LOG_FORMAT"))
  if (form !== "auto") return form
  if (env.GITHUB_ACTIONS === "true") return "github"
  return command.logs !== undefined && stdout.isTTY !== true && !isCi(env) ? "json" : "text"
}

function formOf(variable: string | undefined): (typeof logFormats)[number] {
  const form = logFormats.find((each) => each === (variable ?? "auto"))
  if (form !== undefined) return form
  throw new ToolError("invalid-option", `LOCKSTEP_LOG_FORMAT is "${variable}"`, {
    subject: "LOCKSTEP_LOG_FORMAT",
    hint: `it takes ${logFormats.join(", ")}`,
  })
}
