import { inspect } from "node:util"
import { ToolError } from "../diagnostic.ts"
import { nearest } from "../did-you-mean.ts"
import type { ProjectOptions, RunOptions, TargetOptions } from "./options.ts"

/** What an option must be. A list: one of these texts. */
type Kind = keyof typeof kinds | readonly string[]

/** The kind of every option of a function. The compiler asks for an entry when the interface gets one more. */
export type OptionKinds<Options> = { readonly [Name in keyof Required<Options>]: Kind }

const kinds = {
  text: { expected: "a text", holds: (value: unknown) => typeof value === "string" },
  texts: {
    expected: "a text or a list of texts",
    holds: (value: unknown) => isText(value) || isTexts(value),
  },
  list: { expected: "a list of texts", holds: isTexts },
  flag: { expected: "true or false", holds: (value: unknown) => typeof value === "boolean" },
  milliseconds: {
    expected: "a number of milliseconds from 0",
    holds: (value: unknown) => Number.isFinite(value) && (value as number) >= 0,
  },
  count: {
    expected: "a whole number from 1",
    holds: (value: unknown) => Number.isInteger(value) && (value as number) >= 1,
  },
  function: { expected: "a function", holds: (value: unknown) => typeof value === "function" },
  signal: {
    expected: "an AbortSignal",
    holds: (value: unknown) => isObject(value) && "aborted" in value && "addEventListener" in value,
  },
  date: {
    expected: "a Date",
    holds: (value: unknown) => value instanceof Date && !Number.isNaN(value.getTime()),
  },
  object: { expected: "an object", holds: (value: unknown) => isObject(value) && !Array.isArray(value) },
  sources: {
    expected: "a list of paths, or of objects that name a source",
    holds: (value: unknown) => Array.isArray(value) && value.every((each) => isText(each) || isObject(each)),
  },
  objects: {
    expected: "a list of objects",
    holds: (value: unknown) => Array.isArray(value) && value.every(isObject),
  },
  variables: {
    expected: "an object of texts",
    holds: (value: unknown) => isObject(value) && Object.values(value).every(isText),
  },
  environment: {
    expected: "an object of texts",
    holds: (value: unknown) =>
      isObject(value) && Object.values(value).every((each) => each === undefined || isText(each)),
  },
  "path-or-false": {
    expected: "a path or false",
    holds: (value: unknown) => isText(value) || value === false,
  },
}

function isText(value: unknown): value is string {
  return typeof value === "string"
}

function isTexts(value: unknown): boolean {
  return Array.isArray(value) && value.every(isText)
}

function isObject(value: unknown): value is object {
  return typeof value === "object" && value !== null
}

export const projectKinds: OptionKinds<ProjectOptions> = {
  root: "text",
  migrations: "texts",
  format: ["auto", "lockstep", "sequence", "flyway", "folders"],
  variables: "variables",
  names: "object",
  cache: "path-or-false",
  include: "list",
  exclude: "list",
  tenants: "object",
  lint: "object",
}

export const targetKinds: OptionKinds<TargetOptions> = {
  url: "text",
  urlOrigin: "text",
  libpqVariables: "environment",
  password: "function",
  auth: "object",
  packagesFrom: "text",
  connect: "function",
  connectTimeoutMs: "milliseconds",
  historySchema: "text",
  environment: "text",
  protected: "flag",
  pooled: "flag",
  applicationRoles: "list",
  owner: "object",
}

export const runKinds: OptionKinds<RunOptions> = {
  lockTimeoutMs: "milliseconds",
  statementTimeoutMs: "milliseconds",
  idleInTransactionTimeoutMs: "milliseconds",
  lockAttempts: "count",
  retryDelayMs: "milliseconds",
  retryMaxDelayMs: "milliseconds",
  runnerWaitMs: "milliseconds",
  deadlineMs: "milliseconds",
  signal: "signal",
  onEvent: "function",
  actor: "object",
}

/** Options that several functions share may be given to each of them. */
const shared: ReadonlySet<string> = new Set(Object.keys({ ...projectKinds, ...targetKinds, ...runKinds }))

/**
 * Refuses options that the types do not allow, for callers that no compiler has checked. A misspelt name is an error:
 * `dryRun` that nobody listens to would turn a question into a change.
 *
 * @param required names of the options that must be there
 * @throws ToolError `invalid-option`, with all that is wrong
 */
export function checkOptions<Options extends object>(
  options: Options,
  own: OptionKinds<Options>,
  required: readonly (keyof Options & string)[] = [],
): void {
  if (!kinds.object.holds(options)) throw invalid(["the options must be an object"])
  const problems = [
    ...Object.entries(options).flatMap(([name, value]) => problemWith(name, value, own, options)),
    ...required
      .filter((name) => options[name] === undefined)
      .map((name) => `${name} is missing: ${expected(own[name])}`),
  ]
  if (problems.length > 0) throw invalid(problems)
}

function problemWith(
  name: string,
  value: unknown,
  own: Readonly<Record<string, Kind>>,
  all: object,
): string[] {
  // An address that comes to nothing would otherwise mean the local server.
  if (name === "url" && !value && !("connect" in all)) return [unsetUrl(value)]
  if (value === undefined) return []
  const kind = Object.hasOwn(own, name) ? own[name] : undefined
  if (kind === undefined) return shared.has(name) ? [] : [unknownName(name, own)]
  return holds(kind, value) ? [] : [`${name} must be ${expected(kind)}, not ${shown(name, value)}`]
}

function unsetUrl(value: unknown): string {
  const what = value === "" ? "empty" : String(value)
  return `url is ${what}: the variable that it is read from is not set. Leave it out to mean libpq's defaults`
}

function unknownName(name: string, own: Readonly<Record<string, Kind>>): string {
  const near = nearest(name, [...Object.keys(own), ...shared])
  return `${name} is not an option${near === undefined ? "" : `; did you mean ${near}?`}`
}

function holds(kind: Kind, value: unknown): boolean {
  return typeof kind === "string" ? kinds[kind].holds(value) : kind.includes(value as string)
}

function expected(kind: Kind): string {
  return typeof kind === "string" ? kinds[kind].expected : kind.map((each) => `"${each}"`).join(", ")
}

const mayBeSecret: ReadonlySet<string> = new Set(["url", "password", "libpqVariables", "variables"])

/** A password that stands in the wrong place must not be printed. */
function shown(name: string, value: unknown): string {
  if (mayBeSecret.has(name)) return `a value of type ${typeof value}`
  return inspect(value, { depth: 0, breakLength: Number.POSITIVE_INFINITY }).slice(0, 80)
}

function invalid(problems: readonly string[]): ToolError {
  const [first = "", ...others] = problems
  return new ToolError("invalid-option", first, { details: others })
}
