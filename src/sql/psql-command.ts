import { type Location, ToolError } from "../diagnostic.ts"

/** What to do instead of a command of psql, by its name. */
const instead = {
  connect: "remove it: a revision runs in the one database that the command was given",
  include: "paste the SQL of that file here, or make a revision of it",
  set: "remove it and use a variable of the configuration, written ${name}",
  copy: "write COPY ... FROM stdin; with the rows below it and a closing line \\.",
  execute: "end the statement with a semicolon; for generated statements use a DO block",
  condition: "write a DO block with IF, or a TypeScript revision",
  output: "remove it: it changes only what psql prints",
  rows: "remove the line: it ends the rows of a COPY ... FROM stdin, and no such statement is open here",
  other: "remove it or say the same in SQL: only psql knows it, the server does not",
} as const

const groups: Readonly<Record<string, keyof typeof instead>> = {
  c: "connect",
  connect: "connect",
  i: "include",
  ir: "include",
  include: "include",
  include_relative: "include",
  set: "set",
  unset: "set",
  gset: "set",
  getenv: "set",
  setenv: "set",
  copy: "copy",
  g: "execute",
  gx: "execute",
  gexec: "execute",
  gdesc: "execute",
  crosstabview: "execute",
  bind: "execute",
  parse: "execute",
  bind_named: "execute",
  if: "condition",
  elif: "condition",
  else: "condition",
  endif: "condition",
  echo: "output",
  qecho: "output",
  warn: "output",
  timing: "output",
  pset: "output",
  o: "output",
  out: "output",
  x: "output",
  a: "output",
  t: "output",
  q: "output",
  quit: "output",
  encoding: "output",
  ".": "rows",
}

/** The error for a line that psql would act on; `written` begins with the backslash. */
export function psqlCommandError(written: string, location: Location): ToolError {
  const command = /^\\(?:[a-zA-Z_]+|.)?/su.exec(written)?.[0] ?? "\\"
  const hint = instead[groups[command.slice(1)] ?? "other"]
  return new ToolError(
    "psql-meta-command",
    `line ${location.line} of ${location.file} has ${command}, which only psql understands`,
    { hint, location: { ...location, text: written.trimEnd() }, subject: command },
  )
}
