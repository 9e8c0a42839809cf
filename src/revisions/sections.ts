import { ToolError } from "../diagnostic.ts"
import { placeAt } from "../sql/locate.ts"
import { ScriptReader } from "../sql/script-reader.ts"
import { possibleMarks, type SectionMark, sectionMark } from "./section-mark.ts"

/** A stretch of a file, in UTF-16 code units. */
export interface Span {
  readonly start: number
  readonly end: number
}

/** Where the sections of a SQL revision are. */
export interface Sections {
  /** The tool whose up and down marks the file has; absent without any. */
  readonly tool?: Exclude<SectionMark["tool"], "lockstep">
  readonly up: Span
  readonly verify?: Span
  readonly down?: Span
  readonly noRollback?: string
  readonly outsideTransaction: boolean
}

interface FoundMark extends SectionMark {
  readonly start: number
  readonly end: number
}

/**
 * Parts a SQL file by its section marks: `-- verify` and `-- rollback`, and those of other tools. A mark counts only
 * where PostgreSQL sees a comment, so not inside quotes, function bodies or the rows of a COPY.
 *
 * @throws ToolError `invalid-section` for a section that is there twice, for marks of two tools, and for statements
 * in front of the first
 */
export function findSections(text: string, file: string): Sections {
  const marks = findMarks(text)
  if (marks.length === 0) return { up: { start: 0, end: text.length }, outsideTransaction: false }

  const fail = (mark: Span, message: string) => {
    const location = placeAt({ text, file, line: 1 }, mark.start)
    return new ToolError("invalid-section", message, { location, subject: file })
  }
  const refused = marks.find(({ kind }) => kind === "refused")
  if (refused !== undefined) throw fail(refused, refused.reason ?? "this mark is not understood")

  const [foreign, ...others] = marks.filter(({ tool }) => tool !== "lockstep")
  const stranger = others.find(({ tool }) => tool !== foreign?.tool)
  if (foreign !== undefined && stranger !== undefined) {
    throw fail(stranger, `the file has marks of ${foreign.tool} and of ${stranger.tool}`)
  }

  const beginnings = marks.filter(({ kind }) => kind === "up" || kind === "down" || kind === "verify")
  const section = (kind: FoundMark["kind"]): Span | undefined => {
    const [first, second] = beginnings.filter((mark) => mark.kind === kind)
    if (second !== undefined) throw fail(second, "this section is there twice")
    if (first === undefined) return undefined
    const next = beginnings[beginnings.indexOf(first) + 1]
    return { start: first.end, end: next?.start ?? text.length }
  }
  const up = section("up")
  const [first] = beginnings
  if (up !== undefined && first !== undefined && hasStatement(text, first.start)) {
    throw fail(first, "statements stand in front of the first section, where nothing would run them")
  }
  if (up === undefined && foreign?.kind === "down" && foreign.tool !== "node-pg-migrate") {
    throw fail(foreign, `${foreign.tool} wants a section with what moves forward, and the file has none`)
  }
  const verify = section("verify")
  const down = section("down")
  const declared = marks.find(({ kind }) => kind === "no-rollback")
  if (declared !== undefined && down !== undefined) {
    throw fail(declared, "the file says that there is no rollback, and has one")
  }
  return {
    ...(foreign === undefined || foreign.tool === "lockstep" ? {} : { tool: foreign.tool }),
    up: up ?? { start: 0, end: first?.start ?? text.length },
    ...(verify === undefined ? {} : { verify }),
    ...(down === undefined ? {} : { down }),
    ...(declared?.reason === undefined ? {} : { noRollback: declared.reason }),
    outsideTransaction: marks.some((mark) => mark.outsideTransaction || mark.kind === "no-transaction"),
  }
}

function findMarks(text: string): FoundMark[] {
  const found: FoundMark[] = []
  let comments: Comments | undefined
  for (const { index } of text.matchAll(possibleMarks)) {
    const feed = text.indexOf("\n", index)
    const end = feed < 0 ? text.length : feed
    const start = text.indexOf("--", index)
    const mark = sectionMark(text.slice(start, end))
    if (mark === undefined) continue
    comments ??= new Comments(text)
    if (comments.begins(start)) found.push({ start, end, ...mark })
  }
  return found
}

/** Tells comments from the same characters inside quotes. Asked with growing offsets, it reads the text once. */
class Comments {
  readonly #reader: ScriptReader
  readonly #text: string
  /** Where the blank between the last two items begins. */
  #gap = 0
  #atEnd = false

  constructor(text: string) {
    this.#text = text
    this.#reader = new ScriptReader(text)
    this.#advance()
  }

  /** Whether a `--` comment begins at `offset`. */
  begins(offset: number): boolean {
    while (!this.#atEnd && this.#reader.end <= offset) this.#advance()
    if (!this.#atEnd && offset >= this.#reader.start) return false
    return this.#isOutsideBlockComment(offset)
  }

  #advance(): void {
    this.#gap = this.#reader.end
    this.#atEnd = this.#reader.next() === "end"
  }

  #isOutsideBlockComment(offset: number): boolean {
    const text = this.#text
    for (let at = this.#gap; at <= offset; ) {
      if (text.startsWith("--", at)) {
        if (at === offset) return true
        const feed = text.indexOf("\n", at)
        at = feed < 0 ? text.length : feed
      } else if (text.startsWith("/*", at)) {
        at = endOfBlockComment(text, at)
      } else {
        at++
      }
    }
    return false
  }
}

/** Block comments nest. */
function endOfBlockComment(text: string, start: number): number {
  const marks = /\/\*|\*\//g
  marks.lastIndex = start
  let depth = 0
  for (let mark = marks.exec(text); mark !== null; mark = marks.exec(text)) {
    depth += mark[0] === "/*" ? 1 : -1
    if (depth === 0) return marks.lastIndex
  }
  return text.length
}

/** Whether a statement begins before `end`. */
function hasStatement(text: string, end: number): boolean {
  const reader = new ScriptReader(text)
  return reader.next() !== "end" && reader.start < end
}
