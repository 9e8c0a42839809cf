import { describe, expect } from "vitest"
import { ServerError } from "../../src/db/connection.ts"
import { quoteIdentifier, quoteLiteral } from "../../src/sql/identifier.ts"
import { locate } from "../../src/sql/locate.ts"
import { splitStatements } from "../../src/sql/statements.ts"
import { eachMajor } from "../database.ts"

describe("quoting", () => {
  eachMajor("is that of quote_ident, and more careful only about keywords of later releases", async (db) => {
    const connection = await db.connect()
    const names = ["a", "A", "a b", 'a"b', "a$b", "1", "", "é", "_", "a\\b", "'", "😀"]
    const rows = await connection.query<{ name: string; quoted: string }>(
      `select name, quote_ident(name) as quoted
       from (select word as name from pg_get_keywords() union all select unnest($1::text[])) names`,
      [names],
    )
    for (const { name, quoted } of rows) {
      if (quoteIdentifier(name) !== quoted)
        expect([db.major < 18, `"${name}"`]).toEqual([true, quoteIdentifier(name)])
    }
    expect(rows.length).toBeGreaterThan(400)
  })

  eachMajor("of a literal does not depend on standard_conforming_strings", async (db) => {
    const connection = await db.connect()
    const texts = ["", "it's", "a\\'b", "\\", "\\\\n\n", "$$", "é😀", "';select 1--"]
    for (const setting of ["on", "off"]) {
      await connection.run(`set standard_conforming_strings = ${setting}; set escape_string_warning = off`)
      for (const text of texts) {
        const [row] = await connection.query<{ text: string }>(`select ${quoteLiteral(text)}::text as text`)
        expect(row?.text).toBe(text)
      }
    }
  })
})

describe("the position of an error", () => {
  eachMajor("is the place in the file", async (db) => {
    const connection = await db.connect()
    const text = "\uFEFF-- größe\r\nselect 1;\r\n  select '😀é',\r\n\t'größe 😀', wrong from pg_class;\r\n"
    const [, statement] = splitStatements({ text, file: "a.sql", line: 1 })
    if (statement === undefined) throw new Error("two statements were expected")
    const error = await connection.run(statement.sql).catch((thrown: unknown) => thrown)
    if (!(error instanceof ServerError)) throw error
    const place = locate(statement, error.fields.position ?? 0)
    expect(place.line).toBe(4)
    const line = [...(text.split("\r\n")[3] ?? "")]
    expect(line.slice((place.column ?? 0) - 1).join("")).toBe("wrong from pg_class;")
    expect(place.text).toBe("\t'größe 😀', wrong from pg_class")
  })
})

describe("what is split", () => {
  eachMajor("is what the server runs", async (db) => {
    const connection = await db.connect()
    const script = String.raw`
      create table t (a int, b text);
      create function f() returns setof int language sql begin atomic
        insert into t values (case when true then 1 else (case when false then 2 end) end, 'end;');
        select a from t where b = 'end;';
      end;
      create rule r as on delete to t do also (insert into t values (9, ';'); select 1;);
      copy t from stdin;
      7	it's; \\N
      \.
      do $do$ begin execute $$ insert into t values (3, ';$do') $$; end; $do$;
      select * from f();
      select E'a\'' -- one literal on two lines
        '\';' as text`.replace(/^ {6}/gm, "")
    for (const { sql, copy } of splitStatements({ text: script, file: "a.sql", line: 1 })) {
      if (copy === undefined) await connection.run(sql)
      else await connection.copyIn(sql, copy)
    }
    const rows = await connection.query("select a, b from t order by a")
    expect(rows).toEqual([
      { a: 1, b: "end;" },
      { a: 3, b: ";$do" },
      { a: 7, b: "it's; \\N" },
    ])
  })
})
