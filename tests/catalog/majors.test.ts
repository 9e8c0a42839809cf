import { expect, test } from "vitest"
import { diff } from "../../src/diff/diff.ts"
import { introspect } from "../../src/introspect/introspect.ts"
import { majors, testDatabase } from "../database.ts"

const schema = `create table users (id bigint primary key generated always as identity, email text not null unique,
  age int not null check (age > 0) default 7, twice int not null generated always as (age * 2) stored);
create table parents (a int not null); create table children (b int) inherits (parents);
create table parts (a int not null, b int) partition by list (a); create table parts_1 partition of parts for values in (1);
create index on parts (b); create domain positive as int not null check (value > 0); create type mood as enum ('sad', 'glad');
create view grown as select 1 as a; create materialized view m as select 1 as a;
create function one() returns int language sql as 'select 1'; comment on table users is 'people';
create sequence s; create policy p on users using (true); create statistics st on a, b from parts;
create table refs (u bigint references users, p positive, m mood not null); grant select on users to public`

test("the same schema on servers of different versions is equal", async () => {
  await using old = await testDatabase({ major: majors.at(0) ?? 0 })
  await using young = await testDatabase({ major: majors.at(-1) ?? 0 })
  const catalogs = []
  for (const db of [old, young]) {
    const connection = await db.connect()
    await connection.run(schema)
    catalogs.push(await introspect(connection))
  }
  const [before, after] = catalogs
  if (before === undefined || after === undefined) throw new Error("nothing was read")
  for (const changes of [diff(before, after), diff(after, before)])
    expect(
      changes.map((change) =>
        change.type === "alter" ? [change.after.id, change.properties, change.facets] : change,
      ),
    ).toEqual([])
})
