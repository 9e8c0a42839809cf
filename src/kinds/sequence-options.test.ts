import { expect, test } from "vitest"
import { type SequenceOptions, unusualOptions } from "./sequence-options.ts"

const usual: SequenceOptions = {
  start: "1",
  increment: "1",
  minimum: "1",
  maximum: "9223372036854775807",
  cache: "1",
  cycle: false,
}
const down = { increment: "-1", start: "-1", minimum: "-9223372036854775808", maximum: "-1" }

test.each([
  ["what the server takes by itself is not said", "bigint", {}, ""],
  ["the bounds are those of the type", "integer", { maximum: "2147483647" }, ""],
  ["others are said", "integer", {}, "maxvalue 9223372036854775807"],
  ["downward it starts at its largest", "bigint", down, "increment by -1"],
  ["a start that is not its bound is said", "bigint", { start: "10" }, "start with 10"],
  ["and so is the rest", "bigint", { cache: "5", cycle: true }, "cache 5 cycle"],
])("%s", (_, type, options, said) => {
  expect(unusualOptions({ ...usual, ...options }, type).join(" ")).toBe(said)
})
