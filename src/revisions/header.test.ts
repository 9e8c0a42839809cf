import fc from "fast-check"
import { describe, expect, test } from "vitest"
import { ToolError } from "../diagnostic.ts"
import { type Authored, revisionText } from "./author.ts"
import { parseHeader } from "./header.ts"

const parse = (text: string) => parseHeader(text, "migrations/x.sql", "sql")

/** The error of a header, in one line. */
function failure(text: string): string {
  try {
    parse(text)
  } catch (error) {
    if (!(error instanceof ToolError)) throw error
    const { location, hint } = error.facts
    return `${error.code} ${location?.file}:${location?.line} ${error.message} (${hint})`
  }
  return "no error"
}

test("every key", () => {
  const header = parse(`-- revision: 4f2a9c1b7d3e
-- parent: 9e8c7aa5b945, 0012_orders
-- parent: third
-- branch: payments
-- depends-on: net
-- phase: expand
-- transaction: none
-- lock-timeout: 2s
-- statement-timeout: 5min
-- version: 1.4.0-rc.1
-- author: Ada Lovelace <ada@example.org>
-- created: 2026-01-02T03:04:05Z
-- title: phone numbers
-- why: the mobile app stores
--   a phone number per user
-- accept: add-column-not-null because the table is empty
-- accept: unsafe-index because nobody writes

alter table users add column phone text;
-- phase: contract
`)
  expect(header).toEqual({
    revision: "4f2a9c1b7d3e",
    parents: ["9e8c7aa5b945", "0012_orders", "third"],
    labels: ["payments"],
    dependsOn: ["net"],
    phase: "expand",
    transaction: "none",
    lockTimeoutMs: 2000,
    statementTimeoutMs: 300_000,
    version: "1.4.0-rc.1",
    author: "Ada Lovelace <ada@example.org>",
    created: "2026-01-02T03:04:05Z",
    title: "phone numbers",
    why: "the mobile app stores a phone number per user",
    accepts: [
      { rule: "add-column-not-null", because: "the table is empty" },
      { rule: "unsafe-index", because: "nobody writes" },
    ],
  })
})

describe("the header", () => {
  test.each([
    ["ends at the first statement", "-- revision: a\nselect 1;\n-- phase: contract"],
    ["ends at a section", "-- revision: a\n-- verify\n-- phase: contract"],
    ["may have a licence in front", "/* copyright\n * phase: contract */\n\n-- revision: a\n"],
    ["may have prose between its lines", "-- revision: a\n-- Adds a table, see below.\n-- Note: prose\n"],
    ["may have links", "-- revision: a\n-- https://example.org/x\n"],
    [
      "does not take prose behind an empty line for keys",
      "-- revision: a\n\n-- note: mind the gap\nselect 1;",
    ],
    ["may have Windows line ends", "-- revision: a\r\n\r\nselect 1;\r\n"],
    ["may say in it that there is no rollback", "-- revision: a\n-- rollback: none because data is gone\n"],
    ["may be written without blanks", "--revision:a\n"],
    ["may have an empty parent line", "-- revision: a\n-- parent:\n"],
  ])("%s", (_, text) => {
    expect(parse(text)).toEqual({ revision: "a", parents: [], labels: [], dependsOn: [], accepts: [] })
  })

  test("goes on behind an empty line for keys that are known", () => {
    expect(parse("-- revision: a\n\n-- phase: contract\n\nselect 1;").phase).toBe("contract")
  })

  test("of TypeScript is its leading comment", () => {
    const text =
      '// revision: a\n// parent: b\n// rollback: none because it is gone\nimport {} from "x"\n// phase: expand'
    expect(parseHeader(text, "x.ts", "typescript")).toMatchObject({
      revision: "a",
      parents: ["b"],
      noRollback: "it is gone",
    })
  })
})

describe("times are read as PostgreSQL reads them", () => {
  test.each([
    ["2s", 2000],
    ["500ms", 500],
    ["5min", 300_000],
    ["1h", 3_600_000],
    ["1.5 s", 1500],
    ["250", 250],
    ["0", 0],
  ])("%s", (written, milliseconds) => {
    expect(parse(`-- revision: a\n-- lock-timeout: ${written}`).lockTimeoutMs).toBe(milliseconds)
  })
})

