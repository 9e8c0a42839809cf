import { defineErrors } from "./define.ts"

/** What can be wrong with the folder of revisions, with their graph, or with the word that names one of them. */
export const revisionsErrors = defineErrors({
  "duplicate-revision": {
    exit: 2,
    when: "Two files in the revisions folder have the same revision id.",
    why: "The history of a database knows a revision by its id. With two files of that id nobody can say which one ran.",
    fix: "Usually a file was copied. Give the copy an id of its own (`lockstep new` makes one) and correct its `-- parent:` line.",
  },
  "duplicate-branch-label": {
    exit: 2,
    when: "A branch label is given by two revisions, or is also the id of a revision.",
    why: "`<label>@head` must mean one branch.",
    fix: "Keep the `-- branch:` line of the revision where the branch begins and remove or rename the other. Everything that descends from the first carries the label anyway.",
  },
  "unknown-parent": {
    exit: 2,
    when: "A revision's `-- parent:` line names an id that no file in the folder has.",
    why: "A graph with a hole has no order: what should have run before is not there.",
    fix: "Bring the missing file back (it is often on another git branch, or was not copied into the image), or correct the line. `lockstep rebase <revision>` moves an unapplied revision onto the current head.",
  },
  "unknown-dependency": {
    exit: 2,
    when: "A revision's `-- depends-on:` line names neither a revision nor a branch label of the folder.",
    why: "The revision says that it must not run before something which is not there.",
    fix: "Name the other revision by its full id, or the branch by its label; or remove the line.",
  },
  "revision-cycle": {
    exit: 2,
    when: "Revisions need each other in a circle, through parent or depends-on lines.",
    why: "None of them could ever be the first to run.",
    fix: "The error lists the circle. One of its lines is wrong: correct that `-- parent:` or `-- depends-on:` line.",
  },
  "unknown-revision": {
    exit: 2,
    when: "A word on the command line names no revision.",
    why: "Guessing could change a database in a way that nobody asked for.",
    fix: "Use `head`, `heads`, `base`, `current`, a full id, at least four of its first characters, a file name, a branch label, or one of these with `+1`, `-1` or `@head`. `lockstep history` lists what there is.",
  },
  "ambiguous-revision": {
    exit: 4,
    when: "A word could mean several revisions.",
    why: "Lockstep never chooses silently.",
    fix: "Repeat the command with one of the ids that the error lists.",
  },
  "multiple-heads": {
    exit: 4,
    when: "`head` was asked for, and the graph of revisions has more than one.",
    why: "Usually two pull requests met, and it has to be decided in which order their revisions belong.",
    fix: "Run `lockstep rebase <revision>` to put the newer, unapplied one after the other, or `lockstep merge <id> <id>` to join both. To mean all of them say `heads`; to mean one say its id or `<label>@head`.",
  },
  "relative-out-of-range": {
    exit: 2,
    when: "A relative word such as `+3` or `-2` goes further than there are revisions.",
    why: "Doing less than was asked could leave the database at a place that nobody expects.",
    fix: "Look at `lockstep status` and ask for as many steps as there are, or for `heads` or `base` to go all the way.",
  },
  "wrong-direction": {
    exit: 2,
    when: "An upgrade was asked to go backwards (`upgrade -1`), or a downgrade forwards (`downgrade +1`).",
    why: "Undoing and applying are different decisions; one is never taken for the other.",
    fix: "Use `lockstep downgrade -1` to go back and `lockstep upgrade +1` to go forward.",
  },
  "revision-not-applied": {
    exit: 2,
    when: "A downgrade was asked to go back to a revision that is not applied to this database.",
    why: "The database was never there, so there is no way back to it.",
    fix: "Run `lockstep status` to see what is applied, and name one of those, or `base`.",
  },
  "unknown-header-key": {
    exit: 2,
    when: "The header of a revision file has a `key: value` line whose key Lockstep does not know.",
    why: "A misspelt `phase` or `lock-timeout` that is silently ignored shows only in production.",
    fix: "Correct the key; the error lists the known ones. A comment that is no header line belongs behind an empty line.",
  },
  "invalid-header": {
    exit: 2,
    when: "A header line of a revision file has a value that does not fit its key, or a key is given twice.",
    why: "The header decides where the revision belongs and how it runs; nothing in it is guessed.",
    fix: "Correct the line that the error shows. It says what is expected there.",
  },
  "invalid-section": {
    exit: 2,
    when: "The sections of a revision file contradict each other: one is there twice, marks of two tools are mixed, statements stand in front of the first section, or `-- rollback: none` lacks its reason.",
    why: "Lockstep must know for every statement whether it moves forward, checks, or undoes.",
    fix: "Correct the line that the error shows. A file has one body, at most one `-- verify` and at most one `-- rollback` section, each mark alone on its line.",
  },
  "no-migrations-folder": {
    exit: 2,
    when: "The folder of revisions does not exist.",
    why: "A folder that was not copied into an image looks like a project without revisions, and nothing would be applied.",
    fix: "Run `lockstep init` in a new project. Otherwise check the working directory, the `migrations` setting, and, in an image, the COPY line of the Dockerfile.",
  },
  "unreadable-file": {
    exit: 2,
    when: "A file in the revisions folder cannot be read: no permission, a broken link, or something that is no file.",
    why: "It may be a revision, and a revision is never skipped silently.",
    fix: "Correct its permissions or remove it.",
  },
  "unrecognized-file": {
    exit: 2,
    when: "The revisions folder holds a SQL or TypeScript file that is no revision in any of the formats that Lockstep reads, or such files in a folder below it.",
    why: "Skipping it silently is how a change never reaches production.",
    fix: "Give it a header with `-- revision: <id>` and `-- parent: <id>`, or a name like the others (`0042_add_phone.sql`, `V42__add_phone.sql`, `<name>/migration.sql`), or move it out of the folder. TypeScript files that are not revisions may stay when their name begins with `_`. A folder below is read when it is named in the `migrations` setting.",
  },
  "mixed-formats": {
    exit: 2,
    when: "One folder holds files of two tools, for example `V1__a.sql` and `002_b.sql`.",
    why: "Each tool orders its files by its own rule, and nothing says which of the two orders goes first.",
    fix: "Keep the files of each tool in a folder of its own and name both in the `migrations` setting, or set `format` if some of them are there by mistake. Files with a Lockstep header may stand beside either.",
  },
  "duplicate-number": {
    exit: 2,
    when: "Two files of a numbered folder have the same number.",
    why: "Usually two branches took the same next number. Their order would depend on their names.",
    fix: "Rename the one that is not applied anywhere yet to the next free number.",
  },
  "orphan-rollback": {
    exit: 2,
    when: "A rollback file such as `004_x.down.sql` has no forward file beside it, or belongs to a revision that has a rollback section already.",
    why: "One of them is missing, misnamed or too many, and a downgrade would do something else than its author meant.",
    fix: "Bring the forward file back, correct the name, or keep only one of the two rollbacks.",
  },
  "invalid-revision-id": {
    exit: 2,
    when: "A revision id does not match the configured pattern, or is a word with a meaning of its own (`head`, `heads`, `base`, `current`).",
    why: "Ids are typed, stored and compared; the pattern is the team's own agreement about them.",
    fix: "Choose another id, or change `names.idPattern` in the configuration.",
  },
  "invalid-branch-label": {
    exit: 2,
    when: "A branch label does not match the configured pattern, or is a word with a meaning of its own (`head`, `heads`, `base`, `current`).",
    why: "Labels are typed in words such as `<label>@head`; the pattern is the team's own agreement about them.",
    fix: "Choose another label, or change `names.labelPattern` in the configuration.",
  },
  "revision-changed": {
    exit: 1,
    when: "A revision file was changed between the moment when it was checked and the moment when it was to run.",
    why: "What runs must be what was checked and what the history records.",
    fix: "Run the command again. In a deployed image files do not change; on a developer's machine an editor or a git checkout was at work.",
  },
})
