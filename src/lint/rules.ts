import type { Severity } from "../diagnostic.ts"
import { conventionRulePages } from "./convention-rules.ts"
import { tenantRulePages } from "./tenant-rules.ts"

/** What is known about one rule. The same text is its page and `lockstep explain <rule>`. */
export interface RulePage {
  /** What a finding of it is, unless something tells otherwise. */
  readonly severity: Severity
  /** What is the case when it is reported. */
  readonly when: string
  /** What that does to a database that serves. */
  readonly why: string
  /** How to do the same safely. Markdown. */
  readonly fix: string
  /** Absent: it is on. */
  readonly default?: "off"
  /** What can be set besides its level, by name; a text is a regular expression. */
  readonly options?: Readonly<Record<string, RuleOption>>
  /** What its examples are. Absent: statements. */
  readonly example?: "revision" | "query"
  /** What it reports, on the tables of the examples. */
  readonly bad: string
  /** The same, safely. */
  readonly good: string
}

/** One option of a rule. */
export interface RuleOption {
  readonly help: string
  readonly default: string | readonly string[]
}

function defineRules<const Id extends string>(pages: Readonly<Record<Id, RulePage>>) {
  return pages
}

/** Every rule, with its page. The examples run in the tests, on every supported major version. */
export const rulePages = defineRules({
  "blocking-rewrite": {
    severity: "error",
    when: "A table is written anew while readers and writers wait.",
    why: "ACCESS EXCLUSIVE is held until the last row is copied and every index is built again. All requests that touch the table wait as long, and then those that wait for their connections.",
    fix: "Add a new column, let the application write both, fill it in batches, and drop the old one in a later release. A default that is the same for all rows (a constant, `now()`) needs no rewrite.",
    bad: "alter table users alter column age type bigint;",
    good: "alter table users add column age_new bigint;",
  },
  "blocking-index-build": {
    severity: "error",
    when: "An index is built while the table cannot be written, or not even be read.",
    why: "Every write waits until the build is done. A UNIQUE or PRIMARY KEY constraint builds its index under ACCESS EXCLUSIVE, so that readers wait too.",
    fix: "`CREATE INDEX CONCURRENTLY`, outside of a transaction. For a constraint build the unique index that way first, and then `ADD CONSTRAINT ... USING INDEX`.",
    bad: "create index users_age on users (age);",
    good: "create index concurrently users_age on users (age);",
  },
  "blocking-scan": {
    severity: "error",
    when: "All rows of a table are read while it is locked.",
    why: "A new CHECK, NOT NULL or foreign key, and a new partition, are checked against every row; nobody can write, or nobody can use the table at all, until that is done.",
    fix: "Add the constraint `NOT VALID` and `VALIDATE` it in another transaction: that reads the same rows and blocks nobody. `SET NOT NULL` does not read where a validated CHECK says the same.",
    bad: "alter table users add constraint age_positive check (age > 0);",
    good: "alter table users add constraint age_positive check (age > 0) not valid;\nalter table users validate constraint age_positive;",
  },
  "work-under-lock": {
    severity: "error",
    when: "A transaction does long work while a lock of an earlier statement keeps others waiting.",
    why: "Locks are held until the end of the transaction. A change of the schema that takes a moment blocks for as long as the backfill behind it runs.",
    fix: "Two transactions: first the change of the schema, then the work.",
    bad: "begin;\nalter table users add column country text;\nupdate users set country = 'nl';\ncommit;",
    good: "alter table users add column country text;",
  },
  "unbounded-modification": {
    severity: "error",
    when: "One statement changes or locks rows of a whole table, or of a part that nothing bounds.",
    why: "Every row that it touches stays locked until the end, so that requests which change one of them wait. It writes as much log as the table is large, delays replicas, and leaves as many dead rows behind.",
    fix: "Batches of some thousand rows by key, each with a commit of its own.",
    bad: "update users set age = 0;",
    good: "update users set age = 0 where id between 1 and 1000;",
  },
  "loop-without-commit": {
    severity: "error",
    when: "A block or function changes rows in a loop and never commits.",
    why: "However small the batches, the block is one transaction: all rows stay locked until its end.",
    fix: "`COMMIT;` at the end of the loop's body, in a DO block or procedure that runs outside of a transaction.",
    bad: "do $$ begin loop update users set age = 0 where id in (select id from users where age is null limit 1000); exit when not found; end loop; end $$;",
    good: "do $$ begin loop update users set age = 0 where id in (select id from users where age is null limit 1000); exit when not found; commit; end loop; end $$;",
  },
  "statement-fails": {
    severity: "error",
    when: "The statement fails on a scratch server that has the schema of before.",
    why: "It will fail on the real database as well, and the deploy stops there.",
    fix: "The finding holds the server's words. Correct the statement, or the one before it that it builds on.",
    bad: "alter table users add column email text;",
    good: "alter table users add column if not exists email text;",
  },
  "not-traced": {
    severity: "warning",
    when: "What the statement does could not be observed: it needs something that the scratch server does not have, or it concerns the whole server.",
    why: "Nothing is known of it. That it is not reported otherwise does not mean that it is safe.",
    fix: "Give Lockstep a scratch server that has the extension (`--scratch`), or read the statement with care.",
    bad: "create extension no_such_extension;",
    good: "create extension pg_trgm;",
  },
  "locks-gathered": {
    severity: "error",
    when: "One transaction locks several tables, one after the other, so that others wait.",
    why: "While it waits for the second table, requests queue up behind the first. Two transactions that take the same tables in another order end in a deadlock.",
    fix: "One table in one transaction.",
    bad: "begin;\nalter table users add column country text;\nalter table orders add column country text;\ncommit;",
    good: "alter table users add column country text;\nalter table orders add column country text;",
  },
  "explicit-lock": {
    severity: "error",
    when: "LOCK TABLE keeps readers or writers out, and no lock_timeout bounds the wait for it.",
    why: "While it waits for the transactions that use the table, everybody else queues up behind it.",
    fix: "Most statements lock what they need by themselves. Where it is really wanted, `SET LOCAL lock_timeout = '2s'` before it.",
    bad: "begin;\nlock table users;\nalter table users add column country text;\ncommit;",
    good: "begin;\nset local lock_timeout = '2s';\nlock table users;\nalter table users add column country text;\ncommit;",
  },
  "lock-timeout-without-effect": {
    severity: "error",
    when: "The script sets lock_timeout to 0 or to minutes, and then takes a lock that others queue up behind.",
    why: "A statement that waits for its lock stops everybody who comes after it, for as long as the limit allows.",
    fix: "Some seconds, and another try. Lockstep's runner sets it, and tries again.",
    bad: "set lock_timeout = '10min';\nalter table users add column country text;",
    good: "set lock_timeout = '2s';\nalter table users add column country text;",
  },
  "time-limit-on-concurrent-work": {
    severity: "error",
    when: "A CONCURRENTLY statement runs under a lock_timeout, or under a short statement_timeout.",
    why: "It has to wait for every older transaction, and lock_timeout counts that. Cancelled, it leaves an index that is invalid, that no query uses and every write maintains.",
    fix: "`SET lock_timeout = 0; SET statement_timeout = 0;` before it. It blocks nobody.",
    bad: "set lock_timeout = '2s';\ncreate index concurrently users_age on users (age);",
    good: "set lock_timeout = 0;\ncreate index concurrently users_age on users (age);",
  },
  "set-local-outside-transaction": {
    severity: "error",
    when: "SET LOCAL stands outside of a transaction.",
    why: "It has no effect; the server only warns. What should have been limited is not.",
    fix: "Put it behind the BEGIN of the transaction that it is for, or use SET.",
    bad: "set local lock_timeout = '2s';\nalter table users add column country text;",
    good: "begin;\nset local lock_timeout = '2s';\nalter table users add column country text;\ncommit;",
  },
  "transaction-left-open": {
    severity: "error",
    when: "The script begins a transaction and does not commit it.",
    why: "Everything behind the BEGIN is rolled back when the connection ends, and held until then.",
    fix: "End it with COMMIT.",
    bad: "begin;\nalter table users add column country text;",
    good: "begin;\nalter table users add column country text;\ncommit;",
  },
  "nested-transaction": {
    severity: "error",
    when: "BEGIN stands inside of a transaction.",
    why: "The server only warns. The first COMMIT ends all of it, and what stands behind runs without a transaction.",
    fix: "Remove the inner BEGIN and COMMIT, or use SAVEPOINT.",
    bad: "begin;\nbegin;\nalter table users add column country text;\ncommit;\ncommit;",
    good: "begin;\nalter table users add column country text;\ncommit;",
  },
  "invalid-index-kept": {
    severity: "error",
    when: "CREATE INDEX IF NOT EXISTS finds an index of that name which a failed build has left behind.",
    why: "It reports success, and no query will ever use the index, while every write maintains it.",
    fix: "`DROP INDEX CONCURRENTLY` first, then build it.",
    bad: "create unique index concurrently if not exists doubled_broken on doubled (plan);",
    good: "drop index concurrently if exists doubled_broken;\ncreate index concurrently doubled_broken on doubled (plan);",
  },
  "if-not-exists-concurrently": {
    severity: "warning",
    when: "CREATE INDEX CONCURRENTLY says IF NOT EXISTS.",
    why: "After a build that failed, the next attempt finds the invalid index, skips it and reports success.",
    fix: "`DROP INDEX CONCURRENTLY IF EXISTS` before it, and no IF NOT EXISTS. Lockstep's runner looks for what a failed build left.",
    bad: "create index concurrently if not exists users_age on users (age);",
    good: "create index concurrently users_age on users (age);",
  },
  "weaker-lock-available": {
    severity: "warning",
    when: "The statement locks everybody out for a moment, and there is a form of it that does not.",
    why: "The lock is short, but it queues behind long transactions, and everybody queues behind it.",
    fix: "`DROP INDEX CONCURRENTLY`, `DETACH PARTITION ... CONCURRENTLY`; instead of `PARTITION OF` create the table and ATTACH it.",
    bad: "drop index users_name;",
    good: "drop index concurrently users_name;",
  },
  "triggers-disabled": {
    severity: "error",
    when: "All triggers of a table are disabled, or session_replication_role is replica.",
    why: "Foreign keys are triggers too: rows that refer to nothing come in, and no later check finds them.",
    fix: "Disable the one trigger that is in the way, by its name.",
    bad: "alter table orders disable trigger all;",
    good: "alter table orders disable trigger orders_audit;",
  },
  "sequence-restarted": {
    severity: "error",
    when: "A sequence goes back below what its column already holds.",
    why: "The next INSERTs get keys that are taken and fail with 23505, or, without a unique key, rows are mixed up.",
    fix: "`SELECT setval('name', (SELECT max(id) FROM t))`, or a start above every value.",
    bad: "alter sequence users_id_seq restart with 1;",
    good: "alter sequence users_id_seq restart with 1000000000;",
  },
  "rows-removed": {
    severity: "error",
    when: "TRUNCATE empties a table that exists, with CASCADE also those that refer to it.",
    why: "All rows are gone at once, under ACCESS EXCLUSIVE.",
    fix: "Delete in batches what is really not needed any more.",
    bad: "truncate orders;",
    good: "delete from orders where id between 1 and 1000;",
  },
  "values-removed": {
    severity: "error",
    when: "A column is dropped and one of the same name added, or a table dropped and made again.",
    why: "The name is there and what it held is gone: rows hold NULL or a default, and no error tells. Tools that cannot change a type write such scripts.",
    fix: "Add a column under another name, let the application write both, fill it in batches, and drop the old one in a later release.",
    bad: "alter table users drop column bio;\nalter table users add column bio varchar(400);",
    good: "alter table users add column bio_short varchar(400);",
  },
  "name-removed": {
    severity: "error",
    when: "A table, column, view, function, type, sequence or enum label that existed is gone afterwards, or has another name, and nobody has said which queries the application runs.",
    why: "Code that is serving fails with 42P01, 42703, 42883, 42704 or 22P02 from that moment on.",
    fix: "Give the queries of the deployed release (`--queries`): where none of them names it, the finding goes. A rename can keep the old name as a view.",
    bad: "alter table users rename column email to mail;",
    good: "alter table users add column mail text;",
  },
  "column-must-be-given": {
    severity: "error",
    when: "A new column is NOT NULL and has no default, or a column that must have a value has lost its default.",
    why: "A table with rows refuses the new column, and INSERTs of the code that is serving leave it out and fail with 23502.",
    fix: "Keep a default until the old code is gone.",
    bad: "alter table orders alter column status drop default;",
    good: "alter table orders add column channel text not null default 'web';",
  },
  "privilege-lost": {
    severity: "error",
    when: "A role may do less with a table of some name than before, or no longer call a function, and nobody has said which queries it runs.",
    why: "Its queries fail with 42501. A view under the name of a renamed table has none of its grants.",
    fix: "Grant in the same transaction, or give the queries and the role (`--queries`, `--role`) as proof that nothing needs it.",
    bad: "revoke select on users from app;",
    good: "grant select on users to app;",
  },
  "writes-narrowed": {
    severity: "error",
    when: "Writes that were taken before are refused afterwards by the column itself (it is generated, or always the identity), or write another default, or name in ON CONFLICT what is no longer unique; and nobody has said which queries the application runs.",
    why: "INSERTs that give a value fail with 428C9, and ON CONFLICT with 42P10. Of another default no error tells.",
    fix: "Keep `GENERATED BY DEFAULT`; add a new column instead of changing what an old one is.",
    bad: "alter table tickets alter column id set generated always;",
    good: "alter table tickets alter column note set default '';",
  },
  "row-security-without-policy": {
    severity: "error",
    when: "Row security is on for a table, and no policy lets anybody see a row.",
    why: "Every role but the owner finds the table empty. No error tells.",
    fix: "Create the policies first, and enable row security in the same transaction.",
    bad: "alter table users enable row level security;",
    good: "begin;\ncreate policy everyone on users using (true);\nalter table users enable row level security;\ncommit;",
  },
  "replica-identity-lost": {
    severity: "error",
    when: "A table whose changes are published has nothing any more that identifies its rows.",
    why: "UPDATE and DELETE fail with 55000.",
    fix: "Another primary key or `REPLICA IDENTITY USING INDEX` first.",
    bad: "alter table events drop constraint events_pkey;",
    good: "alter table events replica identity full;",
  },
  "query-breaks": {
    severity: "error",
    when: "A query that worked before fails afterwards, or returns something of another shape. Where no queries are given, any INSERT, UPDATE and SELECT of a table whose triggers, rules or policies change.",
    why: "The code that is serving gets that error from the moment on.",
    fix: "Change the code first and the schema when it is gone; or do it in a way that both understand.",
    bad: "alter table users drop column email;",
    good: "alter table users add column full_name text;",
  },
  "query-sees-differently": {
    severity: "error",
    when: "A query that worked before does not fail, but finds no rows, or writes another default.",
    why: "Nothing tells of it: no error, only other data.",
    fix: "Decide it in the code before the schema changes.",
    bad: "alter table users alter column plan set default 'paid';",
    good: "alter table users add column tier text default 'paid';",
  },
  "query-loses-index": {
    severity: "error",
    when: "A query that found its rows through an index has none any more that serves it.",
    why: "It reads the whole table for each request.",
    fix: "Build the index that takes its place first, CONCURRENTLY.",
    bad: "drop index concurrently users_name;",
    good: "create index concurrently users_name_2 on users (name);\ndrop index concurrently users_name;",
  },
  ...tenantRulePages,
  ...conventionRulePages,
  "rollback-missing": {
    severity: "note",
    when: "A revision has neither a rollback section nor a reason why there is none.",
    why: "When the deploy goes wrong, somebody has to find out under pressure whether and how it can be undone.",
    fix: "Write `-- rollback` and the statements, or `-- rollback: none because <reason>`.",
    example: "revision",
    bad: "-- revision: 4f2a9c1b7d3e\n-- parent: 9e8c7aa5b945\n\nalter table users add column phone text;",
    good: "-- revision: 4f2a9c1b7d3e\n-- parent: 9e8c7aa5b945\n\nalter table users add column phone text;\n\n-- rollback\nalter table users drop column phone;",
  },
  "phase-contradicted": {
    severity: "error",
    when: "A revision says `phase: expand` or `migrate`, and takes away what older code needs.",
    why: "An image that is rolled back finds its schema changed under it, and the deploy has let it through because of what the header says.",
    fix: "Put what removes into a revision of its own with `phase: contract`.",
    example: "revision",
    bad: "-- revision: 4f2a9c1b7d3e\n-- parent: 9e8c7aa5b945\n-- phase: expand\n\nalter table users drop column age;",
    good: "-- revision: 4f2a9c1b7d3e\n-- parent: 9e8c7aa5b945\n-- phase: contract\n\nalter table users drop column age;",
  },
  "accept-without-finding": {
    severity: "warning",
    when: "A header accepts a finding that there is not.",
    why: "The next change may bring such a finding, and nobody would see it.",
    fix: "Remove the `accept` line, or correct the name of the rule.",
    example: "revision",
    bad: "-- revision: 4f2a9c1b7d3e\n-- parent: 9e8c7aa5b945\n-- accept: blocking-index-build because nobody writes at night\n\ncreate table notes (id bigint primary key);",
    good: "-- revision: 4f2a9c1b7d3e\n-- parent: 9e8c7aa5b945\n-- accept: blocking-index-build because nobody writes at night\n\ncreate index users_age on users (age);",
  },
  "query-not-proven": {
    severity: "note",
    when: "A query did not work on the schema of before, so that nothing can be said about it.",
    why: "It may name what only production has, or be of another release.",
    fix: "Correct the query, or leave it out.",
    example: "query",
    bad: "select nickname from users where id = $1;",
    good: "select name from users where id = $1;",
  },
})

/** Returns the page of a rule, or undefined where there is none of that name. */
export function rulePage(id: string): RulePage | undefined {
  return (rulePages as Readonly<Record<string, RulePage>>)[id]
}

/** The stable name of a rule, and of its page `docs/rules/<id>.md`. */
export type RuleId = keyof typeof rulePages