describe("errors name the file, the line and the mend", () => {
  test.each([
    [
      "-- revision: a\n-- phse: expand",
      'unknown-header-key migrations/x.sql:2 phse is not a key of the header (did you mean "phase"?)',
    ],
    [
      "-- revision: a\n-- lock_timeout: 2s",
      'unknown-header-key migrations/x.sql:2 lock_timeout is not a key of the header (did you mean "lock-timeout"?)',
    ],
    [
      "-- revision: a\n-- ticket: 42",
      "unknown-header-key migrations/x.sql:2 ticket is not a key of the header (put an empty line between the header and other comments)",
    ],
    [
      "-- revision: a\n\n-- prent: b",
      'unknown-header-key migrations/x.sql:3 prent is not a key of the header (did you mean "parent"?)',
    ],
    [
      "-- revision: a\n-- phase: later",
      'invalid-header migrations/x.sql:2 "later" is not a value for phase (expected expand, migrate, contract)',
    ],
    [
      "-- revision: a\n-- phase: expand\n-- phase: contract",
      "invalid-header migrations/x.sql:3 phase is given twice (remove one of the two lines)",
    ],
    [
      "-- revision: two words",
      'invalid-header migrations/x.sql:1 "two words" is not a value for revision (expected an id without blanks or any of @ : , + ;)',
    ],
    [
      "-- revision: a\n-- lock-timeout: soon",
      'invalid-header migrations/x.sql:2 "soon" is not a value for lock-timeout (expected a duration such as 2s, 500ms or 5min; a plain number is milliseconds)',
    ],
    [
      "-- revision: a\n-- accept: some-rule",
      'invalid-header migrations/x.sql:2 "some-rule" is not a value for accept (expected <rule> because <reason>)',
    ],
    [
      "-- revision:",
      'invalid-header migrations/x.sql:1 "" is not a value for revision (expected an id without blanks or any of @ : , + ;)',
    ],
    [
      "-- parent: b\n-- phase: expand\nselect 1;",
      "invalid-header migrations/x.sql:1 the header has a parent line but no revision line (-- revision: <id>)",
    ],
  ])("%s", (text, expected) => {
    expect(failure(text)).toBe(expected)
  })
})

describe("a file of another tool", () => {
  test("may say how it runs", () => {
    expect(parse("-- phase: contract\n-- lock-timeout: 5s\n-- transaction: none\nselect 1;")).toMatchObject({
      phase: "contract",
      lockTimeoutMs: 5000,
      transaction: "none",
    })
  })

  test("keeps its prose, whatever it looks like", () => {
    const prose =
      "-- author: me\n-- version: second\n-- phase: two\n-- transaction: yes\n-- parents: table b\nselect 1;"
    expect(parse(prose)).toEqual({ parents: [], labels: [], dependsOn: [], accepts: [] })
  })

  test("is not guessed at where a timeout is meant", () => {
    expect(failure("-- lock-timeout: 2 sek\nselect 1;")).toContain("invalid-header")
  })
})

test("what is written is read back", () => {
  const word = fc.stringMatching(/^[a-z][a-z0-9_.-]{0,12}$/)
  const line = fc.stringMatching(/^[A-Za-z][A-Za-z ,.'"$:;-]{0,40}[a-z]$/)
  const authored = fc.record(
    {
      title: line,
      labels: fc.uniqueArray(word, { maxLength: 2 }),
      dependsOn: fc.uniqueArray(word, { maxLength: 2 }),
      phase: fc.constantFrom("expand" as const, "migrate" as const, "contract" as const),
      author: line,
      why: fc.array(line, { minLength: 1, maxLength: 3 }).map((lines) => lines.join("\n")),
      accepts: fc.array(fc.record({ rule: fc.stringMatching(/^[a-z][a-z-]{0,10}$/), because: line }), {
        maxLength: 2,
      }),
    },
    { requiredKeys: ["title"] },
  )
  fc.assert(
    fc.property(authored, word, fc.uniqueArray(word, { maxLength: 3 }), (said, id, parents) => {
      const text = revisionText(said as Authored, { id, parents, created: "2026-01-02T03:04:05Z" })
      const { labels = [], dependsOn = [], phase, author, why, accepts = [], title } = said
      expect(parse(text)).toEqual({
        revision: id,
        parents,
        labels,
        dependsOn,
        ...(phase === undefined ? {} : { phase }),
        ...(author === undefined ? {} : { author }),
        created: "2026-01-02T03:04:05Z",
        why: (why ?? title).replaceAll(/\s*\n/g, " "),
        accepts,
      })
    }),
  )
})
