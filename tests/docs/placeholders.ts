const patterns: readonly (readonly [pattern: RegExp, name: string])[] = [
  [/\b[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}\b/g, "uuid"],
  [/\b\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|[+-]\d\d(?::\d\d)?)?/g, "moment"],
  [/\b\d{14}(?=_)/g, "stamp"],
  [/\b\d+min \d+s\b|\b\d+(?:\.\d+)? ?m?s\b/g, "time"],
  [/(?<=PostgreSQL )\d+(?:\.\d+)?/g, "version"],
  [/(?<=pid )\d+/g, "pid"],
]

/**
 * Replaces what differs from run to run. An id becomes a number in the order of appearance, so that two different ones
 * stay different.
 */
export function withPlaceholders(text: string): string {
  const ids = new Map<string, string>()
  const idOf = (id: string) => {
    const known = ids.get(id) ?? `<id ${ids.size + 1}>`
    ids.set(id, known)
    return known
  }
  const replaced = patterns.reduce((done, [pattern, name]) => done.replaceAll(pattern, `<${name}>`), text)
  return replaced.replaceAll(/\b[0-9a-f]{12}\b/g, idOf)
}

/** Whether `actual` is what a page shows. A line `...` on the page stands for any lines. */
export function isShown(expected: string, actual: string): boolean {
  const parts = withPlaceholders(expected).split(/^\.\.\.$/m)
  const text = withPlaceholders(actual)
  const [first = ""] = parts
  if (parts.length === 1) return text === first
  const last = parts.at(-1) ?? ""
  if (!text.startsWith(first) || !text.endsWith(last)) return false
  let at = first.length
  for (const part of parts.slice(1, -1)) {
    const found = text.indexOf(part, at)
    if (found < 0) return false
    at = found + part.length
  }
  return at <= text.length - last.length
}
