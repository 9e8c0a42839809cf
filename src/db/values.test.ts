import { describe, expect, test } from "vitest"
import { parameter, parserOf } from "./values.ts"

const textArray = 1009
const bigintArray = 1016
const integerArray = 1007

describe("values from the server", () => {
  test.each([
    ["{}", []],
    ["{a,b}", ["a", "b"]],
    ['{"a,b","c d"}', ["a,b", "c d"]],
    ['{"say \\"hi\\"","back\\\\slash"}', ['say "hi"', "back\\slash"]],
    ['{NULL,"NULL",""}', [null, "NULL", ""]],
    ['{"{}","line\nbreak"}', ["{}", "line\nbreak"]],
    ["[0:1]={a,b}", ["a", "b"]],
  ])("the text array %s", (text, expected) => {
    expect(parserOf(textArray)(text)).toEqual(expected)
  })

  test("bigint stays text, because a number cannot hold it", () => {
    expect(parserOf(20)("9223372036854775807")).toBe("9223372036854775807")
    expect(parserOf(bigintArray)("{9223372036854775807,NULL}")).toEqual(["9223372036854775807", null])
  })

  test("integers are numbers, json is parsed, timestamps stay as printed", () => {
    expect(parserOf(23)("42")).toBe(42)
    expect(parserOf(integerArray)("{1,NULL,3}")).toEqual([1, null, 3])
    expect(parserOf(16)("f")).toBe(false)
    expect(parserOf(3802)('{"a": [1, null]}')).toEqual({ a: [1, null] })
    expect(parserOf(1184)("2026-01-02 03:04:05.678901+00")).toBe("2026-01-02 03:04:05.678901+00")
  })
})

describe("parameters", () => {
  test.each([
    [undefined, null],
    [7n, "7"],
    [true, "true"],
    [new Date(0), "1970-01-01T00:00:00.000Z"],
    [{ a: 1 }, '{"a":1}'],
    [["a", 'b"c', "d\\e", null, "NULL", ""], '{"a","b\\"c","d\\\\e",NULL,"NULL",""}'],
    [
      [
        [1, 2],
        [3, 4],
      ],
      '{{"1","2"},{"3","4"}}',
    ],
  ])("case %#", (value, expected) => {
    expect(parameter(value)).toBe(expected)
  })

  test("bytes stay bytes", () => {
    expect(parameter(new Uint8Array([1, 2]))).toEqual(Buffer.from([1, 2]))
  })
})
