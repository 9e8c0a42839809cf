import { expect, test } from "vitest"
import { diagnosticsMarkdown, fenced, inline } from "./markdown.ts"

test("text means itself: no markup, no cell, no mention, no tag", () => {
  expect(inline("a | b\n*c* `d` <img> @ada #1")).toBe("a \\| b \\*c\\* \\`d\\` &lt;img> &#64;ada \\#1")
})

test("a block is closed by nothing inside", () => {
  expect(fenced("select '```';", "sql")).toBe("````sql\nselect '```';\n````")
})

test("a diagnostic keeps its details", () => {
  const diagnostic = {
    code: "multiple-heads",
    severity: "error",
    message: "there are two heads",
    hint: "merge them",
  } as const
  expect(diagnosticsMarkdown([diagnostic])).toBe(
    "❌ **multiple-heads**: there are two heads\n\n```\n  hint: merge them\n```",
  )
})
