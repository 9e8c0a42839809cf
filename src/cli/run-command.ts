import { type Diagnostic, ToolError } from "../diagnostic.ts"
import { progress } from "../report/progress.ts"
import type { RunEvent } from "../runner/event.ts"
import type { Arguments } from "./arguments.ts"
import type { SettingValues } from "./check-config.ts"
import type { Command, Outcome } from "./command.ts"
import type { Configuration } from "./config.ts"
import { Context } from "./context.ts"
import { noteMissingAddress } from "./database-url.ts"
import { type GlobalOptions, globalOptions } from "./globals.ts"
import type { Io } from "./io.ts"
import type { Listener } from "./listeners/listener.ts"
import { openTelemetry, type TellOptions, tellAll, wantsTelemetry } from "./listeners/tell.ts"
import type { Log } from "./log.ts"
import type { OptionTable } from "./option.ts"
import { exitOf, type Failure, failureOf, report } from "./report.ts"
import { maskData } from "./secrets.ts"
import { counted, nothingYet } from "./tally.ts"
import { colorsFor, logFormOf, progressForm } from "./terminal.ts"

/** Runs one command, shows its progress, prints its outcome, and returns the exit code. */
export async function runCommand(
  command: Command,
  { options, operands, given }: Arguments,
  io: Io,
): Promise<number> {
  const startedAt = new Date()
  const started = performance.now()
  const globals = options as GlobalOptions
  const colors = colorsFor(io, globals.noColor)
  const shown = new Set<Diagnostic>()
  const logForm = globals.json || globals.events ? "text" : logFormOf(io, globals.logFormat, command)
  const log = logForm === "json" ? await openLog(command, globals, io) : undefined
  const form = log === undefined ? progressForm(io, globals) : "none"
  const show = progress({
    form,
    write: (text) => io.stderr.write(text),
    paint: colors.stderr,
    verbose: globals.verbose,
    columns: io.stderr.columns ?? 80,
  })
  const telemetry: Listener | undefined = wantsTelemetry(io.env) ? await openTelemetry(io) : undefined
  let tally = nothingYet
  const onEvent = (event: RunEvent) => {
    tally = counted(tally, event)
    telemetry?.onEvent?.(event)
    if (log === undefined && form === "none") return
    if (form !== "live" && form !== "events" && !globals.verbose && isDetail(event)) return
    if (event.type === "diagnostic") shown.add(event.diagnostic)
    if (log === undefined) show.onEvent(maskData(event) as RunEvent)
    else log.event(event)
  }
  const overrides = overridesOf({ ...command.options, ...globalOptions }, options, given)
  let configuration: Configuration | undefined
  const onConfiguration = (loaded: Configuration) => {
    configuration = loaded
  }
  const context = new Context({ io, globals, paint: colors.stderr, onEvent, overrides, onConfiguration })
  let outcome: Outcome | Failure
  try {
    outcome = await command.run(options, operands, context)
  } catch (error) {
    outcome = failureOf(await meant(error, context))
  } finally {
    show.end()
  }
  const ended = {
    command: command.name,
    exit: exitOf(outcome),
    outcome,
    startedAt,
    durationMs: performance.now() - started,
    tally,
    configuration,
  }
  const warnings = await tellAll(
    ended,
    { command, options: options as TellOptions, overrides, telemetry },
    io,
  )
  return report(withWarnings(outcome, warnings), { ...ended, ...globals, logForm, log, colors, shown }, io)
}

async function openLog(command: Command, globals: GlobalOptions, io: Io): Promise<Log> {
  const { Log } = await import("./log.ts")
  return new Log(command, globals, io)
}

function withWarnings<Ended extends Outcome | Failure>(
  outcome: Ended,
  warnings: readonly Diagnostic[],
): Ended {
  if (warnings.length === 0) return outcome
  return { ...outcome, diagnostics: [...(outcome.diagnostics ?? []), ...warnings] }
}

/** What an error means that a command has thrown, for the person who typed it. */
async function meant(error: unknown, context: Context): Promise<unknown> {
  if (!(error instanceof ToolError)) {
    if (context.io.signal.aborted) return new ToolError("interrupted", "interrupted", { cause: error })
    const { ConnectionLost } = await import("../db/connection.ts")
    if (!(error instanceof ConnectionLost)) return error
    return (await import("../runner/reconnect.ts")).connectionLost(error, [])
  }
  return error.code === "cannot-connect" ? noteMissingAddress(error, await context.targetOptions()) : error
}

/** Four of five events of a run; nobody sees them but who watches a terminal or asked for more. */
function isDetail({ type }: RunEvent): boolean {
  return type === "revision-started" || type === "step-started" || type === "step-finished"
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
