/** Replaces passwords in URLs and keyword strings by `***`. */
export function maskText(text: string): string {
  return (
    text
      // Up to the last @ of the word: an @ in a password is often not encoded.
      .replace(/(\b[a-z][a-z0-9+.-]*:\/\/[^:@/\s]*:)[^\s"'`<>]*@/gi, "$1***@")
      .replace(/(password\s*=\s*)('(?:[^'\\]|\\.)*'|[^\s"'`&;,]+)/gi, "$1***")
  )
}

/** Masks every text inside plain data. */
export function maskData(data: unknown): unknown {
  if (typeof data === "string") return maskText(data)
  if (Array.isArray(data)) return data.map(maskData)
  if (typeof data !== "object" || data === null) return data
  return Object.fromEntries(Object.entries(data).map(([key, value]) => [key, maskData(value)]))
}
