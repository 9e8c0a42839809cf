import type { Command } from "../command.ts"

/** Groups of `lockstep --help`, in order. */
export type CommandGroup =
  | "Start"
  | "Write revisions"
  | "Look"
  | "Change a database"
  | "Deploy"
  | "Application"
  | "Help"

/** What is known of a command without loading it, so that starting one loads no other. */
export interface CommandEntry {
  readonly group: CommandGroup
  readonly summary: string
  readonly aliases?: readonly string[]
  readonly load: () => Promise<Command>
}

/** Every command. */
export const commands: Readonly<Record<string, CommandEntry>> = {
  init: {
    group: "Start",
    summary: "Start a project, or mark a database with its environment",
    load: async () => (await import("./init.ts")).init,
  },
  adopt: {
    group: "Start",
    summary: "Bring an existing database under Lockstep",
    load: async () => (await import("./adopt.ts")).adopt,
  },
  new: {
    group: "Write revisions",
    summary: "Write a new revision",
    aliases: ["revision"],
    load: async () => (await import("./new.ts")).create,
  },
  generate: {
    group: "Write revisions",
    summary: "Write the revisions that lead to the schema in SQL files",
    load: async () => (await import("./generate.ts")).generate,
  },
  edit: {
    group: "Write revisions",
    summary: "Open a revision in the editor",
    load: async () => (await import("./edit.ts")).edit,
  },
  merge: {
    group: "Write revisions",
    summary: "Join several heads",
    load: async () => (await import("./merge.ts")).merge,
  },
  rebase: {
    group: "Write revisions",
    summary: "Move a revision that is not applied onto the new head",
    load: async () => (await import("./rebase.ts")).rebase,
  },
  revert: {
    group: "Write revisions",
    summary: "Write a revision that compensates another",
    load: async () => (await import("./revert.ts")).revert,
  },
  squash: {
    group: "Write revisions",
    summary: "Replace a range of revisions by one",
    load: async () => (await import("./squash.ts")).squash,
  },
  status: {
    group: "Look",
    summary: "Say where a database stands",
    aliases: ["current"],
    load: async () => (await import("./status.ts")).status,
  },
  history: {
    group: "Look",
    summary: "List revisions, or what was done and tried on a database",
    aliases: ["log"],
    load: async () => (await import("./history.ts")).history,
  },
  heads: {
    group: "Look",
    summary: "List the revisions that no other follows",
    load: async () => (await import("./heads.ts")).heads,
  },
  branches: {
    group: "Look",
    summary: "List where the graph forks, and its branch labels",
    load: async () => (await import("./branches.ts")).branches,
  },
  show: {
    group: "Look",
    summary: "Print one revision",
    load: async () => (await import("./show.ts")).show,
  },
  diff: {
    group: "Look",
    summary: "Compare two schemas: databases, SQL files, revisions",
    load: async () => (await import("./diff.ts")).diff,
  },
  drift: {
    group: "Look",
    summary: "Say whether a database is what its history says",
    load: async () => (await import("./drift.ts")).drift,
  },
  check: {
    group: "Write revisions",
    summary: "Ask everything that must hold before a merge",
    load: async () => (await import("./check.ts")).check,
  },
  plan: {
    group: "Look",
    summary: "Say what a deploy would lock, rewrite and lose, and for how long",
    load: async () => (await import("./plan.ts")).plan,
  },
  prove: {
    group: "Look",
    summary: "Prove that queries still work after what is pending",
    load: async () => (await import("./prove.ts")).prove,
  },
  queries: {
    group: "Look",
    summary: "Read what applications issue from a database",
    load: async () => (await import("./queries.ts")).queries,
  },
  stats: {
    group: "Look",
    summary: "Read how large the tables of a database are",
    load: async () => (await import("./stats.ts")).stats,
  },
  lint: {
    group: "Look",
    summary: "Say what SQL would do to a database that serves",
    load: async () => (await import("./lint.ts")).lint,
  },
  snapshot: {
    group: "Write revisions",
    summary: "Write schema.sql, what an empty database becomes",
    load: async () => (await import("./snapshot.ts")).snapshot,
  },
  guard: {
    group: "Change a database",
    summary: "Let the server itself refuse rewrites that no plan says",
    load: async () => (await import("./guard.ts")).guard,
  },
  whoami: {
    group: "Look",
    summary: "Say who connects, what that role may become, and through what",
    load: async () => (await import("./whoami.ts")).whoami,
  },
  upgrade: {
    group: "Change a database",
    summary: "Apply what is pending",
    aliases: ["up", "migrate"],
    load: async () => (await import("./upgrade.ts")).upgrade,
  },
  downgrade: {
    group: "Change a database",
    summary: "Undo revisions, back to one",
    aliases: ["down"],
    load: async () => (await import("./downgrade.ts")).downgrade,
  },
  stamp: {
    group: "Change a database",
    summary: "Change what a database says that it is at, running nothing",
    load: async () => (await import("./stamp.ts")).stamp,
  },
  deploy: {
    group: "Deploy",
    summary: "Look, apply what is pending, and record the release, before new code serves",
    load: async () => (await import("./deploy.ts")).deploy,
  },
  preflight: {
    group: "Deploy",
    summary: "Look at everything that a deploy would look at, changing nothing",
    load: async () => (await import("./preflight.ts")).preflight,
  },
  approve: {
    group: "Deploy",
    summary: "Approve exactly what a deploy would apply",
    load: async () => (await import("./approve.ts")).approve,
  },
  evidence: {
    group: "Deploy",
    summary: "Carry what one environment has had to another, signed",
    load: async () => (await import("./evidence.ts")).evidence,
  },
  rehearse: {
    group: "Deploy",
    summary: "Run what is pending on a copy of the database, and say what it took",
    load: async () => (await import("./rehearse.ts")).rehearse,
  },
  exports: {
    group: "Deploy",
    summary: "List what was exported before revisions destroyed it, and until when it is kept",
    load: async () => (await import("./exports.ts")).exports,
  },
  restore: {
    group: "Deploy",
    summary: "Say beforehand what would go wrong if a dump were restored",
    load: async () => (await import("./restore.ts")).restore,
  },
  doctor: {
    group: "Deploy",
    summary: "Explain what is wrong with a database and its history, and propose what to do",
    load: async () => (await import("./doctor.ts")).doctor,
  },
  repair: {
    group: "Deploy",
    summary: "Do what the doctor proposes, with proof and a recorded reason",
    load: async () => (await import("./repair.ts")).repair,
  },
  release: {
    group: "Deploy",
    summary: "Say which releases were deployed, serve, or are gone",
    load: async () => (await import("./release.ts")).release,
  },
  bundle: {
    group: "Deploy",
    summary: "Write down which revisions a build holds, or compare with it",
    load: async () => (await import("./bundle.ts")).bundle,
  },
  hash: {
    group: "Deploy",
    summary: "Print a digest of the revisions",
    load: async () => (await import("./hash.ts")).hash,
  },
  changed: {
    group: "Deploy",
    summary: "Say which databases have changed revisions since a commit",
    load: async () => (await import("./changed.ts")).changed,
  },
  wait: {
    group: "Application",
    summary: "Wait until the database has what this build needs",
    load: async () => (await import("./wait.ts")).wait,
  },
  roles: {
    group: "Change a database",
    summary: "Set up who owns, migrates, reads and writes; prove that the application cannot migrate",
    load: async () => (await import("./roles.ts")).roles,
  },
  entrypoint: {
    group: "Application",
    summary: "Wait for the schema, then run the application",
    load: async () => (await import("./entrypoint.ts")).entrypoint,
  },
  explain: {
    group: "Help",
    summary: "Explain an error code",
    load: async () => (await import("./explain.ts")).explain,
  },
  completion: {
    group: "Help",
    summary: "Print a completion script for bash, zsh or fish",
    load: async () => (await import("./completion.ts")).completion,
  },
}

/** Returns the full name of a command for its name or alias; undefined where there is none. */
export function commandName(word: string): string | undefined {
  if (Object.hasOwn(commands, word)) return word
  return Object.keys(commands).find((name) => commands[name]?.aliases?.includes(word))
}
