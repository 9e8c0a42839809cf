import type { Command } from "../command.ts"

/** Groups of `lockstep --help`, in order. */
export type CommandGroup = "Start" | "Write revisions" | "Look" | "Change a database" | "Application" | "Help"

/** What is known of a command without loading it, so that starting one loads no other. */
export interface CommandEntry {
  readonly group: CommandGroup
  readonly summary: string
  readonly aliases?: readonly string[]
  readonly load: () => Promise<Command>
}

/** Every command. */
export const commands: Readonly<Record<string, CommandEntry>> = {
  explain: {
    group: "Help",
    summary: "Explain an error code",
    load: async () => (await import("./explain.ts")).explain,
  },
  completion: {
    group: "Help",
    summary: "Print a completion script for bash, zsh or fish",
    load: async () => (await import("./completion.ts")).completion,
  },
}

/** Returns the full name of a command for its name or alias; undefined where there is none. */
export function commandName(word: string): string | undefined {
  if (Object.hasOwn(commands, word)) return word
  return Object.keys(commands).find((name) => commands[name]?.aliases?.includes(word))
}
