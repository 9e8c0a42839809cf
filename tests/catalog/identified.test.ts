import { expect } from "vitest"
import { scopeOf } from "../../src/introspect/scope.ts"
import { allKinds } from "../../src/kinds/all.ts"
import type { ObjectRow } from "../../src/kinds/kind.ts"
import { eachMajor } from "../database.ts"

eachMajor("kinds that name their objects themselves give them the names that the server does", async (db) => {
  const connection = await db.connect()
  await connection.run(`create schema "My Schema"; create table "My Schema"."Users" ("Id" int primary key default 1, "select" text not null default 'a''b');
    create table part (a int check (a > 0), b int default 2, unique (a, b)) partition by list (a);
    create table part_1 partition of part for values in (1);
    create view v as select "Id" from "My Schema"."Users"; alter view v alter "Id" set default 7;
    create foreign data wrapper w; create server s foreign data wrapper w;
    create foreign table ft (a int default 3, constraint "Odd name" check (a > 1)) server s;
    set search_path = ''`)
  const scope = scopeOf(connection.serverVersion)
  for (const kind of allKinds.filter(({ identified }) => identified)) {
    const [result] = await connection.run(kind.query(scope))
    const rows = result?.rows as unknown as ObjectRow[]
    expect(rows.length, kind.name).toBeGreaterThan(3)
    for (const { classid, objid, objsubid, type, identity } of rows) {
      const [named] = await connection.query("select type, identity from pg_identify_object($1, $2, $3)", [
        classid,
        objid,
        objsubid,
      ])
      expect({ type, identity }).toEqual(named)
    }
  }
})
