/** Reads a search path as settings hold it: `app, "My Schema", pg_temp`. */
export function parsePath(text: string): readonly string[] {
  const names = [...text.matchAll(/"((?:[^"]|"")*)"|([^\s,"]+)/g)].map(([, quoted, bare]) =>
    quoted === undefined ? (bare ?? "").toLowerCase() : quoted.replaceAll('""', '"'),
  )
  return names.filter((name) => name !== "")
}
