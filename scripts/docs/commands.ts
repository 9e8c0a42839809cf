import { optionUsage } from "../../src/cli/arguments.ts"
import type { Command } from "../../src/cli/command.ts"
import { type CommandEntry, commands } from "../../src/cli/commands/all.ts"
import { globalOptions } from "../../src/cli/globals.ts"
import { defaultOf, usage } from "../../src/cli/help.ts"
import { kebab, type Option, type OptionTable } from "../../src/cli/option.ts"
import { table } from "./markdown.ts"

/** The reference of all commands, from the commands themselves. */
export async function commandDocs(): Promise<ReadonlyMap<string, string>> {
  // One after the other: modules that are loaded at once may see each other half made.
  const loaded = []
  for (const [name, entry] of Object.entries(commands)) {
    loaded.push({ name, entry, command: await entry.load() })
  }
  const groups = new Map<string, string[]>()
  for (const { name, entry } of loaded)
    groups.set(entry.group, [...(groups.get(entry.group) ?? []), `- [${name}](#${name}): ${entry.summary}`])
  const contents = [...groups].map(([group, lines]) => `${group}\n\n${lines.join("\n")}`)
  const text = `# Commands

\`lockstep <command> --help\` prints the same. Every command prints one JSON document with \`--json\`; its shape is in
[schemas](schemas/). Exit codes are listed with the [errors](errors/README.md).

${contents.join("\n\n")}

## Options of every command

${optionTable(globalOptions)}

${loaded.map(({ entry, command }) => section(command, entry)).join("\n\n")}
`
  return new Map([["docs/commands.md", text]])
}

function section(command: Command, { summary, aliases = [] }: CommandEntry): string {
  const parts = [
    `## ${command.name}`,
    `${summary}.`,
    `\`\`\`sh\n${usage(command)}\n\`\`\``,
    command.description,
  ]
  if (aliases.length > 0) parts.push(`Also called ${aliases.map((alias) => `\`${alias}\``).join(", ")}.`)
  const operands = Object.entries(command.operands).map(([key, { help }]) => [`\`<${kebab(key)}>\``, help])
  if (operands.length > 0) parts.push(table(["takes", ""], operands))
  if (Object.keys(command.options).length > 0) parts.push(optionTable(command.options))
  const examples = command.examples.map(({ line, says }) => `# ${says}\nlockstep ${line}`)
  if (examples.length > 0) parts.push(`\`\`\`sh\n${examples.join("\n\n")}\n\`\`\``)
  return parts.join("\n\n")
}

function optionTable(options: OptionTable): string {
  return table(
    ["option", "", "default"],
    Object.entries(options).map(([key, option]) => [
      `\`${optionUsage(key, option)}\``,
      option.help,
      shownDefault(option),
    ]),
  )
}

function shownDefault(option: Option): string {
  return defaultOf(option) ?? ""
}
