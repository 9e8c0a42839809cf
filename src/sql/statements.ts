import { ToolError } from "../diagnostic.ts"
import { placeAt } from "./locate.ts"
import { psqlCommandError } from "./psql-command.ts"
import { ScriptReader } from "./script-reader.ts"
import type { Source } from "./source.ts"

/** One statement of a script. */
export interface Statement {
  /** From its first token to its last, without the semicolon, otherwise exactly as written. */
  readonly sql: string
  readonly file: string
  /** The 1-based line of the file on which `sql` begins. */
  readonly line: number
  /** The 1-based column on that line, in characters. */
  readonly column: number
  /** The rows behind a `COPY ... FROM stdin;` as written, without the closing `\.` */
  readonly copy?: string
}

/**
 * Returns the statements of a script, in order; empty ones are dropped. The time is linear in the length of the text.
 *
 * @throws ToolError `unterminated-quote`, `unterminated-comment` or `unterminated-copy` where one does not end, and
 * `psql-meta-command` for a command that psql runs itself
 */
export function splitStatements(source: Source): readonly Statement[] {
  return split(source, "with rows")
}

/** Returns the statements of a list of queries: no rows stand behind a `COPY ... FROM stdin` there. */
export function splitQueries(source: Source): readonly Statement[] {
  return split(source, "without rows")
}

function split(source: Source, rows: "with rows" | "without rows"): readonly Statement[] {
  const { text, file } = source
  const reader = new ScriptReader(text)
  const place = new Place(source)
  const statements: Statement[] = []
  let first = -1
  let last = -1
  const finish = (copy?: string): void => {
    if (first === -1) return
    place.advanceTo(first)
    const { line, column } = place
    const statement = { sql: text.slice(first, last), file, line, column }
    statements.push(copy === undefined ? statement : { ...statement, copy })
    first = -1
  }
  for (let item = reader.next(); item !== "end"; item = reader.next()) {
    switch (item) {
      case "token":
        if (!reader.closed) throw unterminated(reader, source)
        if (first === -1) first = reader.start
        last = reader.end
        break
      case "terminator":
        if (rows === "without rows") reader.copyFollows = false
        if (!reader.copyFollows) finish()
        break
      case "copy":
        // One that no semicolon ends has no rows either.
        if (rows === "without rows") {
          finish()
          break
        }
        if (!reader.closed) throw unterminatedCopy(source, first)
        finish(text.slice(reader.start, reader.end))
        break
      case "meta":
        throw psqlCommandError(text.slice(reader.start, reader.end), placeAt(source, reader.start))
    }
  }
  finish()
  return statements
}

/** Walks forward through a text and knows the line and column where it is. */
class Place {
  line: number
  column = 1
  readonly #text: string
  #offset: number

  constructor({ text, line }: Source) {
    this.#text = text
    this.#offset = text.charCodeAt(0) === 0xfeff ? 1 : 0
    this.line = line
  }

  advanceTo(offset: number): void {
    for (let at = this.#offset; at < offset; at++) {
      const code = this.#text.charCodeAt(at)
      if (code === 0x0a) {
        this.line++
        this.column = 1
      } else if ((code & 0xfc00) !== 0xdc00) {
        this.column++
      }
    }
    this.#offset = offset
  }
}

function unterminated({ lexer, start, text }: ScriptReader, source: Source): ToolError {
  const location = placeAt(source, start)
  if (lexer.kind === "comment") {
    return new ToolError(
      "unterminated-comment",
      `the comment that begins on line ${location.line} of ${location.file} does not end`,
      {
        location,
        hint: "close it with */; comments nest, so each /* inside it needs its own",
      },
    )
  }
  const opening = openingOf(text.slice(start, start + 64))
  return new ToolError(
    "unterminated-quote",
    `the ${opening} that opens on line ${location.line} of ${location.file} is not closed`,
    {
      location,
      hint: "close it; a quote inside is doubled ('it''s'), or the text stands in $$ ... $$",
    },
  )
}

/** The quote as it is written, for the message: `'`, `"`, `E'`, `$body$`. */
function openingOf(written: string): string {
  return /^(?:\$[^$]*\$|[^'"]*['"])/.exec(written)?.[0] ?? "quote"
}

function unterminatedCopy(source: Source, start: number): ToolError {
  const location = placeAt(source, start)
  return new ToolError(
    "unterminated-copy",
    `no rows that end with a line \\. follow the COPY on line ${location.line} of ${location.file}`,
    {
      location,
      hint: "end its line with the semicolon, write the rows below it, and close them with a line that holds only \\.",
    },
  )
}
