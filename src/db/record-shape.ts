/**
 * Returns an object with `keys`, all null, to be copied as `{ ...shape }` and filled. The copies share one hidden class.
 * An object that is filled from nothing key by key becomes a hash table behind the twelfth in V8, of several times the
 * size, and catalogs have tens of thousands of rows.
 */
export function recordShape(keys: readonly string[]): Readonly<Record<string, unknown>> {
  // Only what was parsed or written as a literal begins as a record.
  return JSON.parse(JSON.stringify(Object.fromEntries(keys.map((key) => [key, null]))))
}
