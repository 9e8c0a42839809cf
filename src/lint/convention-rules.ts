import type { RulePage } from "./rules.ts"

function definePages<const Id extends string>(pages: Readonly<Record<Id, RulePage>>) {
  return pages
}

const off = { default: "off" } as const

/** What projects have opinions about, and of revisions what nothing can be observed of. */
export const conventionRulePages = definePages({
  "timestamp-without-time-zone": {
    severity: "warning",
    ...off,
    when: "A new column is a timestamp without time zone.",
    why: "It holds what a clock somewhere showed, and nobody can say where: sessions with other time zones write and read other moments.",
    fix: "`timestamptz` takes the same eight bytes and means a moment.",
    bad: "create table visits (id bigint primary key, at timestamp);",
    good: "create table visits (id bigint primary key, at timestamptz);",
  },
  "serial-column": {
    severity: "warning",
    ...off,
    when: "A new column is a serial: its default takes from a sequence of its own.",
    why: "The sequence needs a grant of its own, and the default can be dropped or bypassed without a trace.",
    fix: "`GENERATED ALWAYS AS IDENTITY`, or `BY DEFAULT` where keys are written from elsewhere.",
    bad: "create table visits (id bigserial primary key);",
    good: "create table visits (id bigint generated always as identity primary key);",
  },
  "integer-key": {
    severity: "warning",
    ...off,
    when: "A new primary key counts up in 32 bits or fewer.",
    why: "It ends at 2,147,483,647, also where most of the numbers were rolled back; to make it wider later rewrites the table and everything that refers to it.",
    fix: "`bigint`.",
    bad: "create table visits (id int generated always as identity primary key);",
    good: "create table visits (id bigint generated always as identity primary key);",
  },
  "foreign-key-without-index": {
    severity: "warning",
    ...off,
    when: "A new foreign key has no index that begins with its columns.",
    why: "Each row that is deleted from the other table, or gets another key, reads all of this one.",
    fix: "Build the index, CONCURRENTLY where the table exists.",
    bad: "create table visits (id bigint primary key, user_id int references users);",
    good: "create table visits (id bigint primary key, user_id int references users);\ncreate index visits_user_id on visits (user_id);",
  },
  "table-without-key": {
    severity: "warning",
    ...off,
    when: "A new table has no primary key.",
    why: "Nothing identifies its rows: not for logical replication, not for a backfill in batches, not for whoever has to repair one of them.",
    fix: "Give it one.",
    bad: "create table visits (at timestamptz);",
    good: "create table visits (id bigint generated always as identity primary key, at timestamptz);",
  },
  "json-column": {
    severity: "warning",
    ...off,
    when: "A new column is of type json.",
    why: "It has no equality, so that SELECT DISTINCT, UNION and GROUP BY fail with 42883, and no index serves it.",
    fix: "`jsonb`.",
    bad: "create table visits (id bigint primary key, extra json);",
    good: "create table visits (id bigint primary key, extra jsonb);",
  },
  naming: {
    severity: "warning",
    ...off,
    when: "The name of a new table, column or constraint does not fit the project's pattern.",
    why: "A name that must be quoted, or is the only one of its kind, is misspelt for as long as it lives.",
    fix: "Rename it before it is applied anywhere, or correct the pattern.",
    options: {
      tables: { help: "Regular expression for tables and views", default: "^[a-z][a-z0-9_]*$" },
      columns: { help: "Regular expression for columns", default: "^[a-z][a-z0-9_]*$" },
      constraints: { help: "Regular expression for constraints", default: "^[a-z][a-z0-9_]*$" },
    },
    bad: 'create table "Visits" (id bigint primary key);',
    good: "create table visits (id bigint primary key);",
  },
  "reason-missing": {
    severity: "warning",
    ...off,
    when: "A revision does not say why it is there.",
    why: "What it does stands in its statements; why nobody finds out a year later.",
    fix: "`-- why: <reason>` in its header.",
    example: "revision",
    bad: "-- revision: 4f2a9c1b7d3e\n-- parent: 9e8c7aa5b945\n\nalter table users add column phone text;",
    good: "-- revision: 4f2a9c1b7d3e\n-- parent: 9e8c7aa5b945\n-- why: the mobile app stores a phone number per user\n\nalter table users add column phone text;",
  },
  "phases-mixed": {
    severity: "warning",
    when: "One revision both adds tables or columns and removes or renames some.",
    why: "What it adds, new code needs before it serves; what it removes, old code needs until it is gone. A deploy can only be between the two.",
    fix: "Two revisions: one with `phase: expand`, and one with `phase: contract` for a later release.",
    example: "revision",
    bad: "-- revision: 4f2a9c1b7d3e\n-- parent: 9e8c7aa5b945\n\nalter table users add column phone text;\nalter table users drop column age;",
    good: "-- revision: 4f2a9c1b7d3e\n-- parent: 9e8c7aa5b945\n-- phase: expand\n\nalter table users add column phone text;",
  },
  "contract-without-expand": {
    severity: "note",
    when: "A revision with `phase: contract` comes after none with `phase: expand` or `migrate`.",
    why: "A deploy waits with a contract until its expand has served for a while. Without one it waits for the releases only.",
    fix: "Nothing, where code alone has stopped using what is removed; otherwise say `phase: expand` in the revision that made room for it.",
    example: "revision",
    bad: "-- revision: 4f2a9c1b7d3e\n-- parent: 9e8c7aa5b945\n-- phase: contract\n\nalter table users drop column age;",
    good: "-- revision: 4f2a9c1b7d3e\n-- parent: 9e8c7aa5b945\n-- phase: expand\n\nalter table users add column phone text;",
  },
  "role-unknown": {
    severity: "warning",
    when: "A statement grants something to a role, or gives it an object, and the setting `roles` does not know that role.",
    why: "`roles audit` would find it as a path that nobody declared, and `roles apply` would not know what it is for.",
    fix: "Declare the role in the setting `roles`, name it in the option `roles` of this rule, or grant to the groups of the model.",
    options: {
      roles: {
        help: "Names of roles that are known; with the setting `roles` those of the model are known as well",
        default: [],
      },
    },
    bad: "grant select on users to stranger;",
    good: "grant select on users to app;",
  },
})
