import { type Location, ToolError } from "../diagnostic.ts"
import type { Source } from "./source.ts"

/** Commands that change only how psql behaves or what it prints. */
const harmless = /^[ \t]*\\(?:set|unset|pset|timing|echo|qecho|warn|encoding|x|a|t|q|conninfo)\b.*$/gm

/** Blanks out, line by line, the commands of psql that change nothing about the statements of a script. */
export function withoutPsqlSettings(source: Source): Source {
  return { ...source, text: source.text.replace(harmless, "") }
}

/** What to do instead of the commands of psql. */
const instead = [
  {
    commands: "c connect",
    hint: "remove it: a revision runs in the one database that the command was given",
  },
  {
    commands: "i ir include include_relative",
    hint: "paste the SQL of that file here, or make a revision of it",
  },
  {
    commands: "set unset gset getenv setenv",
    hint: "remove it and use a variable of the configuration, written ${name}",
  },
  { commands: "copy", hint: "write COPY ... FROM stdin; with the rows below it and a closing line \\." },
  {
    commands: "g gx gexec gdesc bind parse crosstabview",
    hint: "end the statement with a semicolon; for generated statements use a DO block",
  },
  { commands: "if elif else endif", hint: "write a DO block with IF, or a TypeScript revision" },
  {
    commands: "echo qecho warn timing pset o out x a t q quit",
    hint: "remove it: it changes only what psql prints or when it ends",
  },
  {
    commands: ".",
    hint: "remove the line: it ends the rows of a COPY ... FROM stdin, and no such statement is open here",
  },
].map(({ commands, hint }) => ({ commands: commands.split(" "), hint }))

const otherwise = "remove it or say the same in SQL: only psql knows it, the server does not"

/** The error for a line that psql would act on; `written` begins with the backslash. */
export function psqlCommandError(written: string, location: Location): ToolError {
  const command = /^\\(?:[a-zA-Z_]+|.)?/su.exec(written)?.[0] ?? "\\"
  const hint = instead.find(({ commands }) => commands.includes(command.slice(1)))?.hint ?? otherwise
  return new ToolError(
    "psql-meta-command",
    `line ${location.line} of ${location.file} has ${command}, which only psql understands`,
    { hint, location, subject: command },
  )
}
