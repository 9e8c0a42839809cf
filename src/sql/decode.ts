import { isUtf8 } from "node:buffer"
import { ToolError } from "../diagnostic.ts"

const decoder = new TextDecoder()

/**
 * Returns the text of a file, without a byte-order mark.
 *
 * @throws ToolError `not-utf8` with the offset of the first byte that cannot be UTF-8 text
 */
export function decodeSql(bytes: Uint8Array, file: string): string {
  const utf16 = (bytes[0] === 0xff && bytes[1] === 0xfe) || (bytes[0] === 0xfe && bytes[1] === 0xff)
  if (utf16) throw notUtf8(file, bytes, 0, "it begins with the byte-order mark of UTF-16", "UTF-16")
  // A zero byte ends a message of PostgreSQL's protocol: the rest of the statement would be lost.
  const zero = bytes.indexOf(0)
  if (zero !== -1)
    throw notUtf8(file, bytes, zero, "it has a zero byte, as UTF-16 and binary files have", "UTF-16")
  if (!isUtf8(bytes)) {
    const offset = firstInvalidByte(bytes)
    const byte = (bytes[offset] ?? 0).toString(16).padStart(2, "0")
    throw notUtf8(file, bytes, offset, `the byte 0x${byte} is not UTF-8 there`, "WINDOWS-1252")
  }
  return decoder.decode(bytes)
}

function notUtf8(
  file: string,
  bytes: Uint8Array,
  offset: number,
  reason: string,
  encoding: string,
): ToolError {
  let line = 1
  for (let at = 0; at < offset; at++) if (bytes[at] === 0x0a) line++
  return new ToolError("not-utf8", `${file} is not UTF-8: ${reason} (byte ${offset}, line ${line})`, {
    location: { file, line },
    subject: file,
    data: { offset },
    hint: `convert it, for example: iconv -f ${encoding} -t UTF-8 ${file} > ${file}.utf8`,
  })
}

/** The longest valid prefix, found by halving: cutting a character in two may add at most three bytes to it. */
function firstInvalidByte(bytes: Uint8Array): number {
  let valid = 0
  let invalid = bytes.length
  while (invalid - valid > 8) {
    const middle = characterStart(bytes, (valid + invalid) >> 1)
    if (middle <= valid) break
    if (isUtf8(bytes.subarray(0, middle))) valid = middle
    else invalid = middle
  }
  while (valid < bytes.length) {
    const length = [1, 2, 3, 4].find(
      (count) => isUtf8(bytes.subarray(valid, valid + count)) && valid + count <= bytes.length,
    )
    if (length === undefined) break
    valid += length
  }
  return valid
}

/** Steps back from continuation bytes to the byte that begins their character. */
function characterStart(bytes: Uint8Array, at: number): number {
  let start = at
  while (start > at - 3 && ((bytes[start] ?? 0) & 0xc0) === 0x80) start--
  return start
}
