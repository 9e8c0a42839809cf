import { describe, expect, test } from "vitest"
import { ToolError } from "../diagnostic.ts"
import { parseArguments, splitCommand } from "./arguments.ts"
import type { OperandTable, OptionTable } from "./option.ts"

const options = {
  env: { type: "text", short: "e", help: "Environment" },
  json: { type: "flag", help: "JSON" },
  verbose: { type: "flag", short: "v", help: "More" },
  dryRun: { type: "flag", help: "Only show" },
  phase: { type: "choice", choices: ["expand", "contract"], help: "Phase" },
  dependsOn: { type: "list", help: "Dependencies" },
  lockTimeout: { type: "duration", default: 2000, help: "Lock timeout" },
  attempts: { type: "number", minimum: 1, help: "Attempts" },
} satisfies OptionTable
const one = { revision: { help: "The revision" } } satisfies OperandTable

function parse(line: string, operands: OperandTable = one) {
  return parseArguments(line === "" ? [] : line.split(" "), options, operands)
}

function refusal(attempt: () => unknown): string {
  try {
    attempt()
  } catch (error) {
    if (error instanceof ToolError) return `${error.code}: ${error.message}`
    throw error
  }
  return "accepted"
}

describe("parseArguments", () => {
  test("gives absent options their defaults", () => {
    expect(parse("")).toEqual({
      options: {
        env: undefined,
        json: false,
        verbose: false,
        dryRun: false,
        phase: undefined,
        dependsOn: [],
        lockTimeout: 2000,
        attempts: undefined,
      },
      operands: { revision: undefined },
      given: new Set(),
    })
  })

  test("reads every type of option in each of its forms", () => {
    const { options: values, given } = parse(
      "-ve prod --phase=expand --depends-on a --depends-on b --lock-timeout 5min --attempts 3 --dry-run",
    )
    expect(values).toEqual({
      env: "prod",
      json: false,
      verbose: true,
      dryRun: true,
      phase: "expand",
      dependsOn: ["a", "b"],
      lockTimeout: 300_000,
      attempts: 3,
    })
    expect(given.has("json")).toBe(false)
    expect(given.has("lockTimeout")).toBe(true)
  })

  test.each(["-1", "-3:current", "+2", "4f2a9c+1", "billing@head", "a:b"])(
    "takes %s for a revision",
    (word) => {
      expect(parse(`--json ${word} -v`).operands).toEqual({ revision: word })
    },
  )

  test("takes a word with a dash behind -- for an operand", () => {
    expect(parse("-- --json").operands).toEqual({ revision: "--json" })
  })

  test("collects the words that are left", () => {
    expect(parse("a b c", { first: { help: "" }, others: { help: "", many: true } }).operands).toEqual({
      first: "a",
      others: ["b", "c"],
    })
    expect(parse("add phone to users", { title: { help: "", sentence: true } }).operands).toEqual({
      title: "add phone to users",
    })
  })

  test.each([
    ["--dryrun", 'unknown-option: there is no option "--dryrun"'],
    ["-x", 'unknown-option: there is no option "-x"'],
    ["--json=yes", 'invalid-option: option "--json" takes no value'],
    ["--env", 'invalid-option: option "--env" needs a value'],
    ["--env --json", 'invalid-option: option "--env" needs a value'],
    ["--phase later", 'invalid-option: option "--phase" takes "expand" or "contract", not "later"'],
    ["--attempts 0", 'invalid-option: option "--attempts" takes a whole number from 1, not "0"'],
    ["--attempts -1", 'invalid-option: option "--attempts" takes a whole number from 1, not "-1"'],
    ["a b", 'wrong-operands: "b" is one word too many'],
  ])("refuses %s", (line, message) => {
    expect(refusal(() => parse(line))).toBe(message)
  })

  test("refuses a duration without a known unit, and says what it takes", () => {
    expect(refusal(() => parse("--lock-timeout 2parsecs"))).toMatch(
      /takes a duration such as 500ms, .* not "2parsecs"/,
    )
  })

  test("names the operand that is missing", () => {
    const table = { title: { help: "What it does", required: true } } satisfies OperandTable
    expect(refusal(() => parse("", table))).toBe("wrong-operands: <title> is missing: what it does")
  })

  test("suggests the option that was meant", () => {
    expect(() => parse("--dry-rnu")).toThrow(
      expect.objectContaining({ facts: expect.objectContaining({ hint: 'did you mean "--dry-run"?' }) }),
    )
  })
})

describe("splitCommand", () => {
  test("finds the command behind global options and their values", () => {
    expect(splitCommand(["-e", "prod", "--json", "upgrade", "--dry-run", "head"], options)).toEqual({
      name: "upgrade",
      rest: ["-e", "prod", "--json", "--dry-run", "head"],
    })
  })

  test("finds none among options only", () => {
    expect(splitCommand(["--json"], options).name).toBeUndefined()
  })

  test("refuses an option of a command before it, whose value could be taken for the command", () => {
    expect(refusal(() => splitCommand(["--parent", "x", "new"], options))).toBe(
      'unknown-option: there is no option "--parent"',
    )
  })
})
