import fc from "fast-check"
import { loadModule, parseSync } from "libpg-query"
import { beforeAll, describe, expect, test } from "vitest"
import { ToolError } from "../diagnostic.ts"
import { meaning } from "./meaning.ts"
import { anyScript } from "./random-script.ts"
import { splitStatements } from "./statements.ts"

const file = "migrations/1_x.sql"

function split(text: string): string[] {
  return splitStatements({ text, file, line: 1 }).map(({ sql }) => sql)
}

function errorOf(text: string, line = 1): ToolError {
  try {
    splitStatements({ text, file, line })
  } catch (error) {
    if (error instanceof ToolError) return error
    throw error
  }
  throw new Error("nothing was thrown")
}

describe("splits", () => {
  test.each<[what: string, text: string, ...statements: string[]]>([
    ["nothing", ""],
    ["comments only", "-- a\n/* b */\n"],
    ["empty statements away", ";; select 1;; ;select 2;", "select 1", "select 2"],
    ["the last statement without a semicolon", "select 1; select 2", "select 1", "select 2"],
    ["comments off the ends, not out of the middle", "-- a\nselect -- b\n 1 -- c\n; -- d", "select -- b\n 1"],
    [
      "semicolons inside quotes",
      `select ';', ";", $$;$$, E'\\';'; x`,
      `select ';', ";", $$;$$, E'\\';'`,
      "x",
    ],
    ["semicolons inside comments", "select /* ; /* ; */ ; */ 1 -- ;\n; x", "select /* ; /* ; */ ; */ 1", "x"],
    ["a dollar quote that holds other tags", "do $a$ $b$; $$; $a$; x", "do $a$ $b$; $$; $a$", "x"],
    ["identifiers with dollar signs", "select a$b$; select c$b$; x", "select a$b$", "select c$b$", "x"],
    [
      "a rule with several commands",
      "create rule r as on insert to t do (a; b); x",
      "create rule r as on insert to t do (a; b)",
      "x",
    ],
    ["Windows line ends, kept inside", "select 1,\r\n 2;\r\nx\r\n", "select 1,\r\n 2", "x"],
    ["behind a byte-order mark", "\uFEFFselect 1; x", "select 1", "x"],
    [
      "lines that begin with a backslash inside quotes",
      "select '\n\\connect x\n', $$\n\\. $$; x",
      "select '\n\\connect x\n', $$\n\\. $$",
      "x",
    ],
    ["a closing parenthesis too many", "select 1); x", "select 1)", "x"],
  ])("%s", (_what, text, ...statements) => {
    expect(split(text)).toEqual(statements)
  })

  test.each([
    "create function f() returns int begin atomic select 1; select 2; end",
    "CREATE OR REPLACE PROCEDURE p() LANGUAGE sql BEGIN /* ; */ ATOMIC delete from t; END",
    "create function f() returns int begin atomic select case when a then case b when 1 then 2 end end; end",
    "create function f() returns int begin atomic select (case when a then 1 end); select x.end, x.case; end",
    "create function f() returns int begin atomic select 1 as end; select 2 as case; end",
    `create function f() returns int begin atomic select "end"; select 'end;'; end`,
    "create function f() returns int begin atomic end",
    "create function f() returns int language sql return case when a then 1 end",
    "create function begin(atomic int) returns int language sql return 1",
    "create procedure p() language plpgsql as $$ begin commit; end $$",
  ])("not inside %s", (statement) => {
    expect(split(`${statement}; x; ${statement}`)).toEqual([statement, "x", statement])
  })

  test.each(["begin; atomic; end", "select case when a then 1; end", "create table begin (atomic int); end"])(
    "%s at each semicolon",
    (text) => {
      expect(split(text)).toEqual(text.split("; "))
    },
  )
})

describe("rows of COPY", () => {
  const copied = (text: string) =>
    splitStatements({ text, file, line: 1 }).map(({ sql, copy }) => [sql, copy])

  test.each([
    [
      "are no SQL",
      "copy t (a, b) from stdin;\n1\t';\n-- \\N\t$$\n\\.\nx",
      "copy t (a, b) from stdin",
      "1\t';\n-- \\N\t$$\n",
    ],
    [
      "may be none",
      "COPY t FROM STDIN WITH (format csv) ;\n\\.\nx",
      "COPY t FROM STDIN WITH (format csv)",
      "",
    ],
    ["keep their line ends", "copy t from stdin;\r\n1\r\n\\.\r\nx", "copy t from stdin", "1\r\n"],
    [
      "begin below a comment on the statement's line",
      "copy t from stdin; -- rows\n1\n\\.\nx",
      "copy t from stdin",
      "1\n",
    ],
    [
      "may hold the end mark inside a line",
      "copy t from stdin;\na\\.\n\\.b\n\\.\nx",
      "copy t from stdin",
      "a\\.\n\\.b\n",
    ],
  ])("%s", (_what, text, sql, copy) => {
    expect(copied(text)).toEqual([
      [sql, copy],
      ["x", undefined],
    ])
  })

  test("may end the file", () => {
    expect(copied("copy t from stdin;\n1\n\\.")).toEqual([["copy t from stdin", "1\n"]])
  })

  test.each([
    "copy t from 'file'; x",
    "copy (select a from stdin) to 'file'; x",
    "copy stdin from 'f'; x",
    `copy t from "stdin"; x`,
  ])("do not follow %s", (text) => {
    expect(split(text)).toEqual(text.split("; "))
  })

  test.each([
    "copy t from stdin;\n1\n2\n",
    "copy t from stdin",
    "copy t from stdin; select 1;\n1\n\\.\n",
    "select 1;\n copy t from stdin;",
  ])("that do not end are refused: %j", (text) => {
    expect(errorOf(text).code).toBe("unterminated-copy")
  })
})

