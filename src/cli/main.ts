import { ToolError } from "../diagnostic.ts"
import { didYouMean } from "../did-you-mean.ts"
import { version } from "../version.ts"
import { parseArguments, splitCommand } from "./arguments.ts"
import type { Command } from "./command.ts"
import { commandName, commands } from "./commands/all.ts"
import { type GlobalOptions, globalOptions } from "./globals.ts"
import type { Io } from "./io.ts"
import type { OperandTable, OptionTable } from "./option.ts"
import { failureOf, report } from "./report.ts"
import { colorsFor } from "./terminal.ts"

/**
 * Runs one command line, prints what it has to say, and returns the exit code.
 * Never throws and never ends the process. Loads only what the one command needs.
 */
export async function main(words: readonly string[], io: Io): Promise<number> {
  let name = ""
  try {
    const split = splitCommand(words, withVersion)
    if (split.name === undefined) return await withoutCommand(split.rest, io)
    name = split.name
    if (name === "help") return await main([...split.rest, "--help"], io)
    const command = await loadCommand(name)
    name = command.name
    const table: OptionTable = { ...command.options, ...globalOptions }
    if (asksForHelp(split.rest))
      return await printHelp(command, parseArguments(split.rest, table, anything).options, io)
    const { runCommand } = await import("./run-command.ts")
    return await runCommand(command, parseArguments(split.rest, table, command.operands), io)
  } catch (error) {
    // Words that cannot be parsed are still answered in the form that was asked for.
    const has = (word: string) => words.includes(word)
    const asked = { json: has("--json"), events: has("--events"), debug: has("--debug"), quiet: false }
    return report(failureOf(error), { command: name, ...asked, colors: colorsFor(io, has("--no-color")) }, io)
  }
}

const withVersion: OptionTable = {
  ...globalOptions,
  version: { type: "flag", short: "V", help: "Print the version" },
}

/** Who asks for help may have typed anything besides. */
const anything: OperandTable = { words: { help: "", many: true } }

function asksForHelp(words: readonly string[]): boolean {
  return words.some((word) => word === "--help" || word === "-h")
}

async function loadCommand(word: string): Promise<Command> {
  const name = commandName(word)
  const entry = name === undefined ? undefined : commands[name]
  if (entry !== undefined) return entry.load()
  const words = Object.entries(commands).flatMap(([known, { aliases = [] }]) => [known, ...aliases])
  throw new ToolError("unknown-command", `there is no command "${word}"`, {
    subject: word,
    hint: didYouMean(word, words) ?? "list all commands with: lockstep --help",
  })
}

async function withoutCommand(words: readonly string[], io: Io): Promise<number> {
  const { options } = parseArguments(words, withVersion, {})
  if (options.version) {
    io.stdout.write(`${version}\n`)
    return 0
  }
  const { overview } = await import("./help.ts")
  const { stdout, stderr } = colorsFor(io, (options as GlobalOptions).noColor)
  if (options.help) io.stdout.write(`${overview(stdout)}\n`)
  else io.stderr.write(`${overview(stderr)}\n`)
  return options.help ? 0 : 2
}

async function printHelp(
  command: Command,
  options: Readonly<Record<string, unknown>>,
  io: Io,
): Promise<number> {
  const entry = commands[command.name]
  if (entry === undefined) throw new Error(`the command ${command.name} is not in its table`)
  const { commandHelp } = await import("./help.ts")
  const { stdout } = colorsFor(io, (options as GlobalOptions).noColor)
  io.stdout.write(`${commandHelp(command, entry, stdout)}\n`)
  return 0
}
