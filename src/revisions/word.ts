/**
 * A word that names revisions, taken apart: `payments@head-2` is the scope `payments`, the name `head` and the
 * offset -2. The name is empty in `+2` and `payments@+2`.
 */
export interface Word {
  /** As typed. */
  readonly text: string
  /** What stands before `@`: a branch label or a revision. */
  readonly scope?: string
  readonly name: string
  readonly offset: number
}

/** Words that mean a place in the graph; no revision or label may be called so. */
export const reservedWords: readonly string[] = ["head", "heads", "base", "current"]

/** Takes a word apart. `isName` tells names that end like an offset, `add-2`, from offsets. */
export function parseWord(text: string, isName: (name: string) => boolean): Word {
  const at = text.indexOf("@")
  const scope = at < 0 ? {} : { scope: text.slice(0, at) }
  const rest = text.slice(at + 1)
  const [, name = "", offset] = /^(.*?)([+-]\d{1,9})$/.exec(rest) ?? []
  if (offset === undefined || (name !== "" && isName(rest))) return { text, ...scope, name: rest, offset: 0 }
  return { text, ...scope, name, offset: Number(offset) }
}
