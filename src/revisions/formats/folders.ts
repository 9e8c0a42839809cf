import { compareNatural } from "../natural-order.ts"
import { type FolderFormat, titleOf } from "./format.ts"

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
}
