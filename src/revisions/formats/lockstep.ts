import { compareNatural } from "../natural-order.ts"
import { type FolderFormat, titleOf } from "./format.ts"

/** Files of any name with a header that says `revision: <id>`; parents link them. */
export const lockstep: FolderFormat = {
  name: "lockstep",
  linked: true,
  role({ path, headerId: id, headerTitle }) {
    return id === undefined
      ? undefined
      : { kind: "revision", id, title: headerTitle ?? titleOfFile(path, id) }
  },
  compare: compareNatural,
  number: () => undefined,
}

/** The slug of the file name, without the date, the number or the id that stands beside it. */
function titleOfFile(path: string, id: string): string {
  const name = path.slice(path.lastIndexOf("/") + 1).replace(/\.\w+$/, "")
  const slug = name.replace(id, "").replace(/^[\d.\-_T]*(?:[_-]|$)/, "")
  return titleOf(slug) || titleOf(name)
}
