/** A row as the server gives it: every column there, some of them null. */
export type Nullable<Row> = { readonly [Name in keyof Row]-?: Row[Name] | null }

/** Leaves out the columns that are null. */
export function present<Row extends object>(row: Nullable<Row>): Row {
  return Object.fromEntries(Object.entries(row).filter(([, value]) => value !== null)) as Row
}
