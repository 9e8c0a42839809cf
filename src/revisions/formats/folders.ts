import { timestampOf } from "../moment.ts"
import { compareNatural } from "../natural-order.ts"
import { type FolderFormat, titleOf } from "./format.ts"
import { nextNumber } from "./successor.ts"

const forward = /^([^/]+)\/(?:migration|up)\.sql$/
const backward = /^([^/]+)\/down\.sql$/

/** A folder for each revision: `<name>/migration.sql` (Prisma, Drizzle 1.0) or `<name>/up.sql`, and `down.sql`. */
export const folders: FolderFormat = {
  name: "folders",
  linked: false,
  role({ path }, has) {
    const [, id] = forward.exec(path) ?? []
    if (id !== undefined)
      return { kind: "revision", id, title: titleOf(id.replace(/^[\d.\-T]+(?=[_-])/, "")) }
    const [, of] = backward.exec(path) ?? []
    if (of !== undefined) return { kind: "down", of: [`${of}/migration.sql`, `${of}/up.sql`].filter(has) }
    return undefined
  },
  compare: compareNatural,
  number: () => undefined,
  successor({ forward, backward }, slug, moment) {
    const [, last = "", sign = "_"] = /^(\d[\d.\-T]*)([_-])/.exec(forward) ?? []
    const number = last === "" ? timestampOf(moment) : nextNumber(last, moment)
    const folder = `${number}${sign}${slug}`
    const file = forward.slice(forward.indexOf("/") + 1)
    return {
      forward: `${folder}/${file}`,
      ...(backward === undefined ? {} : { backward: `${folder}/down.sql` }),
    }
  },
}
