import { defineErrors } from "./define.ts"

/** Roles: auditing them, setting them up, working as the owner. */
export const rolesErrors = defineErrors({
  "no-such-role": {
    exit: 2,
    when: "A role that was named does not exist on the server.",
    why: "An audit of a role that is not there would find no path, and mean nothing.",
    fix: 'Check the spelling; names of roles are case-sensitive and are written without quotes: `--role "My App"` in a shell.',
  },
})
