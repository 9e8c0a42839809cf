/** Compares by code unit, never by locale: the order of PostgreSQL's collation "C" for ASCII. */
export function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0
}
