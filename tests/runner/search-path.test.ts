import { expect } from "vitest"
import { downgrade } from "../../src/api/downgrade.ts"
import { markEnvironment } from "../../src/api/environment.ts"
import { history } from "../../src/api/history.ts"
import { stamp } from "../../src/api/stamp.ts"
import { status } from "../../src/api/status.ts"
import { upgrade } from "../../src/api/upgrade.ts"
import { assertSchema } from "../../src/app/index.ts"
import { eachMajor } from "../database.ts"
import { revision, testProject } from "../project.ts"

/**
 * What somebody may do who can create in a schema of the migrator's search path: an operator or function there that
 * fits the types of a call better than the one that is meant is taken instead, and runs with the migrator's rights.
 *
 * Here every operator that PostgreSQL itself does not have for these types, and every function that would only have to
 * be more special, remembers that it was called; a sequence does so whatever becomes of the transaction.
 *
 * @see PostgreSQL documentation, "Operator Type Resolution"; CVE-2018-1058
 */
const traps = `create sequence public.sprung;
do $traps$
declare
  types regtype[] := '{text,name,"char",oid,int2,int4,int8,float8,numeric,bool,uuid,jsonb,text[],regclass,regtype,regnamespace,timestamptz,interval,xid,xid8,inet}';
  l regtype; r regtype; op text; f text;
begin
  foreach l in array types loop
    foreach r in array types loop
      execute format('create function public.trap(%s, %s) returns bool language plpgsql as $$ begin perform nextval(''public.sprung''); raise ''trap (%s, %s)''; end $$', l, r, l, r);
      foreach op in array '{=,<>,<,>,~,!~,||,*,-,+}'::text[] loop
        if to_regoperator(format('pg_catalog.%s(%s, %s)', op, l, r)) is null then
          execute format('create operator public.%s (leftarg = %s, rightarg = %s, function = public.trap)', op, l, r);
        end if;
      end loop;
    end loop;
  end loop;
  foreach f in array '{"convert_to(text, text)", "array_remove(text[], text)", "array_to_string(text[], text)", "json_build_object(text, text, text, text, text, int8)", "unnest(text[])", "format(text, name, name)", "to_char(timestamp, varchar)", "bool_and(int)"}'::text[] loop
    execute format('create function public.%s returns text language plpgsql as $$ begin perform nextval(''public.sprung''); raise ''trap %s''; end $$', f, f);
  end loop;
end $traps$`

eachMajor("nothing that others have put into the search path runs with the migrator's rights", async (db) => {
  const connection = await db.connect()
  await connection.run(traps)
  await using project = await testProject({
    "a.sql": revision(
      "aaaa",
      "",
      "create table users (id int, phone text);\ncreate type mood as enum ('ok');\n\n-- verify\nselect true;\n\n-- rollback\ndrop table users;\ndrop type mood;",
    ),
    "b.sql": revision(
      "bbbb",
      "aaaa",
      "create index concurrently users_id on users (id);\nset work_mem = '8MB';\nalter type mood add value 'bad';\n\n-- rollback\ndrop index concurrently users_id;",
      "-- transaction: none",
    ),
  })
  const options = { root: project.root, url: db.url }
  const role = await db.role()
  await upgrade({ ...options, applicationRoles: [role] })
  expect((await status(options)).pending).toEqual([])
  await history(options)
  const client = await db.connectAs(role)
  await assertSchema({ query: (text) => client.query(text) }, { root: project.root })

  // Others hold the runner's lock, and a lock that a statement needs.
  const other = await db.connect()
  await other.run("begin; lock table lockstep.lock in exclusive mode; lock table users")
  await stamp({ ...options, to: "base", unverified: true, runnerWaitMs: 0 }).catch(() => undefined)
  await other.run("rollback; begin; lock table users")
  const down = { ...options, to: "base", lockTimeoutMs: 100, acceptDataLoss: true }
  await expect(downgrade({ ...down, lockAttempts: 1 })).rejects.toMatchObject({ code: "lock-not-available" })
  await other.run("insert into users values (1); commit")
  await downgrade(down)

  // A step that was cut off is taken up again, and one that failed.
  await upgrade({ ...options, to: "aaaa" })
  await connection.run("insert into users values (1), (1)")
  await project.write({
    "migrations/b.sql": revision("bbbb", "aaaa", "create unique index concurrently users_id on users (id);"),
  })
  await expect(upgrade(options)).rejects.toMatchObject({ code: "statement-failed" })
  await connection.run("truncate users; update lockstep.step set state = 'started'")
  await upgrade(options)

  await project.write({ "migrations/a.sql": revision("aaaa", "", "create table users (id bigint);") })
  await stamp({ ...options, acceptChecksum: ["aaaa"], because: "the same" })
  await markEnvironment({ url: db.url, name: "dev" })
  expect(await connection.query("select is_called from public.sprung")).toEqual([{ is_called: false }])
})
