import { expect, test } from "vitest"
import { colors } from "./colors.ts"
import { displayWidth, printTable } from "./table.ts"

test("columns line up, and lines end without spaces", () => {
  expect(
    printTable([
      ["applied", "4f2a9c1b7d3e", "add phone"],
      ["pending", "9e8c", ""],
    ]),
  ).toBe("applied  4f2a9c1b7d3e  add phone\npending  9e8c")
})

test("colours and wide characters do not shift columns", () => {
  const paint = colors(true)
  expect(displayWidth(paint.green("ok"))).toBe(2)
  expect(displayWidth("表é")).toBe(3)
  const [first, second] = printTable([
    [paint.green("表"), "x"],
    ["ab", "x"],
  ]).split("\n")
  expect(first?.endsWith("  x")).toBe(true)
  expect(second).toBe("ab  x")
})
