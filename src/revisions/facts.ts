import { decodeSql } from "../sql/decode.ts"
import { placeAt } from "../sql/locate.ts"
import { meaning } from "../sql/meaning.ts"
import type { Source } from "../sql/source.ts"
import { type Header, parseHeader } from "./header.ts"
import { headerBlocks, type Language } from "./header-lines.ts"
import type { Revision, RevisionScript } from "./revision.ts"
import { findSections, type Sections, type Span } from "./sections.ts"
import { sha256 } from "./sha256.ts"

/** What one revision file says, whatever folder it is in. Plain and serialisable. */
export interface FileFacts {
  readonly language: Language
  readonly header: Header
  /** The tool whose section marks it has: `dbmate`, `goose`. */
  readonly tool?: string
  /** Set where nothing in it runs, besides comments. */
  readonly empty?: true
  readonly transaction: Revision["transaction"]
  readonly rollback: Revision["rollback"]
  readonly checksum: string
}

/**
 * Reads what a file says about itself. Nothing is run.
 *
 * @param file the path as shown to a person
 * @throws ToolError `not-utf8`, `unknown-header-key`, `invalid-header`, `invalid-section`
 */
export function readFacts(bytes: Uint8Array, file: string, language: Language): FileFacts {
  const text = decodeSql(bytes, file)
  const header = parseHeader(text, file, language)
  return language === "sql" ? sqlFacts(text, header, findSections(text, file)) : programFacts(text, header)
}

/** Reads the sections of a file whose facts are known, and its checksum, to be compared. Throws as `readFacts` does. */
export function readSections(
  bytes: Uint8Array,
  file: string,
  { language, transaction }: Pick<FileFacts, "language" | "transaction">,
): { readonly checksum: string; readonly script: RevisionScript } {
  const text = decodeSql(bytes, file)
  if (language === "typescript") {
    const { checksum } = programFacts(text, parseHeader(text, file, language))
    return { checksum, script: { up: { text, file, line: 1 } } }
  }
  const sections = findSections(text, file)
  const checksum = checksumOf(meaning(cut(text, sections.up)), text, sections, transaction)
  return { checksum, script: scriptOf(text, file, sections) }
}

function sqlFacts(text: string, header: Header, sections: Sections): FileFacts {
  const { up, down, noRollback, tool, outsideTransaction } = sections
  const transaction = header.transaction ?? (outsideTransaction ? "none" : "auto")
  const forward = meaning(cut(text, up))
  return {
    language: "sql",
    header,
    ...(tool === undefined ? {} : { tool }),
    ...(forward === "" ? { empty: true } : {}),
    transaction,
    rollback: noRollback !== undefined ? "none" : isRollback(text, up, down) ? "sql" : "missing",
    checksum: checksumOf(forward, text, sections, transaction),
  }
}

function checksumOf(
  forward: string,
  text: string,
  { verify }: Sections,
  transaction: FileFacts["transaction"],
): string {
  const checked = [
    forward,
    ...(verify === undefined ? [] : ["-- verify", meaning(cut(text, verify))]),
    ...(transaction === "auto" ? [] : ["-- transaction: none"]),
  ]
  return sha256(checked.join("\n"))
}

/** A section that nobody filled in undoes nothing; where nothing was done, nothing is all there is to undo. */
function isRollback(text: string, up: Span, down: Span | undefined): down is Span {
  return down !== undefined && (meaning(cut(text, down)) !== "" || meaning(cut(text, up)) === "")
}

/** `down(`, `*down(`, `down:`, `down =`, `function down`; code is not run to find out. */
const downFunction = /\bdown\s*[(:=]|\bfunction\s*\*?\s*down\b/
const noRollbackProperty = /\bnoRollback\s*:/
const commentsAtTop = /^(?:[ \t]*(?:\/\/[^\n]*)?\r?\n)*/

function programFacts(text: string, header: Header): FileFacts {
  const program = text.replace(commentsAtTop, "").replaceAll("\r\n", "\n").trimEnd()
  const transaction = header.transaction ?? "auto"
  const rollback =
    header.noRollback !== undefined || noRollbackProperty.test(program)
      ? "none"
      : downFunction.test(program)
        ? "sql"
        : "missing"
  const checked = transaction === "auto" ? program : `${program}\n// transaction: none`
  return { language: "typescript", header, transaction, rollback, checksum: sha256(checked) }
}

/** Returns the sections of a SQL file, without its header, with the lines on which they begin. */
function scriptOf(text: string, file: string, { up, verify, down, noRollback }: Sections): RevisionScript {
  const whole = { text, file, line: 1 }
  const source = (span: Span): Source => ({
    ...whole,
    text: cut(text, span),
    line: placeAt(whole, span.start).line,
  })
  return {
    up: source(up.start === 0 ? { start: headerEnd(text), end: up.end } : up),
    ...(verify === undefined ? {} : { verify: source(verify) }),
    ...(isRollback(text, up, down) ? { down: source(down) } : {}),
    ...(noRollback === undefined ? {} : { noRollback }),
  }
}

/** Where the line behind the header begins. */
function headerEnd(text: string): number {
  const last = headerBlocks(text, "sql").flat().at(-1)
  const feed = last === undefined ? -1 : text.indexOf("\n", last.end)
  return last === undefined ? 0 : feed < 0 ? text.length : feed + 1
}

function cut(text: string, { start, end }: Span): string {
  return start === 0 && end === text.length ? text : text.slice(start, end)
}
