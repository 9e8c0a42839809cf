import { describe, expect } from "vitest"
import { type Connection, ServerError } from "../../src/db/connection.ts"
import { type ClassifyOptions, classify } from "../../src/sql/classify.ts"
import { splitStatements } from "../../src/sql/statements.ts"
import { eachMajor } from "../database.ts"

/** The SQLSTATE that the server answers to a script inside a transaction, and its message; nothing stays. */
async function answerInTransaction(
  connection: Connection,
  text: string,
): Promise<[state: string, message: string]> {
  try {
    await connection.run("begin")
    for (const { sql } of splitStatements({ text, file: "a.sql", line: 1 })) await connection.run(sql)
    return ["00000", ""]
  } catch (error) {
    if (error instanceof ServerError) return [error.sqlState, error.message]
    throw error
  } finally {
    await connection.run("rollback")
  }
}

async function modeOf(
  text: string,
  options?: ClassifyOptions,
): Promise<{ mode: string; because: string | undefined }> {
  const { mode, steps } = await classify(splitStatements({ text, file: "a.sql", line: 1 }), options)
  return { mode, because: steps.find(({ because }) => because !== undefined)?.because }
}

describe("the server agrees about statements inside a transaction", () => {
  const schema = `
    create table t (id int primary key, c text);
    create index ti on t (c);
    create table p (id int) partition by range (id);
    create table p1 partition of p for values from (0) to (10);
    create materialized view mv as select 1 as a;
    create unique index on mv (a);
    create publication pub for table t;
    create subscription sub connection 'dbname=nowhere' publication pub with (connect = false)`

  const refused = [
    "create index concurrently on t (c)",
    "create index concurrently if not exists ti on t (c)",
    "drop index concurrently ti",
    "drop index concurrently if exists missing",
    "reindex index concurrently ti",
    "reindex (concurrently) table t",
    "reindex schema public",
    "reindex system concurrently postgres",
    "vacuum",
    "vacuum (analyze) t",
    "cluster",
    "alter system set work_mem = '1MB'",
    "alter system reset all",
    "create database x",
    "drop database if exists x",
    "alter database postgres set tablespace pg_default",
    "create tablespace x location '/x'",
    "drop tablespace if exists x",
    "alter table p detach partition p1 concurrently",
    "discard all",
    "create subscription s connection 'dbname=x' publication pub",
    "create subscription s connection 'dbname=x' publication pub with (create_slot)",
    "drop subscription sub",
    "commit prepared 'x'",
    "rollback prepared 'x'",
  ]

  const accepted = [
    "create index on t (c)",
    "reindex index ti",
    "reindex (concurrently off) table t",
    "analyze t",
    "cluster t using ti",
    "alter database postgres connection limit 9",
    "alter table p detach partition p1",
    "refresh materialized view concurrently mv",
    "checkpoint",
    "discard temp",
    "create subscription s connection 'dbname=x' publication pub with (connect = false)",
    "create subscription s connection 'dbname=x' publication pub with (create_slot = off, connect = 'False')",
    "alter subscription sub set publication pub with (refresh = 0)",
    "alter subscription sub disable",
    "alter subscription sub set (slot_name = none); drop subscription sub",
    "savepoint a; release a",
  ]

  eachMajor("or refuses them in the same words", async (db) => {
    const connection = await db.connect()
    await connection.run(schema)
    // A database with a subscription cannot be dropped, whatever a test finds.
    await using _ = {
      [Symbol.asyncDispose]: async () => {
        await connection.run("alter subscription sub set (slot_name = none); drop subscription sub")
      },
    }
    for (const text of refused) {
      const { mode, because } = await modeOf(text)
      expect([text, mode, "25001", because]).toEqual([
        text,
        "steps",
        ...(await answerInTransaction(connection, text)),
      ])
    }
    for (const text of accepted) {
      expect([text, (await modeOf(text)).mode]).toEqual([text, "transaction"])
      expect([text, ...(await answerInTransaction(connection, text))]).toEqual([text, "00000", ""])
    }
    if (db.major >= 18) {
      for (const option of ["failover", "two_phase = false"]) {
        const text = `alter subscription sub set (${option})`
        const { because } = await modeOf(text)
        expect(["25001", because]).toEqual(await answerInTransaction(connection, text))
      }
    }
  })
})

describe("the server agrees about new enum values", () => {
  const uses = [
    "update m set x = 'ok'",
    "alter table m alter x set default 'ok'",
    "create view v as select * from m where x = 'ok'",
    "create function g() returns mood language sql as $$ select 'ok'::mood $$",
    "create function g() returns mood begin atomic select 'ok'::mood; end",
    "do $$ begin execute 'update m set x = ''ok'''; end $$",
    "select '{sad,ok}'::mood[]",
  ]
  const others = [
    "comment on type mood is 'ok'",
    "alter type mood add value 'better' after 'ok'",
    "alter type mood rename value 'ok' to 'fine'",
    "create function g() returns mood language plpgsql as $$ begin return 'ok'; end $$",
    "create type other as enum ('ok')",
  ]

  eachMajor("that are used before the commit", async (db) => {
    const connection = await db.connect()
    await connection.run(
      "create type mood as enum ('sad'); create table m (x mood default 'sad'); insert into m default values",
    )
    for (const use of uses) {
      const text = `alter type mood add value 'ok'; ${use}`
      expect([use, (await modeOf(text)).mode]).toEqual([use, "mixed"])
      expect([use, (await answerInTransaction(connection, text))[0]]).toEqual([use, "55P04"])
    }
    for (const other of others) {
      const text = `alter type mood add value 'ok'; ${other}`
      expect([other, (await modeOf(text)).mode]).toEqual([other, "transaction"])
      expect([other, (await answerInTransaction(connection, text))[0]]).toEqual([other, "00000"])
    }
    const own = "create type mine as enum (); alter type mine add value 'ok'; select 'ok'::mine"
    const { mode } = await modeOf(own, { serverVersion: connection.serverVersion })
    const [state] = await answerInTransaction(connection, own)
    expect([mode, state]).toEqual(db.major >= 17 ? ["transaction", "00000"] : ["mixed", "55P04"])
  })
})
