import { defineErrors } from "./define.ts"

/** Wrong words on the command line or in the configuration. */
export const usageErrors = defineErrors({
  "unknown-command": {
    exit: 2,
    when: "The first word after `lockstep` is not the name of a command.",
    why: "Guessing which command was meant could change a database.",
    fix: "Run `lockstep --help` for the list; the error names the nearest command where there is one.",
  },
  "unknown-option": {
    exit: 2,
    when: "A word that begins with `-` is not an option of this command.",
    why: "An option that is ignored, for example a misspelt `--dry-run`, would turn a question into a change.",
    fix: "Run `lockstep <command> --help` for the options. Options of a command come after its name. A word that begins with a dash and is no option goes behind `--`.",
  },
  "invalid-option": {
    exit: 2,
    when: "An option has no value where it needs one, a value where it takes none, or a value of the wrong kind; or two options exclude each other.",
    why: "There is no safe reading of it.",
    fix: "The message names the option and the values it takes; `lockstep <command> --help` shows them with their defaults. Durations are written `500ms`, `2s`, `5min`, `1h`, or as a number of milliseconds.",
  },
  "wrong-operands": {
    exit: 2,
    when: "A command was given too few or too many words.",
    why: "A word that is dropped silently is often a forgotten pair of quotes, or a second revision that somebody meant.",
    fix: 'Put quotes around text with spaces: `lockstep new "add phone to users"`. `lockstep <command> --help` shows what the command takes.',
  },
  "config-not-found": {
    exit: 2,
    when: "The file named by `--config` or `LOCKSTEP_CONFIG` does not exist, or the folder named by `--cwd` does not.",
    why: "Going on with defaults would work on another database, or on another folder, than the one that was meant.",
    fix: "Check the path; it is relative to the current directory. Without `--config`, the nearest `lockstep.config.ts`, `.mts`, `.js`, `.mjs` or `.json` upward from the current directory is used, and none is needed where `DATABASE_URL` is set. `lockstep init` writes one.",
  },
  "config-unreadable": {
    exit: 2,
    when: "The configuration file could not be evaluated: a syntax error, a failed import, an exception thrown in it, or no default export.",
    why: "Nothing is known about the database or the revisions before the file has been read.",
    fix: "The details show the original error. A TypeScript or JavaScript file ends with `export default { ... }`; a JSON file holds one object.",
  },
  "invalid-config": {
    exit: 2,
    when: "A setting in the configuration file, or a `LOCKSTEP_*` variable, is unknown or has a value of the wrong kind.",
    why: "A misspelt `protected` or `lockTimeout` that is ignored silently removes the protection that somebody relied on.",
    fix: "Every wrong setting is listed with its place, the nearest known name, or the values it takes. `docs/configuration.md` describes all settings.",
  },
  "unknown-environment": {
    exit: 2,
    when: "The environment named by `--env`, `LOCKSTEP_ENV` or the setting `environment` is not among the configured `environments`.",
    why: "Its address and its protection are not known.",
    fix: 'Use one of the names that the error lists, or add the environment to the configuration file: `environments: { prod: { url: { env: "PROD_DATABASE_URL" }, protected: true } }`.',
  },
  "unknown-database": {
    exit: 2,
    when: "The database named by `--database` or `LOCKSTEP_DATABASE` is not among the configured `databases`, or none are configured.",
    why: "Each database has revisions of its own; there is nothing to fall back on.",
    fix: "Use one of the names that the error lists, or add the database to `databases` in the configuration file.",
  },
  "database-not-chosen": {
    exit: 4,
    when: "The configuration holds several databases and the command does not say which one it is for.",
    why: "Picking one silently would change the wrong database half of the time.",
    fix: "Add `--database <name>` (`-D`), or set `LOCKSTEP_DATABASE`.",
  },
  "editor-failed": {
    exit: 2,
    when: "A revision should be opened and no editor is known, or the editor ended with an error.",
    why: "The file is there, but nobody has looked at it.",
    fix: "Set `VISUAL` or `EDITOR`, or the setting `editor`, to a command such as `vim` or `code --wait`; or open the file yourself.",
  },
  "unknown-code": {
    exit: 2,
    when: "`lockstep explain` was given a word that is not an error code.",
    why: "There is no page of that name.",
    fix: "Error codes stand in square brackets at the end of an error's first line. `lockstep explain` without a word lists them all.",
  },
})
