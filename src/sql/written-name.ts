import { quoteIdentifier } from "./identifier.ts"

/** The source of a regular expression for a name as `quoteIdentifier` writes it, with its schema or without. */
export const writtenName = '(?:"(?:[^"]|"")+"|[^\\s"])+'

/** Bytes; PostgreSQL cuts off the rest of a longer name. */
const longestName = 63

/** `"Order Items"` as the catalog has it: `Order Items`. */
export function unquote(name: string): string {
  return name.startsWith('"') ? name.slice(1, -1).replaceAll('""', '"') : name
}

/** `public."a.b"` as `public` and `"a.b"`; the schema is empty where there is none. */
export function splitName(name: string): readonly [schema: string, name: string] {
  const [, schema = "", rest = name] = /^("(?:[^"]|"")*"|[^.]*)\.(.*)$/s.exec(name) ?? []
  return [schema, rest]
}

/** The last part of a name as the catalog has it: `Order Items` for `public."Order Items"`. */
export function bareName(name: string): string {
  return unquote(name.match(/"(?:[^"]|"")*"|[^."]+/g)?.at(-1) ?? name)
}

/**
 * Returns a name that goes before `suffix`, cut so that PostgreSQL cuts nothing; quoted where it has to be.
 *
 * @param name quoted or not, without its schema
 */
export function withSuffix(name: string, suffix: string): string {
  let start = unquote(name)
  while (Buffer.byteLength(start + suffix) > longestName) start = start.slice(0, -1)
  return quoteIdentifier(start + suffix)
}
