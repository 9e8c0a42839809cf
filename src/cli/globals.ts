import type { OptionTable, OptionValues } from "./option.ts"

/** The forms in which a command's words are printed. */
export const logFormats = ["auto", "text", "json", "github"] as const

/** Options that every command takes, before or after its name. */
export const globalOptions = {
  env: {
    type: "text",
    short: "e",
    value: "name",
    help: "The environment that is meant; variable `LOCKSTEP_ENV`",
  },
  url: {
    type: "text",
    value: "url",
    setting: "url",
    help: "The database's address; variables `LOCKSTEP_URL`, `DATABASE_URL`, `PG*`",
  },
  database: {
    type: "text",
    short: "D",
    value: "name",
    help: "The database, where the configuration holds several; variable `LOCKSTEP_DATABASE`",
  },
  config: {
    type: "text",
    short: "c",
    value: "file",
    help: "The configuration; by default the nearest `lockstep.config.{ts,mts,js,mjs,json}` upward",
  },
  cwd: { type: "text", short: "C", value: "folder", help: "Work as if started in this folder" },
  json: { type: "flag", help: "Print one JSON document on standard output" },
  events: { type: "flag", help: "Print progress as JSON lines on standard error" },
  logFormat: {
    type: "choice",
    choices: logFormats,
    help: "How progress and results are printed where `--json` does not say it: `auto` is text at a terminal and in CI, annotations in GitHub Actions, and for `deploy` and `entrypoint` elsewhere JSON lines with the fields of Cloud Logging; variable `LOCKSTEP_LOG_FORMAT`",
  },
  quiet: { type: "flag", short: "q", help: "Print errors only" },
  verbose: { type: "flag", short: "v", help: "Print more: every statement, notices of the server" },
  debug: { type: "flag", help: "Print stacks and causes of errors" },
  noColor: { type: "flag", help: "Print no colours; variables `NO_COLOR`, `FORCE_COLOR`" },
  yes: { type: "flag", short: "y", help: "Ask nothing: take what is proposed" },
  help: { type: "flag", short: "h", help: "Print help" },
} as const satisfies OptionTable

export type GlobalOptions = OptionValues<typeof globalOptions>
