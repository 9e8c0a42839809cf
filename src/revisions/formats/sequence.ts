import { compareNatural } from "../natural-order.ts"
import { type FolderFormat, titleOf } from "./format.ts"
import { nextNumber } from "./successor.ts"

/** A number or a date, and a name: `0042_x`, `20260102120000-x`, `2026-01-02T12-00_x`, `42`. */
const named = /^(\d{4}-\d\d-\d\d(?:[T_-]?\d\d[-:.]?\d\d(?:[-:.]?\d\d)?)?Z?|\d+(?:\.\d+)*)(?:[_\-. ]+(.*))?$/
const upEnding = /([._]up)?\.sql$/i
const down = /^(.+)[._-](?:down|rollback|undo|revert)\.sql$/i

/**
 * A number or a timestamp in front of the name, alone (`001_x.sql`) or in pairs (`001_x.up.sql` and
 * `001_x.down.sql`, `001_x.sql` and `001_x_rollback.sql`): dbmate, goose, golang-migrate, node-pg-migrate and many
 * more. The number orders them.
 */
export const sequence: FolderFormat = {
  name: "sequence",
  linked: false,
  role({ path }, has) {
    if (path.includes("/") || !/\.sql$/i.test(path)) return undefined
    const [, stem] = down.exec(path) ?? []
    const pair = [`${stem}.up.sql`, `${stem}_up.sql`, `${stem}.sql`].filter(has)
    // `005_add_rollback.sql` is about something called rollback, unless there is a `005_add.sql`.
    if (stem !== undefined && (pair.length > 0 || /\.down\.sql$/i.test(path)))
      return { kind: "down", of: pair }
    const id = path.replace(upEnding, "")
    const match = named.exec(id)
    return match === null ? undefined : { kind: "revision", id, title: titleOf(match[2] || id) }
  },
  compare: compareNatural,
  number(id) {
    const [, digits = ""] = named.exec(id) ?? []
    // Several files of one day are usual where the number is only a date; their names order them.
    const isDay = /^(?:19|20)\d\d-?[01]\d-?[0-3]\d$/.test(digits)
    return isDay || digits === "" ? undefined : digits.replace(/^0+(?=\d)/, "")
  },
  successor({ forward, backward }, slug, moment) {
    const id = forward.replace(upEnding, "")
    const [, last = "0"] = named.exec(id) ?? []
    const sign = /^[_\-. ]/.exec(id.slice(last.length))?.[0] ?? "_"
    const next = `${nextNumber(last, moment)}${sign}${sign === "-" ? slug.replaceAll("_", "-") : slug}`
    return {
      forward: `${next}${upEnding.exec(forward)?.[0] ?? ".sql"}`,
      ...(backward === undefined ? {} : { backward: `${next}${backward.slice(id.length)}` }),
    }
  },
}
