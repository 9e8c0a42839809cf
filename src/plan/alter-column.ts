import { writtenName } from "../sql/written-name.ts"

const type = new RegExp(` alter column ${writtenName} type `)
const notNull = new RegExp(` alter column ${writtenName} set not null$`)

/** Whether a planned statement gives a column another type. */
export function changesType(sql: string): boolean {
  return type.test(sql)
}

/** Whether all that a planned statement does is to forbid NULL in a column. */
export function setsNotNull(sql: string): boolean {
  return notNull.test(sql)
}
