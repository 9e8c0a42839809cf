import { describe, expect, test } from "vitest"
import type { Diagnostic } from "../diagnostic.ts"
import { colors } from "./colors.ts"
import { printDiagnostic } from "./text.ts"

function print(diagnostic: Diagnostic): string {
  return printDiagnostic(diagnostic, colors(false))
}

describe("printDiagnostic", () => {
  test("prints details and the hint below the message", () => {
    expect(
      print({
        code: "multiple-heads",
        severity: "error",
        message: "the revision graph has two heads",
        details: ["3f2a1c  add invoices", "9b07de  split names"],
        hint: 'join them with "lockstep merge 3f2a1c 9b07de"',
      }),
    ).toBe(
      [
        "error: the revision graph has two heads [multiple-heads]",
        "  3f2a1c  add invoices",
        "  9b07de  split names",
        '  hint: join them with "lockstep merge 3f2a1c 9b07de"',
      ].join("\n"),
    )
  })

  test("puts a caret below the column", () => {
    expect(
      print({
        code: "statement-failed",
        severity: "error",
        message: 'relation "user" does not exist',
        sqlState: "42P01",
        location: {
          file: "migrations/1_phone.sql",
          line: 12,
          column: 13,
          text: "alter table user add phone text;",
        },
      }),
    ).toBe(
      [
        'error: relation "user" does not exist [statement-failed, SQLSTATE 42P01]',
        "  --> migrations/1_phone.sql:12:13",
        "  12 | alter table user add phone text;",
        "     |             ^",
      ].join("\n"),
    )
  })

  test("points at the right character behind tabs and emoji", () => {
    const text = "\tselect '🐘', oops"
    const printed = print({
      code: "statement-failed",
      severity: "error",
      message: "m",
      location: { file: "a.sql", line: 1, column: 14, text },
    }).split("\n")
    expect([...(printed[2] ?? "")].indexOf("o")).toBe((printed[3] ?? "").indexOf("^"))
  })

  test("cuts a line of thousands of characters down to the part around the caret", () => {
    const text = `${"x".repeat(5000)}OOPS${"y".repeat(5000)}`
    const printed = print({
      code: "statement-failed",
      severity: "error",
      message: "m",
      location: { file: "a.sql", line: 1, column: 5001, text },
    }).split("\n")
    expect(printed[2]?.length).toBeLessThan(120)
    expect(printed[2]?.indexOf("OOPS")).toBe(printed[3]?.indexOf("^"))
  })

  test("prints a place without text, and a note without anything else", () => {
    expect(print({ code: "c", severity: "note", message: "m", location: { file: "a.sql", line: 3 } })).toBe(
      "note: m [c]\n  --> a.sql:3",
    )
  })
})
