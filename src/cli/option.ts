/** One option of a command. Its key in the table, in camel case, is its name: `acceptDataLoss` is `--accept-data-loss`. */
export type Option = FlagOption | TextOption | ChoiceOption | ListOption | DurationOption | NumberOption

export type OptionTable = Readonly<Record<string, Option>>

interface OptionBase {
  readonly help: string
  /** One letter. */
  readonly short?: string
  /** The word for its value in help: `--parent <revision>`. */
  readonly value?: string
  /** The key of the setting that the option overrides; its default is then the setting's. */
  readonly setting?: string
}

export interface FlagOption extends OptionBase {
  readonly type: "flag"
}

export interface TextOption extends OptionBase {
  readonly type: "text"
  readonly default?: string
}

export interface ChoiceOption extends OptionBase {
  readonly type: "choice"
  readonly choices: readonly string[]
  readonly default?: string
}

/** May be given several times. */
export interface ListOption extends OptionBase {
  readonly type: "list"
}

/** Milliseconds for the command, `2s` for the user. */
export interface DurationOption extends OptionBase {
  readonly type: "duration"
  readonly default?: number
}

/** A whole number. */
export interface NumberOption extends OptionBase {
  readonly type: "number"
  readonly minimum?: number
  readonly default?: number
}

/** What `run` receives for an option. */
export type OptionValue<O extends Option> = O extends FlagOption
  ? boolean
  : O extends ListOption
    ? readonly string[]
    : O extends ChoiceOption
      ? Given<O["choices"][number], O>
      : O extends DurationOption | NumberOption
        ? Given<number, O>
        : Given<string, O>

type Given<Value, O> = O extends { readonly default: unknown } ? Value : Value | undefined

export type OptionValues<Table extends OptionTable> = {
  readonly [Name in keyof Table]: OptionValue<Table[Name]>
}

/** One word (or several) that a command takes by its place. The order of the table is the order of the words. */
export interface Operand {
  readonly help: string
  /** Absent: the word may be left out. */
  readonly required?: boolean
  /** Takes all words that are left. Only on the last. */
  readonly many?: boolean
  /** Joins the words that are left with spaces, so that quotes may be forgotten. Only on the last. */
  readonly sentence?: boolean
  readonly default?: string
}

export type OperandTable = Readonly<Record<string, Operand>>

/** What `run` receives for an operand. */
export type OperandValue<O extends Operand> = O extends { readonly many: true }
  ? readonly string[]
  : O extends { readonly required: true } | { readonly default: string }
    ? string
    : string | undefined

export type OperandValues<Table extends OperandTable> = {
  readonly [Name in keyof Table]: OperandValue<Table[Name]>
}

/** Returns `--accept-data-loss` for `acceptDataLoss`. */
export function optionName(key: string): string {
  return `--${kebab(key)}`
}

/** Returns `accept-data-loss` for `acceptDataLoss`. */
export function kebab(key: string): string {
  return key.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)
}
