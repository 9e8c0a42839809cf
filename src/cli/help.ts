import { exitCodes } from "../errors/exit-codes.ts"
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
    `${paint.bold("Exit codes")}\n${printRows(exitRows, paint)}`,
    "lockstep <command> --help shows what a command takes, with examples; lockstep --version the version.",
  ].join("\n\n")
}

const exitRows = Object.entries(exitCodes).map(([code, meaning]): Row => [`  ${code.padStart(3)}`, meaning])

/** `lockstep <command> --help`. */
export function commandHelp(command: Command, entry: CommandEntry, paint: Colors): string {
  const sections = [
    `${entry.summary}.\n\n${paint.bold("Usage:")} ${usage(command)}`,
    wrap(plain(command.description), lineWidth),
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
  if (option.type === "flag") return undefined
  if (option.setting !== undefined && Object.hasOwn(settings, option.setting))
    return settingOf(option.setting as SettingKey).default
  if (option.type === "list" || option.default === undefined) return undefined
  return option.type === "duration" ? printDuration(option.default) : String(option.default)
}

function operandRows(operands: OperandTable, paint: Colors): string {
  const rows = Object.entries(operands).map(([key, { help, default: value }]): Row => {
    return [`  <${kebab(key)}>`, plain(help) + defaultNote(value)]
  })
  return printRows(rows, paint)
}

function optionRows(options: OptionTable, paint: Colors): string {
  const anyShort = Object.values(options).some((option) => option.short !== undefined)
  const rows = Object.entries(options).map(([key, option]): Row => {
    const indent = anyShort && option.short === undefined ? "      " : "  "
    return [indent + optionUsage(key, option), plain(option.help) + defaultNote(defaultOf(option))]
  })
  return printRows(rows, paint)
}

type Row = readonly [term: string, says: string]

const lineWidth = 100

/** A term that is longer has a line of its own. */
const longestTerm = 40

/** Terms on the left, what they mean on the right, in lines that fit. */
function printRows(rows: readonly Row[], paint: Colors): string {
  const width = Math.max(...rows.map(([term]) => term.length).filter((length) => length <= longestTerm), 0)
  const indent = `\n${" ".repeat(width + 2)}`
  return rows
    .map(([term, says]) => {
      const text = wrap(says, lineWidth - width - 2).replaceAll("\n", indent)
      return term.length > width
        ? `${paint.cyan(wrapChoices(term))}${indent}${text}`
        : `${paint.cyan(term.padEnd(width))}  ${text}`
    })
    .join("\n")
}

/** Breaks `--platform <a|b|...>` where its choices do not fit into a line. */
function wrapChoices(term: string): string {
  const indent = `\n${" ".repeat(term.indexOf("<") + 1)}`
  const lines: string[] = [""]
  for (const choice of term.split(/(?<=\|)/)) {
    const line = lines.at(-1) ?? ""
    const room = lines.length === 1 ? lineWidth : lineWidth - indent.length + 1
    if (line.length + choice.length <= room) lines[lines.length - 1] = line + choice
    else lines.push(choice)
  }
  return lines.join(indent)
}

function defaultNote(value: string | undefined): string {
  return value === undefined ? "" : ` (default: ${plain(value)})`
}

/** Help is written in Markdown; a terminal needs no back quotes. */
function plain(markdown: string): string {
  return markdown.replaceAll("`", "")
}

function wrap(text: string, width: number): string {
  const lines: string[] = [""]
  for (const word of text.split(/\s+/)) {
    const line = lines.at(-1) ?? ""
    if (line === "") lines[lines.length - 1] = word
    else if (line.length + 1 + word.length <= width) lines[lines.length - 1] = `${line} ${word}`
    else lines.push(word)
  }
  return lines.join("\n")
}
