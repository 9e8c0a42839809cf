import { expect, test } from "vitest"
import { compareNatural } from "./natural-order.ts"

test.each([
  ["numbers count, not digits", "10_a 2_b 1_c", "1_c 2_b 10_a"],
  ["zeros in front do not count", "010_a 9_b", "9_b 010_a"],
  ["timestamps", "20260102000000_b 20260101235959_a", "20260101235959_a 20260102000000_b"],
  ["equal numbers fall back to the text", "1_a 01_a 001_a", "001_a 01_a 1_a"],
  ["a prefix comes first", "add_users add", "add add_users"],
  ["numbers inside", "v1.10 v1.9 v1.2.3", "v1.2.3 v1.9 v1.10"],
  ["upper case before lower case, on every machine", "b A a B", "A B a b"],
])("%s", (_, given, expected) => {
  expect(given.split(" ").sort(compareNatural).join(" ")).toBe(expected)
})
