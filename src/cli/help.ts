import type { Colors } from "../report/colors.ts"
import { printTable } from "../report/table.ts"
import { optionUsage } from "./arguments.ts"
import type { Command } from "./command.ts"
import { type CommandEntry, commands } from "./commands/all.ts"
import { printDuration } from "./duration.ts"
import { globalOptions } from "./globals.ts"
import { kebab, type OperandTable, type Option, type OptionTable } from "./option.ts"
import { type SettingKey, settingOf, settings } from "./settings.ts"

/** `lockstep --help`: every command, in groups. */
export function overview(paint: Colors): string {
  const groups = new Map<string, string[][]>()
  const width = Math.max(...Object.keys(commands).map((name) => name.length))
  for (const [name, { group, summary, aliases = [] }] of Object.entries(commands)) {
    const also = aliases.length === 0 ? "" : paint.dim(` (also ${aliases.join(", ")})`)
    const rows = groups.get(group) ?? []
    rows.push([`  ${paint.cyan(name.padEnd(width))}`, summary + also])
    groups.set(group, rows)
  }
  const sections = [...groups].map(([group, rows]) => `${paint.bold(group)}\n${printTable(rows)}`)
  return [
    `${paint.bold("Usage:")} lockstep <command> [options]`,
    ...sections,
    `${paint.bold("Options of every command")}\n${optionRows(globalOptions, paint)}`,
    "lockstep <command> --help shows what a command takes, with examples.",
  ].join("\n\n")
}

/** `lockstep <command> --help`. */
export function commandHelp(command: Command, entry: CommandEntry, paint: Colors): string {
  const sections = [
    `${entry.summary}.\n\n${paint.bold("Usage:")} ${usage(command)}`,
    wrap(plain(command.description), 100),
  ]
  if (entry.aliases !== undefined) sections.push(`${paint.bold("Also called:")} ${entry.aliases.join(", ")}`)
  if (Object.keys(command.operands).length > 0)
    sections.push(`${paint.bold("Takes")}\n${operandRows(command.operands, paint)}`)
  if (Object.keys(command.options).length > 0)
    sections.push(`${paint.bold("Options")}\n${optionRows(command.options, paint)}`)
  sections.push(`${paint.bold("Options of every command")}\n${optionRows(globalOptions, paint)}`)
  const examples = command.examples.map(({ line, says }) => [`  lockstep ${line}`, paint.dim(`# ${says}`)])
  if (examples.length > 0) sections.push(`${paint.bold("Examples")}\n${printTable(examples)}`)
  return sections.join("\n\n")
}

/** `lockstep new <title> [options]`. */
export function usage({ name, operands }: Command): string {
  const words = Object.entries(operands).map(([key, { required, many, sentence }]) => {
    const word = `<${kebab(key)}>${many || sentence ? "..." : ""}`
    return required ? word : `[${word}]`
  })
  return ["lockstep", name, ...words, "[options]"].join(" ")
}

/** The default of an option as a user would write it; undefined where there is none. */
export function defaultOf(option: Option): string | undefined {
  if (option.setting !== undefined && Object.hasOwn(settings, option.setting))
    return settingOf(option.setting as SettingKey).default
  if (option.type === "flag" || option.type === "list" || option.default === undefined) return undefined
  return option.type === "duration" ? printDuration(option.default) : String(option.default)
}

function operandRows(operands: OperandTable, paint: Colors): string {
  return printTable(
    Object.entries(operands).map(([key, { help, default: value }]) => [
      `  ${paint.cyan(`<${kebab(key)}>`)}`,
      plain(help) + defaultNote(value, paint),
    ]),
  )
}

function optionRows(options: OptionTable, paint: Colors): string {
  const anyShort = Object.values(options).some((option) => option.short !== undefined)
  return printTable(
    Object.entries(options).map(([key, option]) => [
      `  ${anyShort && option.short === undefined ? "    " : ""}${paint.cyan(optionUsage(key, option))}`,
      plain(option.help) + defaultNote(defaultOf(option), paint),
    ]),
  )
}

function defaultNote(value: string | undefined, paint: Colors): string {
  return value === undefined ? "" : ` ${paint.dim(`(default: ${plain(value)})`)}`
}

/** Help is written in Markdown; a terminal needs no back quotes. */
function plain(markdown: string): string {
  return markdown.replaceAll("`", "")
}

function wrap(text: string, width: number): string {
  return text
    .split("\n")
    .map((line) => line.replace(new RegExp(`(?![^\\n]{1,${width}}$)([^\\n]{1,${width}})\\s`, "g"), "$1\n"))
    .join("\n")
}
