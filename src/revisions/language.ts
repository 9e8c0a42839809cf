import type { Language } from "./header-lines.ts"

/** Returns the language of a file by its extension; undefined for a file that can be no revision. */
export function languageOf(name: string): Language | undefined {
  if (/\.sql$/i.test(name)) return "sql"
  return /\.[cm]?[jt]s$/.test(name) && !/\.d\.[cm]?ts$/.test(name) ? "typescript" : undefined
}
