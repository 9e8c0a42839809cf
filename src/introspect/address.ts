/** Where PostgreSQL keeps an object: catalog, row, and column of a relation. */
export interface Address {
  readonly classid: number
  readonly objid: number
  readonly objsubid: number
}

const columns = 2 ** 12
const rows = 2 ** 32

/** Catalogs in the order in which they were met: their own numbers would leave no room for those of the rows. */
const catalogs = new Map<number, number>()

/** Returns an address as one number, the key of a map: a database of ten thousand tables has half a million of them. */
export function addressOf({ classid, objid, objsubid }: Address): number {
  let place = catalogs.get(classid)
  if (place === undefined) {
    place = catalogs.size
    catalogs.set(classid, place)
  }
  // Columns of the server's own have numbers below 0.
  return (place * rows + objid) * columns + objsubid + columns / 2
}

/** Returns the relation of a column; undefined where the address is a whole object already. */
export function wholeOf(address: number): number | undefined {
  const column = address % columns
  return column === columns / 2 ? undefined : address - column + columns / 2
}

/** A query's rows of addresses as one row of arrays: the client reads a few long values instead of many short rows. */
export function asArrays(query: string, ...names: readonly string[]): string {
  return `select ${names.map((name) => `pg_catalog.array_agg(${name})::text as ${name}`).join(", ")} from (${query}) each`
}

/** Reads an array of numbers as the server prints it; none where there was no row. */
export function numbers(array: string | null): readonly number[] {
  return array === null ? [] : JSON.parse(`[${array.slice(1, -1)}]`)
}

/** Reads an array of words without quotes or commas. */
export function words(array: string | null): readonly string[] {
  return array === null ? [] : array.slice(1, -1).split(",")
}
