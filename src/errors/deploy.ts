import { defineErrors } from "./define.ts"

/** What stands between a build and the database it is deployed to. */
export const deployErrors = defineErrors({
  "bundle-unreadable": {
    exit: 2,
    when: "The file of a bundle is not there, or is not what `lockstep bundle` writes.",
    why: "Without it nobody can say which revisions the image should hold.",
    fix: "Run `lockstep bundle` where the image is built, behind the step that copies the revisions, and copy its file with them.",
  },
  "bundle-mismatch": {
    exit: 3,
    when: "The folder of revisions is not the one that the bundle was made of.",
    why: "A file that the Dockerfile does not copy, or one that came from somewhere else, would be noticed in production only.",
    fix: "The details name each file. Copy the whole folder into the image; or write the bundle anew with `lockstep bundle` where the folder is right.",
  },
  "bundle-unexpected": {
    exit: 3,
    when: "`deploy --expect-bundle` was given another digest than that of the revisions that are here.",
    why: "Two deploys that interleave would run each other's revisions: the job was started for one image and found another.",
    fix: "Start the deploy again with the image that it is for. `lockstep hash` and `lockstep bundle` print the digest of what is here.",
  },
  "preflight-stopped": {
    exit: 3,
    when: "`lockstep deploy` looked before it began, and one of its checks stops it: nothing could be applied, or the environment's policy says so.",
    why: "It is cheaper to say so now than half-way. Nothing was changed.",
    fix: "The message names the check and what it saw, the hint the way out; `lockstep preflight` prints all of them. Which concerns stop a deploy is the setting `preflight` of the environment.",
  },
  "plan-outdated": {
    exit: 3,
    when: "`upgrade --plan` or `deploy --plan` was given a plan, and the database or the revisions are not what they were when it was made: another revision was applied, one was edited or added, the catalog was changed, or it is another database.",
    why: "What somebody has read and approved is not what would happen. Nothing was changed.",
    fix: "The details say what has moved. Make a new plan with `lockstep plan --out plan.json`, read it, and use that one. A run of the plan that was cut off is no reason: the same command goes on where it stopped.",
  },
  "plan-unreadable": {
    exit: 2,
    when: "The file behind `--plan` cannot be read, is not what `lockstep plan --out plan.json` writes, or was edited.",
    why: "Only what was observed and counted is a plan that can be relied on.",
    fix: "Write it anew with `lockstep plan --out plan.json`, and keep it as it is.",
  },
  "contract-held": {
    exit: 3,
    when: "`lockstep upgrade` was asked to apply a contract revision that the last deploy to this protected environment has held.",
    why: "A release that still serves may need what it removes.",
    fix: 'Let `lockstep deploy` apply it in its time; `lockstep status` says what it waits for. To let it run now: `lockstep deploy --release-hold <revision> --because "..."`; the reason is recorded. To apply only what comes before it, name that revision: `lockstep upgrade <revision>`.',
  },
  "contract-in-the-way": {
    exit: 3,
    when: "A contract revision is held, and a revision that is no contract comes after it and names the same objects, so that it cannot go first.",
    why: "The new code may need what is stuck behind; a deploy that left it out would not be one. Nothing was changed.",
    fix: 'Wait for what the message names (a soak time, a release that is to be retired: `lockstep release retired <release>`); put the later revision in front with `lockstep rebase`; or let the contract run with `--release-hold <revision> --because "..."`, which is recorded. Contracts in a release of their own do not stand in the way.',
  },
  "unknown-release": {
    exit: 2,
    when: "`lockstep release` was given a name that no deploy to this database has recorded.",
    why: "A misspelt name would leave the release that was meant as it is, and contract revisions would wait for it, or not.",
    fix: "`lockstep release list` shows the names, as `deploy --release` was given them.",
  },
  "afterwards-failed": {
    exit: 1,
    when: "Everything was applied, and then a smoke test failed, or the database was worse off while it was watched: sessions that wait for locks, deadlocks, many transactions rolled back, a standby that falls behind.",
    why: "The new code should not serve a schema on which it does not work. What was applied stays: to take it back by itself could lose what was written since.",
    fix: "Find out what it is; where it is the schema, `lockstep revert <revision>` writes a revision that compensates, and a deploy applies it. Where it is not, run the same command again: it has nothing to apply, and looks again.",
  },
  "rehearsal-failed": {
    exit: 1,
    when: "`lockstep rehearse` could not make or reach its copy of the database: the command that clones it failed or printed no address, or the one that masks its data failed.",
    why: "What is rehearsed on anything but a copy is no rehearsal.",
    fix: "The details are the command's own words. The last line that it prints must be the address of the copy.",
  },
  "export-failed": {
    exit: 1,
    when: "What a revision is going to destroy could not be exported first: the folder cannot be written, the disk is full, or the server refused to read it.",
    why: "What is destroyed can be restored only from what was saved before. Nothing was changed, and nothing half-written stays under the name of an export.",
    fix: 'Make room, or name another folder with the setting `exports`. Where the data is not worth keeping: `lockstep deploy --no-export --because "..."`, which is recorded.',
  },
  "dump-unreadable": {
    exit: 3,
    when: "A dump is not whole: `pg_restore` cannot read it to its end, or its text ends before pg_dump's last line.",
    why: "A dump that was cut off looks like a whole one until it is needed.",
    fix: "Take another one. A dump that Lockstep itself takes is found under its name only when it was read to its end.",
  },
  "program-missing": {
    exit: 2,
    when: "A program of PostgreSQL that a command needs, such as `pg_dump` or `pg_restore`, is not installed here.",
    why: "Lockstep itself needs no program of PostgreSQL; only dumps are made and read by them.",
    fix: "Install the client of the server's major version or a later one (Debian: `postgresql-client`), where the command runs.",
  },
  "repair-failed": {
    exit: 1,
    when: "The server refused a statement of `lockstep repair`.",
    why: "For example, a unique index cannot be built anew while there are duplicate rows. What was repaired before is recorded.",
    fix: "The message is the server's own. Put right what it names, and run the same command again; `lockstep doctor` says what is left.",
  },
  "evidence-missing": {
    exit: 3,
    when: "An environment cannot show what it has had: its database has no history, nothing says how it is reached, or the file with its evidence is not there.",
    why: "The next environment takes only what the one before has had for a while.",
    fix: "Deploy to it first; give it a `url` in the configuration; or carry its evidence in a file: `lockstep evidence export <environment> --key <file> --out <file>`, and the setting `evidence`.",
  },
  "evidence-forged": {
    exit: 3,
    when: "A file of evidence is not signed by a key that may vouch, was changed after it was signed, or is something else.",
    why: "It would let anything into the next environment.",
    fix: "Export it anew with `lockstep evidence export`. The public key that `lockstep evidence keygen` printed must stand in the setting `evidenceKeys` of the environment that reads it.",
  },
  "invalid-evidence-key": {
    exit: 2,
    when: "A key for evidence cannot be read, or is of another kind than ed25519.",
    why: "Nothing can be signed or verified with it.",
    fix: "`lockstep evidence keygen` makes a pair: the private key is a PEM file (PKCS8), the public one a line of base64 for the setting `evidenceKeys`.",
  },
  "backup-failed": {
    exit: 1,
    when: "The command in the setting `backup` ended with an error, or could not be started.",
    why: "Nothing is applied without the backup that was asked for. Nothing was changed.",
    fix: "The details hold the last lines that it printed. Run it by hand with the same variables (`DATABASE_URL`, `LOCKSTEP_RESTORE_LSN`, `LOCKSTEP_RESTORE_TIME`), and then the deploy again.",
  },
  "not-told": {
    exit: 1,
    when: "Somebody who was to be told how a command ended could not be: a file of metrics, the summary of a CI job, a pull request's comment, a webhook, or OpenTelemetry. It is a warning: the command ended as it says.",
    why: "What was done to the database does not depend on who hears of it; nothing is undone, and no exit code changes.",
    fix: "The message says who and why. A path must be writable; a comment needs `permissions: { pull-requests: write }` and `GITHUB_TOKEN`; a webhook must answer with a status of success; OpenTelemetry needs `@opentelemetry/api` in the project.",
  },
  "git-failed": {
    exit: 2,
    when: "Git could not be asked: it is not installed, or this is no repository.",
    why: "What changed can be told only by comparing with a commit.",
    fix: "Run the command inside the repository, on a machine that has git. In an image without git, compare `lockstep hash` instead.",
  },
  "unknown-git-ref": {
    exit: 2,
    when: "The commit, branch or tag behind `--since` is not known to git here.",
    why: "Continuous integration often clones one commit only; comparing with nothing would call everything changed.",
    fix: "Fetch it: `git fetch origin main`, or `fetch-depth: 0` of actions/checkout. `git rev-parse <ref>` must answer.",
  },
})
