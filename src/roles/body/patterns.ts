const words = /^(?:a-z|A-Z|0-9|\\[wd]|[A-Za-z0-9_.$])+$/

/** Tells whether a class of characters, without its brackets, holds only those of names and numbers. */
function isOfWords(characters: string): boolean {
  return words.test(characters.replace(/^-|-$/, ""))
}

/** Tells whether all that a regular expression matches is a plain word, or several with dots between them. */
export function matchesWords(pattern: string): boolean {
  const inside = /^\^(.*)\$$/.exec(pattern)?.[1]
  return inside !== undefined && isWordPattern(inside)
}

/** The same for a pattern that is held against the whole text, as SIMILAR TO does. */
export function isWordPattern(pattern: string): boolean {
  let depth = 0
  const token = /\[([^\]^]+)\]|\\[wd.]|[A-Za-z0-9_]|[+*?]|\{\d+(?:,\d*)?\}|\((?:\?:)?|\)|\||-(?!-)/gy
  for (;;) {
    const at = token.lastIndex
    const found = token.exec(pattern)
    if (found === null) return at === pattern.length && pattern !== "" && depth === 0
    const [text, characters] = found
    if (characters !== undefined && !isOfWords(characters)) return false
    if (text.startsWith("(")) depth += 1
    if (text === ")") depth -= 1
    // Without parentheses only the first choice begins where the text does.
    if (text === "|" && depth === 0) return false
  }
}

/** Tells whether a regular expression finds every character that is not one of a word's: `[^a-z_]`, `\W`. */
export function findsOthers(pattern: string): boolean {
  if (/^\\[WD]\+?$/.test(pattern)) return true
  const characters = /^\[\^([^\]]+)\]\+?$/.exec(pattern)?.[1]
  return characters !== undefined && isOfWords(characters)
}
