import { Lexer } from "./lexer.ts"

/** What `ScriptReader.next` found. */
export type ScriptItem =
  /** A token of a statement; see the lexer. Also one that is not closed. */
  | "token"
  /** The semicolon that ends a statement. */
  | "terminator"
  /** What follows `COPY ... FROM stdin;`: the rows, without the closing `\.` */
  | "copy"
  /** A line, or its rest, that psql would act on: `\connect`, `\gexec`. */
  | "meta"
  | "end"

/**
 * Reads a script as psql does: tokens, the semicolons that end statements, the rows behind COPY, and psql's own
 * commands. `\restrict` and `\unrestrict`, which pg_dump writes around its output, are skipped as if blank.
 *
 * A semicolon ends a statement except inside parentheses (CREATE RULE ... DO (a; b)) and inside the
 * BEGIN ATOMIC ... END body of a function or procedure.
 */
export class ScriptReader {
  readonly lexer: Lexer
  readonly text: string
  item: ScriptItem = "end"
  /** Offsets of the item: of the token, of the semicolon, of the rows, of the line. */
  start = 0
  end = 0
  /** False on a token whose quotes or comment do not end, and on rows that no line `\.` ends. */
  closed = true

  #shape: Shape = "start"
  #parentheses = 0
  /** Inside BEGIN ATOMIC: one for it, and one for each open CASE. */
  #blocks = 0
  #previous: Previous = "other"
  /** True from the semicolon of a `COPY ... FROM stdin` to its rows, which are the next item. */
  copyFollows = false

  constructor(text: string) {
    this.text = text
    this.lexer = new Lexer(text)
  }

  /** Goes to the next item and returns what it is. */
  next(): ScriptItem {
    this.item = this.copyFollows ? this.#copyRows() : this.#read()
    return this.item
  }

  #read(): ScriptItem {
    const { lexer } = this
    for (;;) {
      const kind = lexer.next()
      this.start = lexer.start
      this.end = lexer.end
      this.closed = lexer.closed
      if (kind === "end") return this.#finish() ? this.#copyRows() : "end"
      if (kind === "backslash") {
        if (!this.#readPsqlLine()) return "meta"
      } else if (this.#isTerminator()) {
        this.#finish()
        return "terminator"
      } else {
        this.#track()
        return "token"
      }
    }
  }

  #isTerminator(): boolean {
    return (
      this.lexer.kind === "punctuation" &&
      this.text.charCodeAt(this.start) === SEMICOLON &&
      this.#parentheses === 0 &&
      this.#blocks === 0
    )
  }

  /** Forgets the statement. Returns whether it was COPY ... FROM stdin, so that rows follow. */
  #finish(): boolean {
    this.copyFollows = this.#shape === "copy-from-stdin"
    this.#shape = "start"
    this.#parentheses = 0
    this.#blocks = 0
    this.#previous = "other"
    return this.copyFollows
  }

  #track(): void {
    const { lexer } = this
    const code = lexer.kind === "punctuation" ? this.text.charCodeAt(this.start) : 0
    if (code === PARENTHESIS_OPEN) this.#parentheses++
    else if (code === PARENTHESIS_CLOSE && this.#parentheses > 0) this.#parentheses--
    if (this.#shape === "plain") return
    this.#shape = this.#nextShape()
    if (this.#shape === "routine") {
      if (lexer.is("begin")) this.#previous = "begin"
      else if (code === DOT || lexer.is("as")) this.#previous = "label follows"
      else this.#previous = "other"
    }
  }

  #nextShape(): Shape {
    const { lexer } = this
    switch (this.#shape) {
      case "start":
        return lexer.is("create") ? "create" : lexer.is("copy") ? "copy" : "plain"
      case "create":
        if (lexer.is("or") || lexer.is("replace")) return "create"
        return lexer.is("function") || lexer.is("procedure") ? "routine" : "plain"
      case "routine":
        return this.#inRoutine()
      case "copy":
        return this.#parentheses === 0 && lexer.is("from") ? "copy-from" : "copy"
      case "copy-from":
        return lexer.is("stdin") ? "copy-from-stdin" : "copy"
      default:
        return this.#shape
    }
  }

  /** CASE and END are reserved: they are something else only as a label, behind AS or a dot. */
  #inRoutine(): Shape {
    const { lexer } = this
    if (this.#blocks === 0) {
      if (this.#parentheses === 0 && this.#previous === "begin" && lexer.is("atomic")) this.#blocks = 1
    } else if (this.#previous !== "label follows") {
      if (lexer.is("case")) this.#blocks++
      else if (lexer.is("end")) this.#blocks--
      if (this.#blocks === 0) return "plain"
    }
    return "routine"
  }

  /** Takes the rest of the line. Returns whether it is one that may be skipped. */
  #readPsqlLine(): boolean {
    this.end = lineEnd(this.text, this.start)
    this.lexer.skipTo(this.end)
    if (this.#shape !== "start") return false
    return /^\\(?:un)?restrict\b/.test(this.text.slice(this.start, this.start + 16))
  }

  /** The rows begin on the line after the semicolon. */
  #copyRows(): "copy" {
    const { lexer, text } = this
    this.copyFollows = false
    const rest = lineEnd(text, lexer.end)
    const after = text.startsWith("\r\n", rest) ? rest + 2 : rest + 1
    this.start = Math.min(after, text.length)
    this.closed = false
    if (isBlankLine(text.slice(lexer.end, rest))) {
      for (let at = text.indexOf("\\.", this.start); at !== -1; at = text.indexOf("\\.", at + 2)) {
        if (at > this.start && text.charCodeAt(at - 1) !== LINE_FEED) continue
        const end = lineEnd(text, at)
        if (end !== at + 2) continue
        this.end = at
        this.closed = true
        lexer.skipTo(end)
        return "copy"
      }
    }
    this.end = text.length
    lexer.skipTo(text.length)
    return "copy"
  }
}

type Shape = "start" | "create" | "routine" | "copy" | "copy-from" | "copy-from-stdin" | "plain"
type Previous = "begin" | "label follows" | "other"

const LINE_FEED = 0x0a
const PARENTHESIS_OPEN = 0x28
const PARENTHESIS_CLOSE = 0x29
const DOT = 0x2e
const SEMICOLON = 0x3b

/** The offset of the line break that ends the line of `from`, before a carriage return that belongs to it. */
function lineEnd(text: string, from: number): number {
  const feed = text.indexOf("\n", from)
  const end = feed === -1 ? text.length : feed
  return end > from && text.charCodeAt(end - 1) === 0x0d ? end - 1 : end
}

function isBlankLine(text: string): boolean {
  return /^[ \t\f\v]*(?:--.*)?$/.test(text)
}
