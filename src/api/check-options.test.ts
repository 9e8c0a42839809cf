import { expect, test } from "vitest"
import type { ToolError } from "../diagnostic.ts"
import { checkOptions, type OptionKinds, projectKinds, runKinds, targetKinds } from "./check-options.ts"
import type { ProjectOptions, RunOptions, TargetOptions } from "./options.ts"

interface Options extends ProjectOptions, TargetOptions, RunOptions {
  readonly to?: string | readonly string[]
}

const kinds: OptionKinds<Options> = { ...projectKinds, ...targetKinds, ...runKinds, to: "texts" }

/** What is wrong with options that a program of JavaScript gives. */
function problems(options: unknown, required: readonly "to"[] = []): readonly string[] {
  try {
    checkOptions(options as Options, kinds, required)
    return []
  } catch (error) {
    const { code, message, facts } = error as ToolError
    expect(code).toBe("invalid-option")
    return [message, ...(facts.details ?? [])]
  }
}

test("what the types allow is allowed", () => {
  const signal = new AbortController().signal
  const onEvent = () => undefined
  expect(problems({})).toEqual([])
  expect(problems({ url: "postgres://db", migrations: ["a", "b"], to: "head", signal, onEvent })).toEqual([])
  expect(problems({ lockTimeoutMs: 0, cache: false, pooled: undefined, variables: { a: "b" } })).toEqual([])
  expect(problems({ libpqVariables: { PGHOST: "db", PGUSER: undefined } })).toEqual([])
})

test.each([
  [null, "the options must be an object"],
  ["postgres://db/shop", "the options must be an object"],
  [{ migrations: 5 }, "migrations must be a text or a list of texts, not 5"],
  [{ to: [1] }, "to must be a text or a list of texts, not [ 1 ]"],
  [{ lockTimeoutMs: "2s" }, "lockTimeoutMs must be a number of milliseconds from 0, not '2s'"],
  [{ deadlineMs: Number.NaN }, "deadlineMs must be a number of milliseconds from 0, not NaN"],
  [{ runnerWaitMs: -1 }, "runnerWaitMs must be a number of milliseconds from 0, not -1"],
  [{ lockAttempts: 0 }, "lockAttempts must be a whole number from 1, not 0"],
  [{ pooled: "false" }, "pooled must be true or false, not 'false'"],
  [{ signal: new AbortController() }, /^signal must be an AbortSignal, not AbortController/],
  [{ onEvent: console }, /^onEvent must be a function, not /],
  [{ format: "rails" }, /^format must be "auto", "lockstep", .*, not 'rails'$/],
  [{ root: null }, "root must be a text, not null"],
  [{ lockTimeoutMs: 2000n }, "lockTimeoutMs must be a number of milliseconds from 0, not 2000n"],
  [{ variables: { schema: 1 } }, "variables must be an object of texts, not a value of type object"],
])("%o: %s", (options, message) => {
  expect(problems(options)).toEqual([typeof message === "string" ? message : expect.stringMatching(message)])
})

test("a misspelt name is found, and all mistakes are told together", () => {
  expect(problems({ dryRun: true, lockTimeout: 5, singleTransactoin: true, pooled: 1 })).toEqual([
    "dryRun is not an option",
    "lockTimeout is not an option; did you mean lockTimeoutMs?",
    "singleTransactoin is not an option",
    "pooled must be true or false, not 1",
  ])
})

test("an address that comes to nothing does not lead to the local server", () => {
  expect(problems({ url: undefined })).toEqual([
    "url is undefined: the variable that it is read from is not set. Leave it out to mean libpq's defaults",
  ])
  expect(problems({ url: "" })).toEqual([
    "url is empty: the variable that it is read from is not set. Leave it out to mean libpq's defaults",
  ])
  expect(problems({ url: undefined, connect: () => undefined })).toEqual([])
})

test("a secret in the wrong place is not shown", () => {
  const [problem] = problems({ password: "hunter2" })
  expect(problem).toBe("password must be a function, not a value of type string")
  expect(problems({ url: new URL("postgres://a:hunter2@b/c") }).join()).not.toContain("hunter2")
  expect(problems({ libpqVariables: { PGPASSWORD: ["hunter2"] } }).join()).not.toContain("hunter2")
})

test("what a function needs must be there", () => {
  expect(problems({}, ["to"])).toEqual(["to is missing: a text or a list of texts"])
})
