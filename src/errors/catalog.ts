import { defineErrors } from "./define.ts"

/** Reading, comparing and planning catalogs. */
export const catalogErrors = defineErrors({
  "unmodelled-object": {
    exit: 1,
    when: "The database holds an object of a kind that Lockstep cannot read, compare or write; the message names it.",
    why: "A comparison that passed over it in silence would report two databases as equal that are not, and a plan would leave it out.",
    fix: "Leave the object out with an exclude pattern if something else looks after it, or report its kind so that it can be added.",
  },
  "plan-cycle": {
    exit: 1,
    when: "The changes depend on each other in a circle that Lockstep does not know how to open; the message lists it.",
    why: "Whatever order was chosen, one of the statements would fail.",
    fix: "Make the change in two revisions: first take one of the listed objects away or change it by hand, then generate the rest. Please report the two schemas: circles are meant to be opened.",
  },
  "no-such-schema": {
    exit: 2,
    when: "A word that should name a schema to compare is neither a database, an environment, a file nor a folder.",
    why: "Taking it for an empty schema would plan to drop everything.",
    fix: "Give a database's URL, an environment of the configuration, a file or folder of SQL, `revisions`, `revisions@<id>`, or `empty`.",
  },
  "not-managed": {
    exit: 3,
    when: "The database has no Lockstep history, and the command compares it with its history.",
    why: "Without a history nobody can say which catalog the database should have.",
    fix: "Check the address. `lockstep diff <url> revisions` compares any database with what the revisions lead to.",
  },
  "rename-or-drop": {
    exit: 4,
    when: "A table or column goes while a new one of the same make comes, and nobody has said whether that is a rename.",
    why: "Dropping and adding loses the rows, renaming keeps them; the difference cannot be seen in the two schemas.",
    fix: "Answer with the flags that the message prints: `--rename public.users.name=full_name` keeps the data, `--drop public.users.name` drops it.",
  },
  "rows-in-the-way": {
    exit: 4,
    when: "The schema that is wanted forbids rows that the revisions themselves write: a column without a value becomes NOT NULL, a new check or unique constraint is violated.",
    why: "Every database has these rows, so the generated revision would fail on each of them. Which values are right only people know.",
    fix: 'Let the schema allow them for now (the column may be null, or has a default) and generate. Correct the rows in a revision of your own: `lockstep new "fill phone" --phase migrate`. Then tighten the schema and generate again.',
  },
  "invalid-rename": {
    exit: 2,
    when: "What `--rename` names is not there, or its new name is not in the schema that is wanted.",
    why: "A rename that does not fit would silently become a drop.",
    fix: "Write the old name in full and the new one bare: `--rename public.users=people`, `--rename public.users.name=full_name`.",
  },
  "plan-not-proven": {
    exit: 1,
    when: "A generated plan ran on a scratch copy and did not lead to the schema that is wanted, or its rollback not back.",
    why: "A plan that is not proven is not written.",
    fix: "This is a defect of Lockstep: please report it with the two schemas. Write the revision by hand meanwhile: `lockstep diff revisions <schema>` prints the statements that were planned.",
  },
  "catalog-differs": {
    exit: 3,
    when: "A stamp would say that a database is at certain revisions, and its catalog is not what they lead to on a scratch server.",
    why: "A stamp runs nothing. What the history claims and the database lacks would never be applied, and fails much later.",
    fix: "The finding lists what would have to change. Name the revision that the database is really at, or bring it there first (`lockstep diff <url> revisions@<id>` prints the SQL). Where the difference is known and wanted, `--unverified` stamps all the same and records that nobody verified it; `lockstep drift` keeps showing it.",
  },
  "ledger-failed": {
    exit: 3,
    when: "The history of another migration tool says that one of its migrations failed or is half done (`dirty`, `success = false`, not finished).",
    why: "Nobody knows what of that migration is in the database, so it can count neither as applied nor as pending.",
    fix: "Bring the database to one side by hand and say so in the other tool's way (`flyway repair`, `migrate force`, `prisma migrate resolve`), then run `lockstep adopt` again. Lockstep never writes to that table.",
  },
  "ledger-unknown": {
    exit: 3,
    when: "The history of another migration tool says that migrations are applied of which the folder of revisions holds no file, while it holds files of others.",
    why: "What those migrations did could not be made again in a new database.",
    fix: "Check that the setting `migrations` names the folder which that tool works with, and restore missing files. Where the old files are not to be kept, begin anew: an empty folder in the setting, and `lockstep adopt --baseline`.",
  },
  "nothing-to-adopt": {
    exit: 3,
    when: "`lockstep adopt` cannot begin: Lockstep manages the database already, or it holds no schema at all.",
    why: "A second adoption would contradict what the history says; an empty database gets its schema from the revisions.",
    fix: "`lockstep status` shows where the database stands; `lockstep upgrade` applies the revisions to an empty one.",
  },
})
