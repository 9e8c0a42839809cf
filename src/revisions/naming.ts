import type { NameOptions } from "../api/options.ts"
import { ToolError } from "../diagnostic.ts"
import { type Moment, timestampOf } from "./moment.ts"

/** What the name of a new revision is made from. */
export interface NameParts {
  readonly id: string
  readonly slug: string
  readonly moment: Moment
  /** The next free number. */
  readonly sequence: number
}

const defaultFile = "{yyyy}{MM}{dd}{HH}{mm}{ss}_{slug}"

/**
 * Makes a file name, without extension, from the configured template.
 *
 * @throws ToolError `invalid-config` where the template has an unknown token, or names a folder
 */
export function fileNameOf(
  { id, slug, moment, sequence }: NameParts,
  { file = defaultFile }: NameOptions = {},
): string {
  const { yyyy, MM, dd, HH, mm, ss, epoch } = moment
  const tokens: Readonly<Record<string, string>> = {
    ...{ id, slug, yyyy, MM, dd, HH, mm, ss, epoch },
    sequence: String(sequence).padStart(4, "0"),
  }
  const name = file.replaceAll(/\{(\w*)\}/g, (token, key: string) => {
    const value = Object.hasOwn(tokens, key) ? tokens[key] : undefined
    if (value !== undefined) return value
    throw invalidTemplate(
      `${token} is no token of a file name`,
      `known tokens: ${Object.keys(tokens)
        .map((known) => `{${known}}`)
        .join(" ")}`,
    )
  })
  if (name === "" || name.startsWith(".") || /[/\\]/.test(name)) {
    throw invalidTemplate(`"${name}" is no name for a file`, "folders belong into the migrations setting")
  }
  return name
}

/** Turns a title into the part of a file name: words with `_` between, cut at a word, letters of any script kept. */
export function slugOf(title: string, { slugLength = 40 }: NameOptions = {}): string {
  const plain = title
    .normalize("NFKD")
    .replaceAll(/\p{M}+/gu, "")
    .normalize("NFC")
    .toLowerCase()
  const words = plain
    .replaceAll(/['’]/g, "")
    .split(/[^\p{L}\p{N}]+/u)
    .filter((word) => word !== "")
  let slug = ""
  for (const word of words) {
    const longer = slug === "" ? word : `${slug}_${word}`
    if ([...longer].length > slugLength) break
    slug = longer
  }
  return slug || [...(words[0] ?? "revision")].slice(0, slugLength).join("")
}

/** What a new id must differ from, and what it is made from. */
export interface IdSource {
  readonly isTaken: (id: string) => boolean
  readonly moment: Moment
  readonly sequence: number
  /** Returns that many random bytes. */
  readonly random: (count: number) => Uint8Array
}

/** Makes an id in the configured style. */
export function newId(
  { isTaken, moment, sequence, random }: IdSource,
  { id = "hex" }: NameOptions = {},
): string {
  if (id === "hex") {
    for (;;) {
      const digits = Buffer.from(random(6)).toString("hex")
      if (!isTaken(digits)) return digits
    }
  }
  // The second of two revisions made within one second takes the next number.
  let number = id === "timestamp" ? BigInt(timestampOf(moment)) : BigInt(sequence)
  const width = id === "timestamp" ? 14 : 4
  while (isTaken(String(number).padStart(width, "0"))) number++
  return String(number).padStart(width, "0")
}

function invalidTemplate(message: string, hint: string): ToolError {
  return new ToolError("invalid-config", message, { hint, subject: "names.file" })
}
