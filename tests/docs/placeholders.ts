const patterns: readonly (readonly [pattern: RegExp, name: string])[] = [
  [/\b[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}\b/g, "uuid"],
  [/\b\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|[+-]\d\d(?::\d\d)?)?/g, "moment"],
  [/\b\d{14}(?=_)/g, "stamp"],
  [/\b\d+min \d+s\b|\b\d+ min\b|\b\d+(?:\.\d+)? ?m?s\b/g, "time"],
  [/(?<=PostgreSQL )\d+(?:\.\d+)?/g, "version"],
  [/(?<=pid )\d+/g, "pid"],
  // A statement that takes long is measured, which is a row.
  [/(?<=history: )\d+(?= rows)/g, "count"],
]

/** Replaces what differs from run to run. */
function withPlaceholders(text: string, idOf: (id: string) => string): string {
  const replaced = patterns.reduce((done, [pattern, name]) => done.replaceAll(pattern, `<${name}>`), text)
  return replaced.replaceAll(/\b[0-9a-f]{12}\b/g, idOf)
}

/** Numbers ids in the order of their appearance, so that two different ones stay different. */
function numbered(): (id: string) => string {
  const ids = new Map<string, string>()
  return (id) => {
    const known = ids.get(id) ?? `<id ${ids.size + 1}>`
    ids.set(id, known)
    return known
  }
}

/** Whether `actual` is what a page shows. A line `...` on the page stands for any lines. */
export function isShown(expected: string, actual: string): boolean {
  const elided = /^\.\.\.$/m
  if (!elided.test(expected)) {
    return withPlaceholders(expected, numbered()) === withPlaceholders(actual, numbered())
  }
  const anyId = () => "<id>"
  const parts = withPlaceholders(expected, anyId).split(elided)
  const text = `\n${withPlaceholders(actual, anyId)}\n`
  const first = `\n${parts.shift()}`
  const last = `${parts.pop()}\n`
  if (!text.startsWith(first) || !text.endsWith(last)) return false
  let at = first.length
  for (const part of parts) {
    const found = text.indexOf(part, at - 1)
    if (found < 0) return false
    at = found + part.length
  }
  return at <= text.length - last.length + 1
}
