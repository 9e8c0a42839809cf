import type { Phase } from "./revision.ts"

/** What a person, or the planner, says about a new revision. */
export interface Authored {
  readonly title: string
  /** Default: `sql`. */
  readonly language?: "sql" | "typescript"
  readonly labels?: readonly string[]
  /** Ids or branch labels. */
  readonly dependsOn?: readonly string[]
  readonly phase?: Phase
  readonly transaction?: "none"
  /** As in the header: `0` for none. */
  readonly statementTimeout?: string
  readonly version?: string
  readonly author?: string
  /** Default: the title. */
  readonly why?: string
  readonly accepts?: readonly { readonly rule: string; readonly because: string }[]
  /** What was answered when it was generated: `public.users.name=full_name`. */
  readonly renames?: readonly string[]
  /** What was said to be meant to go. */
  readonly drops?: readonly string[]
  /** Ids of the revisions that it replaces. */
  readonly replaces?: readonly string[]
  /** What moves forward. Default: a place to write it. */
  readonly up?: string
  readonly verify?: string
  /** Default: a place to write it. */
  readonly rollback?: string
  /** Why it cannot be undone; then `rollback` is not used. */
  readonly noRollback?: string
  /**
   * The text of the file instead of the usual one. `{header}` becomes the header's lines, which otherwise come first;
   * `{id}` `{parents}` `{title}` `{created}` `{author}` what they say. All else is kept.
   */
  readonly template?: string
}

/** What is decided when a revision is written. */
export interface Identity {
  readonly id: string
  readonly parents: readonly string[]
  readonly created: string
}

/** The extension of a new revision's file. */
export function fileExtension({ language = "sql" }: Authored): string {
  return language === "sql" ? ".sql" : ".ts"
}

/** Returns the text of a revision file with a header. */
export function revisionText(authored: Authored, identity: Identity): string {
  const { language = "sql", template } = authored
  const header = headerText(authored, identity)
  if (template !== undefined) return fromTemplate(template, header, authored, identity)
  return `${header}\n${language === "sql" ? sqlBody(authored) : programBody(authored)}`
}

function headerText(authored: Authored, { id, parents, created }: Identity): string {
  const {
    language = "sql",
    labels = [],
    dependsOn = [],
    phase,
    transaction,
    statementTimeout,
    version,
    author,
    accepts = [],
  } = authored
  const lines: [key: string, value: string | undefined][] = [
    ["revision", id],
    ["parent", parents.join(", ")],
    ["branch", labels.join(", ")],
    ["depends-on", dependsOn.join(", ")],
    ["phase", phase],
    ["transaction", transaction],
    ["statement-timeout", statementTimeout],
    ["version", version],
    ["author", author],
    ["created", created],
    ["why", authored.why ?? authored.title],
    ["replaces", (authored.replaces ?? []).join(", ")],
    ...(authored.renames ?? []).map((answer): [string, string] => ["rename", answer]),
    ...(authored.drops ?? []).map((answer): [string, string] => ["drop", answer]),
    ...accepts.map(({ rule, because }): [string, string] => ["accept", `${rule} because ${because}`]),
    [
      "rollback",
      language === "typescript" && authored.noRollback ? `none because ${authored.noRollback}` : "",
    ],
  ]
  return linesOf(lines, language === "sql" ? "--" : "//")
}

/** Line breaks in a value become indented lines, which continue it. */
function linesOf(
  lines: readonly (readonly [key: string, value: string | undefined])[],
  sign: string,
): string {
  return lines
    .filter(([, value]) => value !== undefined && value.trim() !== "")
    .map(([key, value = ""]) => {
      const [first, ...more] = value.split(/\s*[\r\n]+\s*/).filter((line) => line !== "")
      return [`${sign} ${key}: ${first}\n`, ...more.map((line) => `${sign}   ${line}\n`)].join("")
    })
    .join("")
}

function sqlBody(authored: Authored): string {
  const { up, verify, rollback, noRollback } = authored
  const parts = [up === undefined ? "\n" : up === "" ? "" : `${up.trimEnd()}\n`]
  if (verify !== undefined) parts.push(`-- verify\n${verify.trimEnd()}\n`)
  if (noRollback !== undefined) parts.push(`-- rollback: none because ${noRollback}\n`)
  else parts.push(rollback ? `-- rollback\n${rollback.trimEnd()}\n` : "-- rollback\n")
  return parts.filter((part) => part !== "").join("\n")
}

function programBody({ up, rollback, noRollback }: Authored): string {
  const method = (name: string, body: string) => `  async *${name}({ sql }) {\n${indented(body)}  },\n`
  const methods = [method("up", up ?? "yield sql`select 1`")]
  if (noRollback === undefined) methods.push(method("down", rollback ?? ""))
  return `import { defineRevision } from "lockstep"\n\nexport default defineRevision({\n${methods.join("\n")}})\n`
}

function indented(body: string): string {
  const lines = body.trimEnd().split("\n")
  return lines.map((line) => (line.trim() === "" ? "" : `    ${line}\n`)).join("")
}

function fromTemplate(template: string, header: string, authored: Authored, identity: Identity): string {
  const tokens: Readonly<Record<string, string>> = {
    "{header}": header.trimEnd(),
    "{id}": identity.id,
    "{parents}": identity.parents.join(", "),
    "{created}": identity.created,
    "{title}": authored.title,
    "{author}": authored.author ?? "",
  }
  const text = template.replaceAll(
    /\{(?:header|id|parents|created|title|author)\}/g,
    (token) => tokens[token] ?? token,
  )
  return template.includes("{header}") ? text : `${header}\n${text}`
}

/** The marks between which a tool expects the two directions in one file. */
const marks: Readonly<Record<string, readonly [up: string, down: string]>> = {
  dbmate: ["-- migrate:up", "-- migrate:down"],
  goose: ["-- +goose Up", "-- +goose Down"],
  "sql-migrate": ["-- +migrate Up", "-- +migrate Down"],
  "node-pg-migrate": ["-- Up Migration", "-- Down Migration"],
}

/** Returns the texts of a revision in a folder of another tool, laid out as that tool does it. */
export function foreignText(
  authored: Authored,
  format: string,
  paired: boolean,
): { readonly forward: string; readonly backward?: string } {
  const { phase, transaction, accepts = [], why, up = "", verify, rollback = "", noRollback } = authored
  const header = linesOf(
    [
      ["phase", phase],
      ["transaction", transaction],
      ["why", why],
      ...accepts.map(({ rule, because }): [string, string] => ["accept", `${rule} because ${because}`]),
    ],
    "--",
  )
  const front = header === "" ? "" : `${header}\n`
  const checks = verify === undefined ? "" : `\n-- verify\n${verify.trimEnd()}\n`
  const none = noRollback === undefined ? "" : `\n-- rollback: none because ${noRollback}\n`
  const body = up === "" ? "\n" : `${up.trimEnd()}\n`
  const back = rollback === "" ? "" : `${rollback.trimEnd()}\n`
  const [upMark, downMark] = marks[format] ?? []
  if (upMark !== undefined && downMark !== undefined) {
    const down = none === "" ? `\n${downMark}\n${back}` : none
    return { forward: `${front}${upMark}\n${body}${checks}${down}` }
  }
  if (paired) return { forward: `${front}${body}${checks}${none}`, backward: back }
  return { forward: `${front}${body}${checks}${none}${back === "" ? "" : `\n-- rollback\n${back}`}` }
}
