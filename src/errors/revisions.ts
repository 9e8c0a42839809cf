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
})
