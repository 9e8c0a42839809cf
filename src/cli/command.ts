import type { Diagnostic } from "../diagnostic.ts"
import type { exitCodes } from "../errors/exit-codes.ts"
import type { Finding } from "../lint/finding.ts"
import type { Colors } from "../report/colors.ts"
import type { Beside } from "../report/json.ts"
import type { Context } from "./context.ts"
import type { OperandTable, OperandValues, OptionTable, OptionValues } from "./option.ts"
import type { Results } from "./results.ts"

export type ExitCode = keyof typeof exitCodes

/** What a command has to say. Printing it is not the command's business. */
export interface Outcome<Result = unknown> {
  /** Plain data: `result` of the JSON document. */
  readonly result?: Result
  /** Parts of it that stand in the JSON document itself as well. */
  readonly beside?: Beside
  /** Stands beside `result` as well. */
  readonly findings?: readonly Finding[]
  /** For a person, on standard output. */
  readonly text?: string | ((paint: Colors) => string)
  /** The text is the user's own SQL or another program's input: nothing in it is masked. */
  readonly verbatim?: boolean
  /** The same for a pull request, or the summary of a CI job. */
  readonly markdown?: () => string
  /** Warnings and notes, on standard error. */
  readonly diagnostics?: readonly Diagnostic[]
  /** Default: 0. */
  readonly exit?: ExitCode
  /** The exit code of another program that ran in the place of this one; wins over `exit`. */
  readonly exitOfProgram?: number
}

export interface Example {
  /** Without the leading `lockstep`. */
  readonly line: string
  readonly says: string
}

/** One command as its file writes it. `run` receives values typed by the tables. */
export interface CommandDefinition<
  Name extends keyof Results,
  Options extends OptionTable,
  Operands extends OperandTable,
> {
  readonly name: Name
  /** Shown below the summary in help and in docs/commands.md. Markdown. */
  readonly description: string
  readonly operands?: Operands
  readonly options?: Options
  readonly examples: readonly Example[]
  /**
   * What it prints is read as a log, after it ran: where nobody watches, JSON lines on this stream. Default: it is read
   * by whoever typed it.
   */
  readonly logs?: "stdout" | "stderr"
  readonly run: (
    options: OptionValues<Options>,
    operands: OperandValues<Operands>,
    context: Context,
  ) => Promise<Outcome<Results[Name]>> | Outcome<Results[Name]>
}

/** One command as the rest of the command line sees it. Help, completion and docs/commands.md come from it. */
export interface Command {
  readonly name: string
  readonly description: string
  readonly operands: OperandTable
  readonly options: OptionTable
  readonly examples: readonly Example[]
  readonly logs: "stdout" | "stderr" | undefined
  readonly run: (
    options: Readonly<Record<string, unknown>>,
    operands: Readonly<Record<string, unknown>>,
    context: Context,
  ) => Promise<Outcome> | Outcome
}

/** Makes a command out of its definition. */
export function defineCommand<
  Name extends keyof Results,
  const Options extends OptionTable,
  const Operands extends OperandTable,
>(definition: CommandDefinition<Name, Options, Operands>): Command {
  const { name, description, operands, options, examples, logs, run } = definition
  return {
    name,
    description,
    operands: operands ?? {},
    options: options ?? {},
    examples,
    logs,
    // `parseArguments` builds both from these very tables.
    run: (values, words, context) =>
      run(values as OptionValues<Options>, words as OperandValues<Operands>, context),
  }
}
