import { parseArgs } from "node:util"
import { ToolError } from "../diagnostic.ts"
import { nearest } from "../did-you-mean.ts"
import { durationForms, parseDuration } from "./duration.ts"
import {
  kebab,
  type Operand,
  type OperandTable,
  type Option,
  type OptionTable,
  optionName,
} from "./option.ts"

/** What stood on the command line, checked against the tables of options and operands. */
export interface Arguments {
  /** Every option of the table: flags as booleans, lists as arrays, others undefined where absent and without default. */
  readonly options: Readonly<Record<string, unknown>>
  readonly operands: Readonly<Record<string, unknown>>
  /** Keys of the options that really stood there. */
  readonly given: ReadonlySet<string>
}

/**
 * Stands before a word such as `-1` or `-3:current`, so that the parser takes it for an operand.
 * A NUL cannot occur in an argument of a process.
 */
const operandMark = "\0"

type Token = ReturnType<typeof tokenize>[number]

/** Splits words into tokens by the rules of POSIX and GNU: `-abc`, `--name=value`, `--`. */
function tokenize(words: readonly string[], table: OptionTable) {
  const options: Record<string, { type: "boolean" | "string"; short?: string }> = {}
  for (const [key, option] of Object.entries(table))
    options[kebab(key)] = {
      type: option.type === "flag" ? "boolean" : "string",
      ...(option.short === undefined ? {} : { short: option.short }),
    }
  const marked = words.map((word) => (/^-\d/.test(word) ? operandMark + word : word))
  return parseArgs({ args: marked, options, strict: false, tokens: true, allowPositionals: true }).tokens
}

/**
 * Finds the command's name among the words: the first that is neither an option nor an option's value.
 *
 * @returns the name and the words without it; no name where only options stand there
 * @throws ToolError `unknown-option` where an option that is not global stands before it
 */
export function splitCommand(
  words: readonly string[],
  globals: OptionTable,
): { name: string | undefined; rest: readonly string[] } {
  for (const token of tokenize(words, globals)) {
    if (token.kind === "option") {
      if (keyOf(token.name, globals) === undefined)
        throw unknownOption(token.rawName, globals, "options of a command come after its name")
    } else if (token.kind === "positional") {
      return { name: words[token.index] ?? "", rest: words.filter((_, index) => index !== token.index) }
    }
  }
  return { name: undefined, rest: words }
}

/**
 * Reads the words after a command's name.
 *
 * @throws ToolError `unknown-option`, `invalid-option`, `wrong-operands`
 */
export function parseArguments(
  words: readonly string[],
  table: OptionTable,
  operandTable: OperandTable,
): Arguments {
  const options: Record<string, unknown> = {}
  const given = new Set<string>()
  const operandWords: string[] = []
  for (const [key, option] of Object.entries(table)) options[key] = absent(option)
  for (const token of tokenize(words, table)) {
    if (token.kind === "positional") operandWords.push(unmark(token.value))
    if (token.kind !== "option") continue
    const key = keyOf(token.name, table)
    const option = key === undefined ? undefined : table[key]
    if (key === undefined || option === undefined) throw unknownOption(token.rawName, table)
    given.add(key)
    const value = optionValue(option, token)
    options[key] = option.type === "list" ? [...(options[key] as string[]), value] : value
  }
  return { options, operands: assignOperands(operandWords, operandTable), given }
}

function absent(option: Option): unknown {
  if (option.type === "flag") return false
  if (option.type === "list") return []
  return option.default
}

function unmark(value: string): string {
  return value.startsWith(operandMark) ? value.slice(operandMark.length) : value
}

function keyOf(name: string, table: OptionTable): string | undefined {
  for (const [key, option] of Object.entries(table))
    if (kebab(key) === name || option.short === name) return key
  return undefined
}

function unknownOption(rawName: string, table: OptionTable, otherwise?: string): ToolError {
  const near = nearest(rawName.replace(/^-+/, ""), Object.keys(table).map(kebab))
  const hint = near === undefined || rawName.length <= 2 ? otherwise : `did you mean "--${near}"?`
  return new ToolError("unknown-option", `there is no option "${rawName}"`, { hint, subject: rawName })
}

function optionValue(option: Option, token: Token & { kind: "option" }): unknown {
  const invalid = (expected: string) =>
    new ToolError("invalid-option", `option "${token.rawName}" ${expected}`, { subject: token.rawName })
  if (option.type === "flag") {
    if (token.value !== undefined) throw invalid("takes no value")
    return true
  }
  const value = token.value === undefined ? undefined : unmark(token.value)
  if (value === undefined || (!token.inlineValue && /^-[a-z-]/i.test(value))) throw invalid("needs a value")
  switch (option.type) {
    case "text":
    case "list":
      return value
    case "choice":
      if (option.choices.includes(value)) return value
      throw invalid(`takes ${listOf(option.choices)}, not "${value}"`)
    case "duration": {
      const milliseconds = parseDuration(value)
      if (milliseconds === undefined) throw invalid(`takes ${durationForms}, not "${value}"`)
      return milliseconds
    }
    case "number": {
      const number = Number(value)
      const minimum = option.minimum ?? 0
      if (!/^-?\d+$/.test(value) || number < minimum)
        throw invalid(`takes a whole number from ${minimum}, not "${value}"`)
      return number
    }
  }
}

function listOf(words: readonly string[]): string {
  const quoted = words.map((word) => `"${word}"`)
  return quoted.length < 2 ? quoted.join("") : `${quoted.slice(0, -1).join(", ")} or ${quoted.at(-1)}`
}

function assignOperands(words: readonly string[], table: OperandTable): Record<string, unknown> {
  const values: Record<string, unknown> = {}
  const rest = [...words]
  for (const [name, operand] of Object.entries(table)) {
    const value = takeOperand(operand, rest)
    if (operand.required && (value === undefined || value.length === 0))
      throw new ToolError("wrong-operands", `<${kebab(name)}> is missing: ${lowerFirst(operand.help)}`, {
        subject: name,
      })
    values[name] = value
  }
  const [extra] = rest
  if (extra !== undefined)
    throw new ToolError("wrong-operands", `"${extra}" is one word too many`, {
      subject: extra,
      hint: "put quotes around text with spaces",
    })
  return values
}

function takeOperand(operand: Operand, rest: string[]): string | readonly string[] | undefined {
  if (operand.many) return rest.splice(0)
  if (operand.sentence && rest.length > 0) return rest.splice(0).join(" ")
  return rest.shift() ?? operand.default
}

function lowerFirst(text: string): string {
  return text.charAt(0).toLowerCase() + text.slice(1)
}

/** Shows an option as it is typed: `-e, --env <name>`. */
export function optionUsage(key: string, option: Option): string {
  const short = option.short === undefined ? "" : `-${option.short}, `
  const value =
    option.type === "flag"
      ? ""
      : option.type === "choice"
        ? ` <${option.choices.join("|")}>`
        : ` <${option.value ?? valueWord(option)}>`
  return `${short}${optionName(key)}${value}`
}

function valueWord(option: Exclude<Option, { type: "flag" | "choice" }>): string {
  return option.type === "list" ? "text" : option.type
}
