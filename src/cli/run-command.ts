import { type Diagnostic, ToolError } from "../diagnostic.ts"
import { progress } from "../report/progress.ts"
import type { RunEvent } from "../runner/event.ts"
import type { Arguments } from "./arguments.ts"
import type { SettingValues } from "./check-config.ts"
import type { Command, Outcome } from "./command.ts"
import { Context } from "./context.ts"
import { noteMissingAddress } from "./database-url.ts"
import { type GlobalOptions, globalOptions } from "./globals.ts"
import type { Io } from "./io.ts"
import type { OptionTable } from "./option.ts"
import { failureOf, report } from "./report.ts"
import { maskData } from "./secrets.ts"
import { colorsFor, progressForm } from "./terminal.ts"

/** Runs one command, shows its progress, prints its outcome, and returns the exit code. */
export async function runCommand(
  command: Command,
  { options, operands, given }: Arguments,
  io: Io,
): Promise<number> {
  const globals = options as GlobalOptions
  const colors = colorsFor(io, globals.noColor)
  const shown = new Set<Diagnostic>()
  const form = progressForm(io, globals)
  const show = progress({
    form,
    write: (text) => io.stderr.write(text),
    paint: colors.stderr,
    verbose: globals.verbose,
    columns: io.stderr.columns ?? 80,
  })
  const onEvent = (event: RunEvent) => {
    if (form === "none" || (form === "lines" && !globals.verbose && isDetail(event))) return
    if (event.type === "diagnostic") shown.add(event.diagnostic)
    show.onEvent(maskData(event) as RunEvent)
  }
  const overrides = overridesOf({ ...command.options, ...globalOptions }, options, given)
  const context = new Context({ io, globals, paint: colors.stderr, onEvent, overrides })
  let outcome: Outcome
  try {
    outcome = await command.run(options, operands, context)
  } catch (error) {
    outcome = failureOf(await meant(error, context))
  } finally {
    show.end()
  }
  return report(outcome, { command: command.name, ...globals, colors, shown }, io)
}

/** What an error means that a command has thrown, for the person who typed it. */
async function meant(error: unknown, context: Context): Promise<unknown> {
  if (!(error instanceof ToolError)) {
    return context.io.signal.aborted ? new ToolError("interrupted", "interrupted", { cause: error }) : error
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
