import type { Revision } from "./revision.ts"
import { sectionMark } from "./section-mark.ts"

/** One `-- key: value` line of a header, with the indented lines that continue it. */
export interface HeaderLine {
  /** As written: a known key may be in capitals. */
  readonly key: string
  readonly value: string
  /** 1-based. */
  readonly line: number
  /** Offsets of the line and of those that continue it, without the last line break. */
  readonly start: number
  readonly end: number
}

/** The languages of revisions; each has its own comment sign. */
export type Language = Revision["language"]

const commentSigns: Readonly<Record<Language, string>> = { sql: "--", typescript: "//" }
const keyLine = /^[ \t]?([A-Za-z][\w-]*)[ \t]*:(?![:/])[ \t]*(.*)$/
const continuationLine = /^(?:[ \t]{2,}|\t)(\S.*)$/

/** Returns the `key: value` lines of the comment at the top of a file, a list for each block between empty lines. */
export function headerBlocks(source: string, language: Language): HeaderLine[][] {
  const blocks: HeaderLine[][] = [[]]
  let continues = false
  for (const { content, line, start, end } of topComment(source, language)) {
    if (content === undefined) {
      blocks.push([])
      continues = false
      continue
    }
    const block = blocks.at(-1) as HeaderLine[]
    const last = block.at(-1)
    const [, more] = continuationLine.exec(content) ?? []
    const [, key, value = ""] = keyLine.exec(content) ?? []
    if (more !== undefined && continues && last !== undefined) {
      block[block.length - 1] = { ...last, value: `${last.value} ${more}`.trim(), end }
    } else {
      continues = more === undefined && key !== undefined
      if (!continues || key === undefined) continue
      block.push({ key, value, line, start, end })
    }
  }
  return blocks.filter((block) => block.length > 0)
}

interface CommentLine {
  /** What stands behind the comment sign; undefined for an empty line. */
  readonly content: string | undefined
  readonly line: number
  readonly start: number
  readonly end: number
}

/** Reads the lines of a file up to its first statement or section. Block comments are passed over. */
function topComment(source: string, language: Language): CommentLine[] {
  const sign = commentSigns[language]
  const lines: CommentLine[] = []
  let line = 1
  for (let start = 0; start < source.length; line++) {
    const lineEnd = endOfLine(source, start)
    const written = source.slice(start, lineEnd).trimEnd()
    const comment = written.trimStart()
    if (comment.startsWith("/*")) {
      const close = source.indexOf("*/", start)
      const closeEnd = endOfLine(source, close)
      if (close < 0 || source.slice(close + 2, closeEnd).trim() !== "") break
      line += source.slice(start, close).split("\n").length - 1
      start = closeEnd + 1
      continue
    }
    if (comment !== "" && !comment.startsWith(sign)) break
    const mark = language === "sql" ? sectionMark(comment) : undefined
    if (mark !== undefined && mark.kind !== "no-rollback") break
    const content = comment === "" ? undefined : comment.slice(sign.length)
    if (mark === undefined) lines.push({ content, line, start, end: start + written.length })
    start = lineEnd + 1
  }
  return lines
}

function endOfLine(source: string, from: number): number {
  const feed = source.indexOf("\n", from)
  return feed < 0 ? source.length : feed
}
