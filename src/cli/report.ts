import { maskSecrets } from "../db/mask.ts"
import { type Diagnostic, ToolError } from "../diagnostic.ts"
import type { Colors } from "../report/colors.ts"
import { printAnnotations } from "../report/github.ts"
import { type Beside, type JsonDocument, printJson } from "../report/json.ts"
import { printDiagnostic } from "../report/text.ts"
import type { ExitCode, Outcome } from "./command.ts"
import type { Io } from "./io.ts"
import type { Log } from "./log.ts"
import { maskData } from "./secrets.ts"
import type { LogForm } from "./terminal.ts"

/** A failed run in the form of an outcome. */
export interface Failure extends Outcome {
  readonly data?: Readonly<Record<string, unknown>>
  /** Shown with `--debug`, and always where it is a defect of ours. */
  readonly stack: string
  readonly defect: boolean
}

/** Turns what was thrown into an outcome. Whatever is no `ToolError` is a defect of Lockstep. */
export function failureOf(error: unknown): Failure {
  const stack = stackOf(error)
  if (!(error instanceof ToolError)) {
    const message = error instanceof Error ? error.message : String(error)
    return { diagnostics: [defect(message)], exit: 1, stack, defect: true }
  }
  const { also = [], data } = error.facts
  return {
    diagnostics: [error.diagnostic, ...also],
    exit: error.exitCode as ExitCode,
    ...(data === undefined ? {} : { data }),
    stack,
    defect: false,
  }
}

function defect(message: string): Diagnostic {
  return {
    code: "defect",
    severity: "error",
    message: `this is a defect of Lockstep: ${message}`,
    hint: "please report it with the lines below; the database's state can be seen with: lockstep status",
  }
}

function stackOf(error: unknown): string {
  if (!(error instanceof Error)) return ""
  const cause = error.cause === undefined ? "" : `\ncaused by: ${stackOf(error.cause)}`
  return (error.stack ?? String(error)) + cause
}

export interface ReportOptions {
  /** The command's name, for the JSON document. */
  readonly command: string
  readonly json: boolean
  readonly events: boolean
  readonly debug: boolean
  readonly quiet: boolean
  /** For standard error, and for standard output. */
  readonly colors: { readonly stderr: Colors; readonly stdout: Colors }
  /** Diagnostics that were shown while the command ran. */
  readonly shown?: ReadonlySet<Diagnostic>
  /** Default: `text`. */
  readonly logForm?: LogForm
  /** Where everything goes that is said as JSON lines. */
  readonly log?: Log | undefined
}

/** The exit code of the process. */
export function exitOf({ exitOfProgram, exit = 0 }: Outcome | Failure): number {
  return exitOfProgram ?? exit
}

/** Prints an outcome and returns its exit code. Secrets are masked in all of it. */
export function report(outcome: Outcome | Failure, options: ReportOptions, io: Io): number {
  const exit = exitOf(outcome)
  printDiagnostics(outcome, options, io)
  if (options.log !== undefined) options.log.result(outcome, exit)
  else if (options.json) io.stdout.write(jsonOf(outcome, exit, options))
  else if (!options.quiet) io.stdout.write(textOf(outcome, options))
  return exit
}

function printDiagnostics(outcome: Outcome | Failure, options: ReportOptions, io: Io): void {
  const { events, quiet, debug, shown, colors, log, logForm } = options
  const left = (outcome.diagnostics ?? []).filter(
    (diagnostic) => !shown?.has(diagnostic) && !(quiet && diagnostic.severity !== "error"),
  )
  // GitHub reads its commands from both streams; what the command answers stands alone on standard output.
  if (logForm === "github" && left.length > 0) io.stderr.write(`${maskSecrets(printAnnotations(left))}\n`)
  else
    for (const diagnostic of left) {
      if (log !== undefined) {
        log.diagnostic(diagnostic)
        continue
      }
      // Whoever reads events reads nothing else on standard error.
      const text = events
        ? JSON.stringify({ type: "diagnostic", diagnostic: maskData(diagnostic) })
        : maskSecrets(printDiagnostic(diagnostic, colors.stderr))
      io.stderr.write(`${text}\n`)
    }
  if ("defect" in outcome && (outcome.defect || debug) && !events)
    io.stderr.write(`${maskSecrets(outcome.stack)}\n`)
}

function jsonOf(outcome: Outcome | Failure, exit: number, { command }: ReportOptions): string {
  const { result, findings, beside = {}, diagnostics = [], verbatim = false } = outcome
  const data = "data" in outcome && outcome.data !== undefined ? { data: outcome.data } : {}
  const answer = result === undefined ? {} : { result: verbatim ? result : maskData(result) }
  const found = findings === undefined ? {} : { findings: maskData(findings) as readonly unknown[] }
  const facts = maskData({ diagnostics, ...data }) as Pick<JsonDocument, "diagnostics" | "data">
  return printJson({
    v: 1,
    command,
    ok: exit === 0,
    exit,
    ...answer,
    ...found,
    ...(maskData(beside) as Beside),
    ...facts,
  })
}

function textOf({ text = "", verbatim }: Outcome, { colors }: ReportOptions): string {
  const shown = typeof text === "string" ? text : text(colors.stdout)
  const printed = shown === "" || shown.endsWith("\n") ? shown : `${shown}\n`
  return verbatim ? printed : maskSecrets(printed)
}