describe("knows the place", () => {
  test("by line and column, in characters", () => {
    const text = "\uFEFF-- ü\r\n  select 1; /* 😀 */ select\n2;\n\ncopy t from stdin;\n1\n\\.\nselect 3"
    const places = splitStatements({ text, file, line: 10 }).map(({ sql, line, column }) => [
      sql,
      line,
      column,
    ])
    expect(places).toEqual([
      ["select 1", 11, 3],
      ["select\n2", 11, 21],
      ["copy t from stdin", 14, 1],
      ["select 3", 17, 1],
    ])
  })
})

describe("refuses", () => {
  test.each([
    ["select 1;\nselect 'it's';", "unterminated-quote", 2, "'"],
    [`create table "a (b int);`, "unterminated-quote", 1, '"'],
    ["select 1;\n\ndo $body$ begin $$ end;", "unterminated-quote", 3, "$body$"],
    ["select e'a\\';", "unterminated-quote", 1, "e'"],
    ["select 1;\n/* a /* b */", "unterminated-comment", 2, "comment"],
  ])("%j, what does not end", (text, code, line, opening) => {
    const error = errorOf(text)
    expect(error.code).toBe(code)
    expect(error.facts.location).toMatchObject({ file, line, text: text.split("\n")[line - 1] })
    expect(error.message).toContain(opening)
  })

  test("with the file's line where the text begins further down", () => {
    expect(errorOf("\nselect '", 20).facts.location?.line).toBe(21)
  })

  test.each([
    ["\\connect app\nselect 1", "\\connect", 1, /one database/],
    ["select 1;\n  \\i other.sql\r\n", "\\i", 2, /paste/],
    ["\\set tenant 'a'", "\\set", 1, /variable/],
    ["select 'create table x()' \\gexec", "\\gexec", 1, /DO block/],
    ["select 1 \\g", "\\g", 1, /semicolon/],
    ["\\copy t from 'a.csv'", "\\copy", 1, /COPY/],
    ["select 1;\n\\.\n", "\\.", 2, /rows/],
    ["\\restricted", "\\restricted", 1, /psql/],
    ["select 1 \\restrict a", "\\restrict", 1, /psql/],
    ["\\", "\\", 1, /psql/],
  ])("%j, a command of psql", (text, command, line, hint) => {
    const error = errorOf(text)
    expect(error.code).toBe("psql-meta-command")
    expect(error.facts.subject).toBe(command)
    expect(error.facts.location?.line).toBe(line)
    expect(error.facts.hint).toMatch(hint)
  })
})

test("skips what pg_dump writes around its output", () => {
  expect(split("-- dump\n\\restrict 8fO2\nselect 1;\r\n\\unrestrict 8fO2\r\n")).toEqual(["select 1"])
})

test("the time is linear, however a text is made", () => {
  const size = 1_000_000
  const texts = [
    "select 1;".repeat(size / 9),
    `select '${"''".repeat(size / 2)}'`,
    `${"(".repeat(size)};`,
    "/*".repeat(size / 4) + "*/".repeat(size / 4),
    "$a$ $b$ ".repeat(size / 8),
    `copy t from stdin;\n${"\\.x\n".repeat(size / 4)}\\.\n`,
    `E'${"\\\\".repeat(size / 2)}'`,
    "'a'\n".repeat(size / 4),
    "a -- b\r\n".repeat(size / 8),
    "-".repeat(size),
    "+-".repeat(size / 2),
  ]
  for (const text of texts) {
    try {
      split(text)
    } catch (error) {
      expect(error).toBeInstanceOf(ToolError)
    }
  }
  // Linear time is one second, quadratic time would be hours, and the test has half a minute.
})

describe("any script", () => {
  beforeAll(loadModule)

  test("gives back the statements that it was made of, each at its place", () => {
    fc.assert(
      fc.property(anyScript, ({ text, statements }) => {
        const found = splitStatements({ text, file, line: 1 })
        expect(found.map(({ sql }) => sql)).toEqual(statements)
        const lines = text.split("\n")
        for (const { sql, line, column } of found) {
          const rest = [...(lines[line - 1] ?? "")].slice(column - 1).join("")
          expect([rest, ...lines.slice(line)].join("\n").startsWith(sql)).toBe(true)
        }
      }),
      { numRuns: 300 },
    )
  })

  test("is split where PostgreSQL's parser splits it", () => {
    fc.assert(
      fc.property(anyScript, ({ text }) => {
        const bytes = Buffer.from(text)
        const theirs = (parseSync(text).stmts ?? []).map(({ stmt_location: at = 0, stmt_len: length }) =>
          bytes.subarray(at, length === undefined ? undefined : at + length).toString(),
        )
        expect(split(text).map(meaning)).toEqual(theirs.map(meaning))
      }),
      { numRuns: 300 },
    )
  })
})
