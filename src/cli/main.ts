import { readFileSync } from "node:fs"
import { type Diagnostic, ToolError } from "../diagnostic.ts"
import { didYouMean } from "../did-you-mean.ts"
import { type Colors, colors } from "../report/colors.ts"
import { type JsonDocument, printJson } from "../report/json.ts"
import { printDiagnostic } from "../report/text.ts"
import { parseArguments, splitCommand } from "./arguments.ts"
import type { SettingValues } from "./check-config.ts"
import type { Command, Outcome } from "./command.ts"
import { commandName, commands } from "./commands/all.ts"
import { type GlobalOptions, globalOptions } from "./globals.ts"
import type { Environment, Io } from "./io.ts"
import type { OperandTable, OptionTable } from "./option.ts"
import { maskData, maskText } from "./secrets.ts"

/**
 * Runs one command line, prints what it has to say, and returns the exit code.
 * Never throws and never ends the process.
 */
export async function main(words: readonly string[], io: Io): Promise<number> {
  // A command line that cannot be parsed is still answered in the form that was asked for.
  const asked = { json: words.includes("--json"), debug: words.includes("--debug"), quiet: false }
  const paint = colors(wantsColor(io.env, io.stderr.isTTY === true) && !words.includes("--no-color"))
  let name = ""
  try {
    const split = splitCommand(words, withVersion)
    name = split.name ?? ""
    if (split.name === undefined) return await withoutCommand(split.rest, io)
    if (split.name === "help") return await main([...split.rest, "--help"], io)
    const known = findCommand(split.name)
    name = known.name
    const command = await known.entry.load()
    const table: OptionTable = { ...command.options, ...globalOptions }
    const helps = split.rest.some((word) => word === "--help" || word === "-h")
    const parsed = parseArguments(split.rest, table, helps ? anything : command.operands)
    const globals = parsed.options as GlobalOptions
    if (helps) return await printHelp(command, io, globals)
    return await run(command, parsed, globals, io)
  } catch (error) {
    return report(failureOf(error), { command: name, ...asked, paint, io })
  }
}

const withVersion: OptionTable = {
  ...globalOptions,
  version: { type: "flag", short: "V", help: "Print the version" },
}

/** Who asks for help may have typed anything besides. */
const anything: OperandTable = { words: { help: "", many: true } }

async function withoutCommand(words: readonly string[], io: Io): Promise<number> {
  const { options } = parseArguments(words, withVersion, {})
  if (options.version) {
    io.stdout.write(`${version()}\n`)
    return 0
  }
  const { overview } = await import("./help.ts")
  const output = options.help ? io.stdout : io.stderr
  output.write(`${overview(colors(wantsColor(io.env, output.isTTY === true) && !options.noColor))}\n`)
  return options.help ? 0 : 2
}

async function printHelp(command: Command, io: Io, globals: GlobalOptions): Promise<number> {
  const entry = commands[command.name]
  if (entry === undefined) throw new Error(`the command ${command.name} is not in its table`)
  const { commandHelp } = await import("./help.ts")
  io.stdout.write(`${commandHelp(command, entry, stdoutColors(io, globals))}\n`)
  return 0
}

function findCommand(word: string) {
  const name = commandName(word)
  const entry = name === undefined ? undefined : commands[name]
  if (name !== undefined && entry !== undefined) return { name, entry }
  const words = Object.entries(commands).flatMap(([known, { aliases = [] }]) => [known, ...aliases])
  throw new ToolError("unknown-command", `there is no command "${word}"`, {
    subject: word,
    hint: didYouMean(word, words) ?? "list all commands with: lockstep --help",
  })
}

async function run(
  command: Command,
  { options, operands, given }: ReturnType<typeof parseArguments>,
  globals: GlobalOptions,
  io: Io,
): Promise<number> {
  const { Context } = await import("./context.ts")
  const { progress } = await import("../report/progress.ts")
  const paint = colors(wantsColor(io.env, io.stderr.isTTY === true) && !globals.noColor)
  const live = io.stderr.isTTY === true && !globals.verbose && !isQuietTerminal(io.env)
  const show = progress({
    form: globals.events
      ? "events"
      : globals.quiet || (globals.json && !globals.verbose)
        ? "none"
        : live
          ? "live"
          : "lines",
    write: (text) => io.stderr.write(maskText(text)),
    paint,
    verbose: globals.verbose,
    columns: io.stderr.columns ?? 80,
  })
  const context = new Context({
    io,
    globals,
    paint,
    onEvent: show.onEvent,
    overrides: overridesOf({ ...command.options, ...globalOptions }, options, given),
  })
  let result: Failure | Outcome
  try {
    result = await command.run(options, operands, context)
  } catch (error) {
    const stopped = io.signal.aborted && !(error instanceof ToolError)
    result = failureOf(stopped ? new ToolError("interrupted", "interrupted", { cause: error }) : error)
  } finally {
    show.end()
  }
  return report(result, { command: command.name, ...globals, paint, io })
}

