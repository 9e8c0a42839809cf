import { defineErrors } from "./define.ts"

/** What `lockstep check` finds without a database. */
export const checkErrors = defineErrors({
  "revisions-not-replayable": {
    exit: 3,
    when: "The revisions do not run, one after the other, on an empty database.",
    why: "A new environment could not be made from them, and nothing that builds on what they produce can be checked.",
    fix: "The finding shows the statement and the server's words. Correct the revision if it was never applied anywhere; otherwise write what it needs into a revision before it. What a revision takes for granted (a role, an extension of the image) must exist on the scratch server: name a server of your own with `--scratch`.",
  },
  "snapshot-stale": {
    exit: 3,
    when: "`schema.sql` is not, word for word, what the revisions lead to.",
    why: "Reviewers read its difference, and an empty database may be started from it.",
    fix: "Run `lockstep snapshot` and commit the file together with the revision.",
  },
  "schema-differs": {
    exit: 3,
    when: "The schema that is wanted (SQL files, models) is not what the revisions lead to.",
    why: "The code is written against the one, the databases get the other.",
    fix: 'Write what is missing: `lockstep generate "..."`. Or correct the schema\'s files where the revisions are right.',
  },
  "rollback-incomplete": {
    exit: 3,
    when: "A revision ran on scratch, then its rollback, and the catalog was not what it was before; or running the revision again gave another catalog, or failed.",
    why: "Somebody who goes back in an emergency would be left with a schema that no revision describes.",
    fix: "Complete the rollback with what the finding lists, or say why there is none: `-- rollback: none because <reason>`. A rollback may be corrected after the revision was applied; it does not count for the checksum.",
  },
})
