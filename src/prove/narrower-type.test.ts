import { expect, test } from "vitest"
import { refusal } from "./narrower-type.ts"

test.each([
  ["text", "character varying(10)", "22001"],
  ["character varying(50)", "character varying(40)", "22001"],
  ["character varying(40)", "character varying(50)", undefined],
  ["character varying(40)", "text", undefined],
  ["bigint", "integer", "22003"],
  ["integer", "bigint", undefined],
  ["integer", "numeric(8,2)", "22003"],
  ["integer", "numeric(12,2)", undefined],
  ["numeric(10,2)", "numeric(10,4)", "22003"],
  ["numeric(10,2)", "numeric", undefined],
  ["numeric(9,2)", "integer", "22P02"],
  ["numeric(9,2)", "bigint", "22P02"],
  ["double precision", "integer", "22003"],
  ["text", "jsonb", undefined],
  ["timestamp without time zone", "timestamp with time zone", undefined],
] as const)("a column of %s that becomes %s refuses with %s", (from, to, sqlState) => {
  expect(refusal(from, to)).toBe(sqlState)
})
