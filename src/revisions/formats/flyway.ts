import { compareText } from "../../compare-text.ts"
import { type FolderFormat, titleOf } from "./format.ts"
import { nextNumber } from "./successor.ts"

const name = /^([VUR])(\d+(?:[._]\d+)*)?__(.+)\.sql$/i

/**
 * Flyway's names: `V1.2__name.sql` in the order of their versions, `U1.2__name.sql` to undo, `R__name.sql` again
 * whenever it changes.
 *
 * @see Flyway documentation, "Migrations", "Naming Patterns"
 */
export const flyway: FolderFormat = {
  name: "flyway",
  linked: false,
  role({ path }, has) {
    const [, prefix = "", version, slug = ""] = name.exec(path) ?? []
    const id = path.replace(/\.sql$/i, "")
    const title = titleOf(slug)
    switch (prefix.toUpperCase()) {
      case "R":
        return version === undefined ? { kind: "repeatable", id, title } : undefined
      case "V":
        return version === undefined ? undefined : { kind: "revision", id, title }
      case "U":
        return version === undefined
          ? undefined
          : { kind: "down", of: [`V${path.slice(1)}`, `v${path.slice(1)}`].filter(has) }
    }
    return undefined
  },
  compare(a, b) {
    const x = versionOf(a)
    const y = versionOf(b)
    for (let part = 0; part < Math.max(x.length, y.length); part++) {
      const difference = (x[part] ?? 0n) - (y[part] ?? 0n)
      if (difference !== 0n) return difference < 0n ? -1 : 1
    }
    return compareText(a, b)
  },
  // 1 and 1.0 are one version.
  number: (id) =>
    versionOf(id)
      .join(".")
      .replace(/(\.0)+$/, ""),
  successor({ forward, backward }, slug, moment) {
    const [, prefix = "V", version = "0"] = name.exec(forward) ?? []
    const [, front = "", last = "0"] = /^(.*[._])?(\d+)$/.exec(version) ?? []
    const next = `${front}${nextNumber(last, moment)}__${slug}.sql`
    return { forward: `${prefix}${next}`, ...(backward === undefined ? {} : { backward: `U${next}` }) }
  },
}

function versionOf(id: string): bigint[] {
  const [, , version = "0"] = name.exec(`${id}.sql`) ?? []
  return version.split(/[._]/).map(BigInt)
}
