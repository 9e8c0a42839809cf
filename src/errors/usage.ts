import { defineErrors } from "./define.ts"

/** Wrong words on the command line or in the configuration. */
export const usageErrors = defineErrors({
  "unknown-command": {
    exit: 2,
    when: "The first word after `lockstep` is not the name of a command.",
    why: "Guessing which command was meant could change a database.",
    fix: "Run `lockstep --help` for the list; the error names the nearest command where there is one.",
  },
})
