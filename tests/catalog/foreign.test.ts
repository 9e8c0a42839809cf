import { expect, test } from "vitest"
import { introspect } from "../../src/introspect/introspect.ts"
import { plan } from "../../src/plan/plan.ts"
import { printScript } from "../../src/plan/print.ts"
import { eachMajor, testDatabase } from "../database.ts"
import { converges } from "./converge.ts"
import { withRoles } from "./roles.ts"

converges("wrappers, servers, user mappings and foreign tables", {
  old: "",
  new: `${withRoles("foreign_user")} create foreign data wrapper files options (debug 'true', "odd name" 'it''s \\');
    create server here type 'disk' version '1' foreign data wrapper files options (host 'a b', port '1');
    create user mapping for public server here; create user mapping for foreign_user server here options ("user" 'x');
    create foreign table names (id int options (column_name 'ID') not null, name text default 'x' collate "C", check (id > 0))
      server here options (file '/names');
    create table at (d date, v int) partition by range (d);
    create foreign table at1 partition of at for values from ('2024-01-01') to ('2025-01-01') server here;
    create table base (a int); create foreign table child (b int) inherits (base) server here;
    comment on foreign data wrapper files is 'w'; comment on server here is 's'; comment on foreign table names is 't';
    comment on column names.id is 'c';
    grant usage on foreign data wrapper files to foreign_user; grant usage on foreign server here to foreign_user;
    grant select on names to foreign_user; grant update (id) on names to foreign_user;
    create view v as select id from names`,
})

converges("options change in place", {
  old: `create foreign data wrapper files options (a '1', b '2'); create server here version '1' foreign data wrapper files options (a '1', b '2');
    create user mapping for public server here options (a '1', b '2');
    create foreign table t (id int options (a '1', b '2')) server here options (a '1', b '2')`,
  new: `${withRoles("foreign_owner superuser")}
    create foreign data wrapper files options (a '1', b '2');
    alter foreign data wrapper files options (drop a, set b '3', add c '4'); alter foreign data wrapper files owner to foreign_owner;
    create server here version '2' foreign data wrapper files options (b '3', c '4'); alter server here owner to foreign_owner;
    create user mapping for public server here options (b '3', c '4');
    create foreign table t (id bigint options (b '3', c '4'), note text) server here options (b '3', c '4');
    alter foreign table t owner to foreign_owner`,
  says: ["alter foreign table public.t options (drop a, set b '3', add c '4')"],
  saysNot: [/drop (server|foreign|user)/],
})

converges("a foreign table moves to another server, a server gets another type", {
  old: `create foreign data wrapper files; create server a foreign data wrapper files; create server b type 'x' version '1' foreign data wrapper files;
    create foreign table t (id int) server a; create user mapping for public server b; create view v as select * from t`,
  new: `create foreign data wrapper files; create server a foreign data wrapper files; create server b type 'y' foreign data wrapper files;
    create foreign table t (id int) server b; create user mapping for public server b; create view v as select * from t`,
})

eachMajor("values of secret options are in no catalog and in no plan", async (db) => {
  const connection = await db.connect()
  await connection.run("create foreign data wrapper files; create server here foreign data wrapper files")
  const without = await introspect(connection)
  await connection.run(`create user mapping for public server here options ("user" 'me', password 'hush', sslpassword 'hush');
    alter server here options (host 'a', api_key 'hush')`)
  const with_ = await introspect(connection)
  const planned = plan(without, with_)
  expect(`${JSON.stringify(with_)}${printScript(planned)}`).not.toMatch(/hush/)
  expect(planned.steps.map(({ sql }) => sql)).toEqual([
    "alter server here options (add host 'a')",
    `create user mapping for public server here options ("user" 'me')`,
  ])
  expect(planned.byHand.map(({ sql }) => sql)).toEqual([
    "alter server here options (add api_key '...')",
    "alter user mapping for public server here options (add password '...', add sslpassword '...')",
  ])
  expect(plan(with_, without).byHand).toEqual([])
})

test("a role that may not see the options of user mappings reads all the rest", async () => {
  await using db = await testDatabase()
  const connection = await db.connect()
  await connection.run(`create table t (id int); create foreign data wrapper files; create server here foreign data wrapper files;
    create user mapping for public server here options (password 'hush');
    create subscription s connection 'dbname=x password=hush' publication p with (connect = false)`)
  const plain = await introspect(await db.connectAs(await db.role()))
  expect(plain.objects.map(({ id }) => id)).toEqual(
    expect.arrayContaining(["table public.t", "subscription s"]),
  )
  await connection.run("alter subscription s set (slot_name = none); drop subscription s")
})
