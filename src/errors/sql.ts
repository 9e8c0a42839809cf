import { defineErrors } from "./define.ts"

/** SQL texts that cannot be read, or cannot be run the way they are written. */
export const sqlErrors = defineErrors({
  "not-utf8": {
    exit: 2,
    when: "A file of SQL holds bytes that are not UTF-8: it was saved as UTF-16, in a legacy code page, or is binary.",
    why:
      "PostgreSQL would store other characters than the author saw. A guess about the encoding could be wrong " +
      "without anybody noticing, and a zero byte would end the statement early.",
    fix:
      "Convert the file and look at the result: `iconv -f UTF-16 -t UTF-8 old.sql > new.sql` (PowerShell's `>` " +
      "writes UTF-16), or `iconv -f WINDOWS-1252 -t UTF-8 old.sql > new.sql`. A byte-order mark may stay.",
  },
  "unterminated-quote": {
    exit: 2,
    when: "A string, a quoted identifier or a dollar-quoted text begins and the file ends before it does.",
    why: "Everything behind the quote would be part of it: statements would be lost without a word.",
    fix:
      "Close the quote on the line that the message names. Inside `'...'` a quote is doubled: `'it''s'`. A dollar " +
      "quote ends with the very tag that it began with: `$body$ ... $body$`.",
  },
  "unterminated-comment": {
    exit: 2,
    when: "A comment begins with `/*` and the file ends before its `*/`.",
    why: "Everything behind it would be ignored without a word.",
    fix: "Close the comment. Comments nest in PostgreSQL, so every `/*` inside the comment needs a `*/` of its own.",
  },
  "unterminated-copy": {
    exit: 2,
    when: "A `COPY ... FROM stdin` has no rows below it that end with a line `\\.`",
    why: "Without that line, the statements behind it would be taken for rows.",
    fix:
      "Write it as pg_dump does: the statement with its semicolon at the end of a line, the rows on the lines below, " +
      "then a line that holds only `\\.`. To load rows from somewhere else, use INSERT or a TypeScript revision.",
  },
  "psql-meta-command": {
    exit: 2,
    when: "A revision has a command such as `\\connect`, `\\i` or `\\set` that psql runs itself.",
    why:
      "The server does not know these commands. Leaving them out would change what the script does. (Only " +
      "`\\restrict` and `\\unrestrict`, which pg_dump writes, are skipped: they do nothing.)",
    fix:
      "Say it in SQL. Instead of `\\i`, paste the file or make a revision of it; instead of `\\set`, use a variable of " +
      "the configuration (`${name}`); instead of `\\copy`, use `COPY ... FROM stdin;` with the rows below it; remove " +
      "`\\connect`: a revision runs in one database.",
  },
  "undeclared-variable": {
    exit: 2,
    when: "A revision uses `${name}` and the configuration declares no variable of that name.",
    why: "An empty text in its place could turn `drop schema ${tenant}` into something else.",
    fix:
      "Declare it under `variables` in the configuration, or correct the name. Where `${name}` is meant literally, " +
      "write `\\${name}`.",
  },
  "transaction-control": {
    exit: 2,
    when:
      "A revision begins, ends or rolls back a transaction in a way that Lockstep cannot take over: a ROLLBACK, a " +
      "BEGIN without its COMMIT, several transactions in one file, AND CHAIN, PREPARE TRANSACTION, or any of them in " +
      "a revision with `transaction: none`.",
    why:
      "Lockstep runs a revision and records it in one and the same transaction, so that it either happened and is " +
      "known, or did not happen. A revision that ends that transaction itself would break the promise. One " +
      "`BEGIN; ... COMMIT;` is understood: Lockstep's own transaction takes its place.",
    fix:
      "Remove the statement that the message names. A file with several transactions becomes several revisions. " +
      "Savepoints (`SAVEPOINT`, `RELEASE`, `ROLLBACK TO`) may stay.",
  },
  "mixed-transaction": {
    exit: 2,
    when:
      "A revision holds a statement that cannot run inside a transaction together with ordinary ones, and does not say " +
      "`transaction: none`.",
    why:
      "The ordinary statements would lose the protection of a transaction: a failure in the middle would leave some of " +
      "them applied. That has to be the author's decision.",
    fix:
      "Split it: the ordinary statements in one revision, the others in the next. Where that is not possible, write " +
      "`-- transaction: none` in the header: every statement then runs and is recorded by itself, and a run that was " +
      "interrupted continues at the statement where it stopped.",
  },
})
