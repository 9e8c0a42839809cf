import { defineErrors } from "./define.ts"

/** What `lockstep/app` and `lockstep wait` say when the schema is not the one that a build needs. */
export const applicationErrors = defineErrors({
  "schema-behind": {
    exit: 3,
    when: "The database lacks a revision that this build of the application needs.",
    why: "The code would meet tables or columns that are not there yet.",
    fix: "Run `lockstep upgrade` before this build serves; `lockstep wait` or `waitForSchema` waits for it.",
  },
  "schema-edited": {
    exit: 3,
    when: "A revision that this build needs is applied, and what ran had another text than this build has.",
    why: "The file was edited after it ran somewhere. The tables may not be those that the code was written against.",
    fix: 'Restore the text that ran (comments and white space do not count), and put the change into a new revision. Where both texts mean the same, `lockstep stamp --accept-checksum <revision> --because "..."` records that.',
  },
  "schema-incompatible": {
    exit: 3,
    when: "The database has run a revision that this build does not know and that the history does not mark as compatible with older code.",
    why: "What this build needs may have been removed.",
    fix: "Deploy a build that holds the revision. Revisions marked `phase: expand` or `phase: migrate` are compatible; a rollback to an older image is possible up to the last `contract`.",
  },
  "schema-not-readable": {
    exit: 3,
    when: "The application's role may not read the view `lockstep.applied`.",
    why: "Without it nobody can say which schema the database has.",
    fix: "Name the role in the setting `applicationRoles` and run `lockstep upgrade` as the migrator, or grant it by hand: `grant usage on schema lockstep to <role>; grant select on lockstep.applied to <role>`.",
  },
  "same-credentials": {
    exit: 2,
    when: "`lockstep entrypoint` was given `--apply` and has no address of its own for the migrator, or one with the application's user.",
    why: "An application that connects as the role that owns its tables can change them, by mistake or by injection.",
    fix: "Set `LOCKSTEP_MIGRATOR_URL` to an address with the migrator's user, and keep the application's in `DATABASE_URL`; `lockstep entrypoint` takes the former out of the environment before the application starts. Or leave `--apply` away and run `lockstep deploy` as a job of its own.",
  },
  "program-failed": {
    exit: 1,
    when: "`lockstep entrypoint` could not start the program behind `--`.",
    why: "It is not there, or may not be executed.",
    fix: 'Write the words as the program\'s own, without a shell: `lockstep entrypoint -- node server.js`. Where a shell is needed: `-- sh -c "..."`.',
  },
  "schema-not-managed": {
    exit: 3,
    when: "The database has no Lockstep history.",
    why: "Either no revision was ever applied, or this is not the database that was meant.",
    fix: "Check the address, then run `lockstep upgrade`.",
  },
})