/** A failed run in the form of an outcome. */
interface Failure extends Outcome {
  readonly data?: Readonly<Record<string, unknown>>
  /** For `--debug`, or always where it is a defect of ours. */
  readonly stack?: string
  readonly defect: boolean
}

function failureOf(error: unknown): Failure {
  if (error instanceof ToolError) {
    return {
      diagnostics: [error.diagnostic, ...(error.facts.also ?? [])],
      exit: error.exitCode as NonNullable<Outcome["exit"]>,
      ...(error.facts.data === undefined ? {} : { data: error.facts.data }),
      stack: stackOf(error),
      defect: false,
    }
  }
  const message = error instanceof Error ? error.message : String(error)
  return { diagnostics: [defect(message)], exit: 1, stack: stackOf(error), defect: true }
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

interface ReportOptions {
  readonly command: string
  readonly json: boolean
  readonly debug: boolean
  readonly quiet: boolean
  readonly noColor?: boolean
  readonly paint: Colors
  readonly io: Io
}

/** Prints an outcome; secrets are masked in all of it. */
function report(outcome: Outcome | Failure, options: ReportOptions): number {
  const { command, json, debug, quiet, paint, io } = options
  const { result, text, diagnostics = [], exit = 0 } = outcome
  for (const diagnostic of diagnostics) {
    if (quiet && diagnostic.severity !== "error") continue
    io.stderr.write(`${maskText(printDiagnostic(diagnostic, paint))}\n`)
  }
  if ("defect" in outcome && (outcome.defect || debug)) io.stderr.write(`${maskText(outcome.stack ?? "")}\n`)
  if (json) {
    const data = "data" in outcome && outcome.data !== undefined ? { data: outcome.data } : {}
    const answer = result === undefined ? {} : { result: outcome.verbatim ? result : maskData(result) }
    const facts = maskData({ diagnostics, ...data }) as Pick<JsonDocument, "diagnostics" | "data">
    io.stdout.write(printJson({ v: 1, command, ok: exit === 0, exit, ...answer, ...facts }))
  } else if (text !== undefined && !quiet) {
    const shown = typeof text === "string" ? text : text(stdoutColors(io, options))
    const printed = shown === "" || shown.endsWith("\n") ? shown : `${shown}\n`
    io.stdout.write(outcome.verbatim ? printed : maskText(printed))
  }
  return exit
}

/** Values of the options that stand for a setting, by the setting's key; only those that were really given. */
function overridesOf(
  table: OptionTable,
  values: Readonly<Record<string, unknown>>,
  given: ReadonlySet<string>,
): SettingValues {
  const overrides: Record<string, unknown> = {}
  for (const [key, { setting }] of Object.entries(table))
    if (setting !== undefined && given.has(key)) overrides[setting] = values[key]
  return overrides
}

function stdoutColors(io: Io, { noColor }: { readonly noColor?: boolean }): Colors {
  return colors(wantsColor(io.env, io.stdout.isTTY === true) && !noColor)
}

/** @see https://no-color.org and https://force-color.org */
function wantsColor(env: Environment, terminal: boolean): boolean {
  if (env.NO_COLOR) return false
  if (env.FORCE_COLOR) return env.FORCE_COLOR !== "0"
  return terminal && env.TERM !== "dumb"
}

/** A terminal on which a line cannot be rewritten, or that is recorded. */
function isQuietTerminal(env: Environment): boolean {
  return env.TERM === "dumb" || Boolean(env.CI)
}

/** The version of this package; its manifest lies above both `src/cli` and `dist`. */
export function version(): string {
  for (const path of ["../package.json", "../../package.json"]) {
    try {
      const manifest: unknown = JSON.parse(readFileSync(new URL(path, import.meta.url), "utf8"))
      if (typeof manifest === "object" && manifest !== null && "version" in manifest)
        return String(manifest.version)
    } catch {}
  }
  return "unknown"
}
