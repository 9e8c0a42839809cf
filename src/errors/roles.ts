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
  "owner-out-of-reach": {
    exit: 2,
    when: "The setting `roles` names an owner, and the role that connects cannot SET ROLE to it.",
    why: "What the revisions make would belong to somebody else, and the applications could not use it.",
    fix: "Connect as the migrator of the setting. `lockstep roles apply` makes owner and migrator and the membership between them.",
  },
  "not-as-declared": {
    exit: 1,
    when: "A revision has made something that the owner does not own, or a table or sequence that the groups of the setting `roles` cannot use. It was rolled back.",
    why: "The application would meet it as `permission denied`, or somebody other than the owner could alter it.",
    fix: "Leave SET ROLE, ALTER ... OWNER TO and REVOKE out of the revision. Where default privileges are missing, `lockstep roles apply` sets them. A table that the applications shall not have is named in `roles.exempt`, as `schema.name`.",
  },
})
