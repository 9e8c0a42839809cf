import { ToolError } from "../diagnostic.ts"
import { didYouMean, nearest } from "../did-you-mean.ts"
import { type HeaderLine, headerBlocks, type Language } from "./header-lines.ts"
import { phases, type Revision } from "./revision.ts"

/** What a header says. Absent means that it does not say. */
export interface Header
  extends Partial<Pick<Revision, "phase" | "transaction" | "lockTimeoutMs" | "statementTimeoutMs">> {
  /** The id; only files of Lockstep's own format have it. */
  readonly revision?: string
  readonly parents: readonly string[]
  readonly labels: readonly string[]
  readonly dependsOn: readonly string[]
  readonly title?: string
  readonly version?: string
  readonly author?: string
  readonly created?: string
  readonly why?: string
  readonly accepts: readonly { readonly rule: string; readonly because: string }[]
  /** Why it cannot be undone; in SQL this is a section mark instead. */
  readonly noRollback?: string
}

interface Key {
  /** May be given several times. */
  readonly many?: true
  /** May be used in files of other tools too. */
  readonly foreign?: true
  /** What a value looks like, for the message. */
  readonly expected: string
  readonly valid: (value: string) => boolean
}

const id = /^[^\s@:,+;'"]+$/
const noRollback = /^none\s+because\s+(\S.*)$/
const rule = /^([a-z][a-z0-9-]*)\s+because\s+(\S.*)$/
const semanticVersion = /^v?\d+(\.\d+){1,2}(-[0-9A-Za-z.-]+)?(\+[0-9A-Za-z.-]+)?$/
const duration = /^(\d+(?:\.\d+)?)\s*(us|ms|s|min|h|d)?$/

const ids = (value: string) => words(value).every((word) => id.test(word))
const text = { expected: "some text", valid: (value: string) => value !== "" }
const time = {
  expected: "a duration such as 2s, 500ms or 5min; a plain number is milliseconds",
  valid: (value: string) => duration.test(value),
}

const keys: Readonly<Record<string, Key>> = {
  revision: { expected: "an id without blanks or any of @ : , + ;", valid: (value) => id.test(value) },
  parent: { many: true, expected: "ids of revisions, with commas between", valid: ids },
  branch: {
    many: true,
    expected: "branch labels, with commas between",
    valid: (value) => value !== "" && ids(value),
  },
  "depends-on": {
    many: true,
    expected: "ids of revisions, with commas between",
    valid: (value) => value !== "" && ids(value),
  },
  phase: {
    foreign: true,
    expected: phases.join(", "),
    valid: (value) => phases.some((phase) => phase === value),
  },
  transaction: {
    foreign: true,
    expected: "auto or none",
    valid: (value) => value === "auto" || value === "none",
  },
  "lock-timeout": { foreign: true, ...time },
  "statement-timeout": { foreign: true, ...time },
  version: { expected: "a version such as 1.4.0", valid: (value) => semanticVersion.test(value) },
  author: text,
  created: text,
  title: text,
  why: { foreign: true, ...text },
  // What a person answered when the revision was generated; kept for the reviewer.
  rename: {
    many: true,
    expected: "<old>=<new>, for example public.users.name=full_name",
    valid: (value) => /^\S.*=.*\S$/.test(value),
  },
  drop: { many: true, ...text },
  // What a squashed revision does the work of; their files are in the archive.
  replaces: { many: true, expected: "ids of revisions, with commas between", valid: ids },
  accept: {
    many: true,
    foreign: true,
    expected: "<rule> because <reason>",
    valid: (value) => rule.test(value),
  },
  rollback: { expected: "none because <reason>", valid: (value) => noRollback.test(value) },
}

/** The keys that a header may have, in the order in which new files have them. */
export const headerKeys: readonly string[] = Object.keys(keys)

/**
 * Reads the header of a revision file: the `-- key: value` lines (`// key: value` in TypeScript) of the comment at
 * its top. Nothing is run.
 *
 * In a file with a `revision` line every key must be known. In files of other tools a line counts where its key is
 * one that says how to run and its value fits; all else is prose.
 *
 * @throws ToolError `unknown-header-key`, `invalid-header`
 */
export function parseHeader(source: string, file: string, language: Language): Header {
  const blocks = headerBlocks(source, language).map((block) => block.map(withKnownKey))
  const own = blocks.find((block) => block.some(({ key }) => key === "revision"))
  const lines = blocks.flatMap((block) => {
    return own === undefined ? foreignLines(block, file) : ownLines(block, block === own, file)
  })
  return factsOf(lines, file)
}

/** `Parent:` is taken for `parent:`, `Note:` stays prose. */
function withKnownKey(line: HeaderLine): HeaderLine {
  const key = line.key.toLowerCase()
  return key !== line.key && Object.hasOwn(keys, key) ? { ...line, key } : line
}

function ownLines(block: readonly HeaderLine[], isHeader: boolean, file: string): HeaderLine[] {
  return block.filter((line) => {
    if (Object.hasOwn(keys, line.key)) return true
    const isPlain = /^[a-z][a-z-]*$/.test(line.key)
    // Behind an empty line stands prose, unless it looks like a slip.
    const isSlip = nearest(line.key, headerKeys) !== undefined
    if (isHeader ? !isPlain && !isSlip : !isSlip) return false
    throw new ToolError("unknown-header-key", `${line.key} is not a key of the header`, {
      hint: didYouMean(line.key, headerKeys) ?? "put an empty line between the header and other comments",
      location: { file, line: line.line, text: `-- ${line.key}: ${line.value}` },
      subject: line.key,
      details: [`known keys: ${headerKeys.join(", ")}`],
    })
  })
}

function foreignLines(block: readonly HeaderLine[], file: string): HeaderLine[] {
  const parent = block.find(({ key }) => key === "parent")
  if (parent !== undefined && block.some(({ key }) => key !== "parent" && Object.hasOwn(keys, key))) {
    throw invalid(file, parent, "the header has a parent line but no revision line", "-- revision: <id>")
  }
  return block.filter(({ key, value }) => {
    const known = Object.hasOwn(keys, key) ? keys[key] : undefined
    return known?.foreign === true && (known.valid(value) || key.endsWith("-timeout"))
  })
}

function factsOf(lines: readonly HeaderLine[], file: string): Header {
  const byKey = new Map<string, string[]>()
  for (const line of lines) {
    const { key, value } = line
    const known = keys[key] as Key
    const earlier = byKey.get(key)
    if (!known.valid(value)) {
      throw invalid(file, line, `"${value}" is not a value for ${key}`, `expected ${known.expected}`)
    }
    if (earlier !== undefined && known.many !== true) {
      throw invalid(file, line, `${key} is given twice`, "remove one of the two lines")
    }
    byKey.set(key, [...(earlier ?? []), value])
  }
  const one = (key: string) => byKey.get(key)?.[0]
  const list = (key: string) => {
    const values = byKey.get(key)
    return values === undefined ? none : [...new Set(values.flatMap(words))]
  }
  // What every header has comes first: V8 gives each object its own hidden class that gets a property behind a spread.
  return {
    parents: list("parent"),
    labels: list("branch"),
    dependsOn: list("depends-on"),
    accepts: (byKey.get("accept") ?? []).map((value) => {
      const [, name = "", because = ""] = rule.exec(value) ?? []
      return { rule: name, because }
    }),
    ...given("revision", one("revision")),
    ...given("phase", one("phase") as Revision["phase"]),
    ...given("transaction", one("transaction") as Revision["transaction"] | undefined),
    ...given("lockTimeoutMs", milliseconds(one("lock-timeout"))),
    ...given("statementTimeoutMs", milliseconds(one("statement-timeout"))),
    ...given("title", one("title")),
    ...given("version", one("version")),
    ...given("author", one("author")),
    ...given("created", one("created")),
    ...given("why", one("why")),
    ...given("noRollback", noRollback.exec(one("rollback") ?? "")?.[1]),
  }
}

const none: readonly string[] = []

/** The property, or nothing where it has no value. */
function given<const Name extends keyof Header>(
  name: Name,
  value: Header[Name] | undefined,
): { readonly [Key in Name]?: NonNullable<Header[Name]> } | undefined {
  return value === undefined ? undefined : ({ [name]: value } as { [Key in Name]: NonNullable<Header[Name]> })
}

function invalid(file: string, { key, value, line }: HeaderLine, message: string, hint: string): ToolError {
  return new ToolError("invalid-header", message, {
    hint,
    location: { file, line, text: `-- ${key}: ${value}` },
    subject: key,
  })
}

function words(value: string): string[] {
  return value.split(/[\s,]+/).filter((word) => word !== "")
}

const unitsMs: Readonly<Record<string, number>> = {
  us: 0.001,
  ms: 1,
  s: 1000,
  min: 60_000,
  h: 3_600_000,
  d: 86_400_000,
}

/** As PostgreSQL reads its own time settings: without a unit it is milliseconds. */
function milliseconds(value: string | undefined): number | undefined {
  const [, amount, unit = "ms"] = duration.exec(value ?? "") ?? []
  return amount === undefined ? undefined : Math.round(Number(amount) * (unitsMs[unit] ?? 1))
}
