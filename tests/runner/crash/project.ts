import { revision, type TestProject, testProject } from "../../project.ts"

/** Folders of the project that the crash tests apply, as an option. */
export const folders = ["migrations", "repeatables"]

/**
 * A project with a revision of every sort: in a transaction and step by step, SQL and programs, with steps that show
 * in the data when they run twice, and one of each statement that forbids a transaction and can be cut off half way.
 */
export async function crashProject(): Promise<TestProject> {
  const project = await testProject({
    "01_tables.sql": revision(
      "01tables",
      "",
      `create type plan as enum ('free', 'paid');
create table users (id int primary key, email text not null, plan plan not null default 'free');
insert into users select n, 'user' || n || '@example.org' from generate_series(1, 300) n;
create table counters (name text primary key, value int not null);
insert into counters values ('steps', 0), ('programs', 0);`,
    ),
    "02_partitions.sql": revision(
      "02partitions",
      "01tables",
      `create table audit (id int not null, at date not null) partition by range (at);
create table audit_2023 partition of audit for values from ('2023-01-01') to ('2024-01-01');
create table audit_2024 partition of audit for values from ('2024-01-01') to ('2025-01-01');
insert into audit select n, date '2023-01-01' + n from generate_series(1, 300) n;`,
    ),
    "03_steps.sql": revision(
      "03steps",
      "02partitions",
      `set statement_timeout = '1min';
update counters set value = value + 1 where name = 'steps';
create index concurrently users_email on users (email);
create table steps_between (id int);
insert into steps_between values (1);
create unique index concurrently on users (lower(email));
update counters set value = value + 1 where name = 'steps';

-- verify
select value = 2 from counters where name = 'steps';`,
      "-- transaction: none",
    ),
    "04_index.sql": revision("04index", "03steps", "create index concurrently users_plan on users (plan);"),
    "05_enum.sql": revision(
      "05enum",
      "04index",
      "alter type plan add value 'archived';\nupdate users set plan = 'archived' where id % 3 = 0;",
      "-- transaction: none",
    ),
    "06_detach.sql": revision(
      "06detach",
      "05enum",
      "alter table audit detach partition audit_2023 concurrently;",
    ),
    "07_program.ts": `// revision: 07program
// parent: 06detach

export default {
  async *up({ sql, query }: any) {
    yield "create table program_rows (id int primary key, email text)"
    for (const { id, email } of await query("select id, email from users where id <= 3 order by id")) {
      yield sql\`insert into program_rows values (\${id}, \${email})\`
    }
    yield "update counters set value = value + 1 where name = 'programs'"
  },
}
`,
    "08_backfill.ts": `// revision: 08backfill
// parent: 07program
// transaction: none

export default {
  async *up({ sql, query }: any) {
    yield "alter table users add column name text"
    for (;;) {
      const batch = await query("select id from users where name is null order by id limit 100")
      if (batch.length === 0) break
      const rows = yield sql\`update users set name = 'name of ' || id where id = any(\${batch.map(({ id }: any) => id)}) returning id\`
      yield sql\`update counters set value = value + \${rows.length} where name = 'programs'\`
    }
    yield "create index concurrently users_name on users (name)"
  },
}
`,
    "09_drop.sql": revision("09drop", "08backfill", "drop index concurrently users_email;"),
    "10_rows.sql": revision("10rows", "09drop", "copy counters from stdin;\nrows\t1\n\\.\nanalyze users;"),
  })
  await project.write({
    // Beside such a folder the programs are compiled once for all processes.
    "migrations/node_modules/.package-lock.json": "{}",
    "repeatables/R__paying.sql":
      "create or replace view paying as select id, email from users where plan <> 'free';",
  })
  return project
}
