import { defineErrors } from "./define.ts"

/** Roles: auditing them, setting them up, working as the owner. */
export const rolesErrors = defineErrors({
  "no-such-role": {
    exit: 2,
    when: "A role that was named does not exist on the server.",
    why: "An audit of a role that is not there would find no path, and mean nothing.",
    fix: 'Check the spelling; names of roles are case-sensitive and are written without quotes: `--role "My App"` in a shell.',
  },
  "roles-not-applied": {
    exit: 1,
    when: "The server refused a statement of `roles apply`; the message holds both. Everything was rolled back.",
    why: "Roles that are set up half would look safe and not be it.",
    fix: "Connect with enough rights and run it again: as a superuser, or as an administrator with CREATEROLE and CREATEDB that owns the database and has made the roles. From PostgreSQL 16 on, a role that somebody else has made can only be changed with its ADMIN OPTION. `lockstep roles plan` prints all statements, for somebody else to run.",
  },
})
