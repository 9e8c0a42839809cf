import { expect, test } from "vitest"
import type { Diagnostic, Severity } from "../diagnostic.ts"
import { printAnnotations } from "./github.ts"

function several(severity: Severity, number: number): Diagnostic[] {
  return Array.from({ length: number }, (_, index) => ({
    code: "statement-failed",
    severity,
    message: `${severity} ${index + 1}`,
  }))
}

test("the worst come first, ten of a kind, and the others are lines that GitHub takes for no command", () => {
  const text = printAnnotations([...several("note", 2), ...several("warning", 12), ...several("error", 11)])
  const lines = text.split("\n")
  const commands = lines.filter((line) => line.startsWith("::"))
  expect(commands.map((line) => /^::(\w+)/.exec(line)?.[1])).toEqual([
    ...Array(10).fill("error"),
    ...Array(10).fill("warning"),
    ...Array(2).fill("notice"),
  ])
  expect(lines.slice(commands.length)).toEqual([
    "3 more, of which GitHub would show nothing beside the lines:",
    "  error: error 11 [statement-failed]",
    "  warning: warning 11 [statement-failed]",
    "  warning: warning 12 [statement-failed]",
  ])
})

test("what would end a command or a property is escaped", () => {
  const diagnostic: Diagnostic = {
    code: "statement-failed",
    severity: "error",
    message: "100% wrong\nin two lines",
    location: { file: "migrations/a,b:c.sql", line: 3, column: 7 },
  }
  expect(printAnnotations([diagnostic])).toBe(
    "::error file=migrations/a%2Cb%3Ac.sql,line=3,col=7,title=statement-failed::100%25 wrong%0Ain two lines",
  )
})
