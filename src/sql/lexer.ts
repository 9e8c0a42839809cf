/** What a token is. White space and comments are no tokens. */
export type TokenKind =
  /** A keyword or an identifier without quotes. */
  | "word"
  /** `"..."` or `U&"..."`. */
  | "identifier"
  /** `'...'` with any prefix; also a further part of one, on a following line (`continues`). */
  | "string"
  /** `$tag$...$tag$` */
  | "dollar"
  | "number"
  /** `$1` */
  | "parameter"
  | "operator"
  /** One of `( ) [ ] , ; .`, or `: :: := ..` */
  | "punctuation"
  /** A backslash, which SQL does not have outside quotes. */
  | "backslash"
  /** A `/*` comment that does not end. One that ends is skipped. */
  | "comment"
  /** A character that PostgreSQL's own lexer would not accept either. */
  | "other"
  | "end"

const BLANK = 1
const WORD_START = 2
const DIGIT = 4
const OPERATOR = 8
const DOLLAR = 16
const WORD_PART = WORD_START | DIGIT | DOLLAR

/** PostgreSQL refuses an operator that is longer; to look further would make the time quadratic. */
const LONGEST_OPERATOR = 63

/** The class of every UTF-16 code unit. Everything beyond ASCII is a letter, as in PostgreSQL. */
const classes = new Uint8Array(0x10000).fill(WORD_START, 128)
for (const char of " \t\n\r\f\v") classes[char.charCodeAt(0)] = BLANK
for (const char of "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ_")
  classes[char.charCodeAt(0)] = WORD_START
for (const char of "0123456789") classes[char.charCodeAt(0)] = DIGIT
for (const char of "~!@#^&|`?+-*/%<>=") classes[char.charCodeAt(0)] = OPERATOR
classes[0x24] = DOLLAR

/** The class of a code unit; 0 for NaN, which `charCodeAt` gives behind the end. */
function classOf(code: number): number {
  return classes[code] ?? 0
}

/**
 * Reads the tokens of a text by PostgreSQL's lexical rules, with `standard_conforming_strings` on.
 *
 * It never fails: what is not closed reaches to the end of the text and has `closed` false. It is written by hand,
 * as one object whose fields change with every `next()`, because it reads every revision at start-up, where neither
 * loading PostgreSQL's parser nor an object per token is affordable.
 *
 * @see PostgreSQL documentation, chapter "Lexical Structure"; PostgreSQL source, src/backend/parser/scan.l
 */
export class Lexer {
  readonly text: string
  kind: TokenKind = "end"
  /** Offset of the token's first UTF-16 code unit. */
  start: number
  /** Offset behind its last. */
  end: number
  /** False where the text ends inside the quotes or the comment. */
  closed = true
  /** True for the second part, and any further one, of a string literal that is written on several lines. */
  continues = false
  #escapes = false
  readonly #hasReturns: boolean

  constructor(text: string, at = 0) {
    this.text = text
    this.#hasReturns = text.includes("\r")
    this.start = at === 0 && text.charCodeAt(0) === 0xfeff ? 1 : at
    this.end = this.start
  }

  /** Goes to the next token and returns its kind. */
  next(): TokenKind {
    const { text } = this
    const part = this.kind === "string" && this.closed ? this.#continuation(this.end) : undefined
    this.continues = part !== undefined
    if (part !== undefined) {
      this.start = part - 1
      return this.#string(part, this.#escapes)
    }
    this.closed = true
    const start = this.#skipBlanks(this.end)
    this.start = start
    if (start >= text.length) {
      this.end = text.length
      this.kind = "end"
      return "end"
    }
    this.kind = this.#read(start, text.charCodeAt(start))
    return this.kind
  }

  /** Goes on behind `at`, for text that is not SQL. */
  skipTo(at: number): void {
    this.end = at
    this.kind = "other"
  }

  /** Whether the token is this word, given in lower case. */
  is(word: string): boolean {
    if (this.kind !== "word" || this.end - this.start !== word.length) return false
    for (let index = 0; index < word.length; index++) {
      if ((this.text.charCodeAt(this.start + index) | 0x20) !== word.charCodeAt(index)) return false
    }
    return true
  }

