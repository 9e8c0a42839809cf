import { ToolError } from "../../diagnostic.ts"
import { defineCommand } from "../command.ts"
import {
  type CompletionCommand,
  type CompletionOption,
  completionScript,
  type Shell,
} from "../completion-scripts.ts"
import { globalOptions } from "../globals.ts"
import { type Option, optionName } from "../option.ts"

const shells: readonly Shell[] = ["bash", "zsh", "fish"]

export const completion = defineCommand({
  name: "completion",
  description:
    "Prints a script that completes commands, options and their values. Load it at the start of the shell.",
  operands: { shell: { required: true, help: "bash, zsh or fish" } },
  examples: [
    { line: "completion bash", says: "in ~/.bashrc: source <(lockstep completion bash)" },
    { line: "completion zsh", says: "in ~/.zshrc, after compinit: source <(lockstep completion zsh)" },
    { line: "completion fish", says: "in config.fish: lockstep completion fish | source" },
  ],
  async run(_, { shell: word }) {
    const shell = shells.find((known) => known === word)
    if (shell === undefined)
      throw new ToolError("wrong-operands", `there is no completion for "${word}"`, {
        subject: word,
        hint: `take one of ${shells.join(", ")}`,
      })
    const script = completionScript(shell, await describeCommands())
    return { result: { shell, script }, text: script }
  },
})

async function describeCommands(): Promise<readonly CompletionCommand[]> {
  // The table imports this file; by the time that it runs, both are there.
  const { commands } = await import("./all.ts")
  return Promise.all(
    Object.entries(commands).map(async ([name, { aliases = [], summary, load }]) => {
      const { options } = await load()
      return {
        name,
        aliases,
        summary,
        options: Object.entries({ ...options, ...globalOptions }).map(describeOption),
      }
    }),
  )
}

function describeOption([key, option]: [string, Option]): CompletionOption {
  return {
    name: optionName(key),
    help: option.help.replaceAll("`", ""),
    ...(option.short === undefined ? {} : { short: `-${option.short}` }),
    ...valueWords(option),
  }
}

function valueWords(option: Option): Pick<CompletionOption, "value"> {
  if (option.type === "flag") return {}
  if (option.type === "choice") return { value: option.choices }
  return { value: option.value === "file" || option.value === "folder" ? option.value : "any" }
}