  #read(start: number, code: number): TokenKind {
    const { text } = this
    switch (classOf(code)) {
      case WORD_START:
        return this.#prefixed(start, code) ?? this.#word(start)
      case DIGIT:
        return this.#number(start)
      case OPERATOR:
        if (!this.closed) {
          this.end = text.length
          return "comment"
        }
        return this.#operator(start)
      case DOLLAR:
        return this.#dollar(start)
    }
    switch (code) {
      case 0x27: // '
        return this.#string(start + 1, false)
      case 0x22: // "
        return this.#quotedIdentifier(start + 1)
      case 0x5c: // \
        this.end = start + 1
        return "backslash"
      // A colon, alone or in `::` and `:=`.
      case 0x3a: {
        const following = text.charCodeAt(start + 1)
        this.end = start + (following === 0x3a || following === 0x3d ? 2 : 1)
        return "punctuation"
      }
      case 0x2e: // .
        if (classOf(text.charCodeAt(start + 1)) === DIGIT) return this.#number(start)
        this.end = start + (text.charCodeAt(start + 1) === 0x2e ? 2 : 1)
        return "punctuation"
      case 0x28: // (
      case 0x29: // )
      case 0x2c: // ,
      case 0x3b: // ;
      case 0x5b: // [
      case 0x5d: // ]
        this.end = start + 1
        return "punctuation"
      default:
        this.end = start + 1
        return "other"
    }
  }

  /** Skips white space and comments. Stops at a comment that does not end, with `closed` false. */
  #skipBlanks(from: number): number {
    const { text } = this
    let at = from
    for (;;) {
      const code = text.charCodeAt(at)
      if (code === 0x2d && text.charCodeAt(at + 1) === 0x2d) {
        at = this.#lineEnd(at + 2)
      } else if (code === 0x2f && text.charCodeAt(at + 1) === 0x2a) {
        const end = this.#commentEnd(at)
        if (end === undefined) {
          this.closed = false
          return at
        }
        at = end
      } else if (classOf(code) === BLANK) {
        at++
      } else {
        return at
      }
    }
  }

  #lineEnd(from: number): number {
    const feed = this.text.indexOf("\n", from)
    const end = feed === -1 ? this.text.length : feed
    if (!this.#hasReturns) return end
    const carriageReturn = this.text.slice(from, end).indexOf("\r")
    return carriageReturn === -1 ? end : from + carriageReturn
  }

  /** Comments nest. */
  #commentEnd(start: number): number | undefined {
    const { text } = this
    let depth = 1
    let free = start + 2
    for (let at = text.indexOf("/", free); at !== -1; at = text.indexOf("/", free)) {
      if (at > free && text.charCodeAt(at - 1) === 0x2a) {
        if (--depth === 0) return at + 1
        free = at + 1
      } else if (text.charCodeAt(at + 1) === 0x2a) {
        depth++
        free = at + 2
      } else {
        free = at + 1
      }
    }
    return undefined
  }

  #word(start: number): TokenKind {
    const { text } = this
    let at = start + 1
    while ((classOf(text.charCodeAt(at)) & WORD_PART) !== 0) at++
    this.end = at
    return "word"
  }

  /** `E'` `B'` `X'` `N'` `U&'` `U&"`, or undefined for an ordinary word. */
  #prefixed(start: number, code: number): TokenKind | undefined {
    const { text } = this
    const following = text.charCodeAt(start + 1)
    if (following !== 0x27 && following !== 0x26) return undefined
    switch (code | 0x20) {
      case 0x65: // e
        return following === 0x27 ? this.#string(start + 2, true) : undefined
      case 0x62: // b
      case 0x78: // x
      case 0x6e: // n
        return following === 0x27 ? this.#string(start + 2, false) : undefined
      // u, for U&'...' and U&"..."
      case 0x75: {
        if (following !== 0x26) return undefined
        const quote = text.charCodeAt(start + 2)
        if (quote === 0x27) return this.#string(start + 3, false)
        if (quote === 0x22) return this.#quotedIdentifier(start + 3)
      }
    }
    return undefined
  }

  #string(from: number, escapes: boolean): TokenKind {
    this.#escapes = escapes
    this.end = this.#quoteEnd(from, "'", escapes)
    return "string"
  }

  #quotedIdentifier(from: number): TokenKind {
    this.end = this.#quoteEnd(from, '"', false)
    return "identifier"
  }

  /** The offset behind the closing quote; a doubled quote stands for itself. */
  #quoteEnd(from: number, quote: "'" | '"', escapes: boolean): number {
    const { text } = this
    let at = from
    for (;;) {
      const end = text.indexOf(quote, at)
      if (end === -1) break
      if (escapes && isEscaped(text, from, end)) at = end + 1
      else if (text.startsWith(quote, end + 1)) at = end + 2
      else return end + 1
    }
    this.closed = false
    return text.length
  }

  /**
   * A literal goes on with the next quote after white space that holds a line break, and keeps its prefix: in
   * `E'a'` + line break + `'\''` the second part has escapes too. Only `--` comments may stand between.
   *
   * @returns the offset behind the quote that opens the next part
   */
  #continuation(from: number): number | undefined {
    const { text } = this
    let lineBreak = false
    for (let at = from; ; at++) {
      const code = text.charCodeAt(at)
      if (code === 0x0a || code === 0x0d) lineBreak = true
      else if (code === 0x2d && text.charCodeAt(at + 1) === 0x2d) at = this.#lineEnd(at + 2) - 1
      else if (code === 0x27) return lineBreak ? at + 1 : undefined
      else if (classOf(code) !== BLANK) return undefined
    }
  }

  #dollar(start: number): TokenKind {
    const { text } = this
    let at = start + 1
    if (classOf(text.charCodeAt(at)) === DIGIT) {
      while (classOf(text.charCodeAt(at)) === DIGIT) at++
      this.end = at
      return "parameter"
    }
    while ((classOf(text.charCodeAt(at)) & (WORD_START | DIGIT)) !== 0) at++
    if (text.charCodeAt(at) !== 0x24) {
      this.end = start + 1
      return "other"
    }
    const delimiter = text.slice(start, at + 1)
    const end = text.indexOf(delimiter, at + 1)
    this.closed = end !== -1
    this.end = this.closed ? end + delimiter.length : text.length
    return "dollar"
  }

  /** Takes letters that follow too: releases differ on what `1a` means, so it must not equal `1 a`. */
  #number(start: number): TokenKind {
    const { text } = this
    let at = start
    while (at < text.length) {
      const code = text.charCodeAt(at)
      const exponentSign =
        (code === 0x2b || code === 0x2d) &&
        (text.charCodeAt(at - 1) | 0x20) === 0x65 &&
        classOf(text.charCodeAt(at + 1)) === DIGIT
      if (code === 0x2e && text.charCodeAt(at + 1) === 0x2e) break
      if (code !== 0x2e && !exponentSign && (classOf(code) & (WORD_START | DIGIT)) === 0) break
      at++
    }
    this.end = at
    return "number"
  }

  /**
   * The longest run of operator characters up to a comment. An operator of several characters ends in `+` or `-` only
   * when it holds one that SQL's own operators do not have, so that `a=-1` is `a = -1`.
   */
  #operator(start: number): TokenKind {
    const { text } = this
    let at = start
    let special = false
    const limit = start + LONGEST_OPERATOR
    while (at < limit && classOf(text.charCodeAt(at)) === OPERATOR) {
      const code = text.charCodeAt(at)
      const following = text.charCodeAt(at + 1)
      if (at > start && ((code === 0x2d && following === 0x2d) || (code === 0x2f && following === 0x2a)))
        break
      special ||= !isSqlOperator(code)
      at++
    }
    if (!special) while (at > start + 1 && isSign(text.charCodeAt(at - 1))) at--
    this.end = at
    return "operator"
  }
}

/** Whether an odd number of backslashes precedes `at`. */
function isEscaped(text: string, from: number, at: number): boolean {
  let first = at
  while (first > from && text.charCodeAt(first - 1) === 0x5c) first--
  return (at - first) % 2 === 1
}

function isSign(code: number): boolean {
  return code === 0x2b || code === 0x2d
}

/** `* / < > = + -` */
function isSqlOperator(code: number): boolean {
  return isSign(code) || code === 0x2a || code === 0x2f || code === 0x3c || code === 0x3e || code === 0x3d
}
