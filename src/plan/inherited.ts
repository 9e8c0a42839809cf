import type { CatalogIndex } from "../catalog/catalog-index.ts"
import { equal } from "../diff/diff.ts"
import { kindOf } from "../kinds/all.ts"
import type { Work } from "./work.ts"

/**
 * Takes out of the work what the server does by itself: what happens to a column or constraint of a table also
 * happens to those that tables inherited from it.
 */
export function leaveOutInherited(work: Work): void {
  const { source, target, drops, creates, alters } = work
  for (const [id, object] of creates) {
    const parents = parentsOf(target, id).filter(({ to }) => creates.has(to))
    // Tables that are new, or become heirs, bring their own.
    const arrives = parents.some(({ to }) => {
      const heir = object.parent?.id
      const ancestor = target.get(to)?.parent?.id
      return (
        heir !== undefined &&
        ancestor !== undefined &&
        areHeirs(source, heir, ancestor) &&
        areHeirs(target, heir, ancestor) &&
        !drops.has(heir) &&
        !drops.has(ancestor)
      )
    })
    if (arrives) creates.delete(id)
  }
  for (const id of [...drops.keys()]) {
    if (creates.has(id)) continue
    const parents = parentsOf(source, id).filter(({ type, to }) => type === "inherits" && drops.has(to))
    if (parents.length > 0) drops.delete(id)
  }
  for (const [id, change] of alters) {
    const { recurses = [] } = kindOf(change.after)
    const parents = parentsOf(source, id)
    const properties = change.properties.filter((name) => {
      if (!recurses.includes(name)) return true
      return !parents.some(({ to }) => {
        const ancestor = alters.get(to)
        return (
          ancestor?.properties.includes(name) === true &&
          equal(ancestor.after.properties[name], change.after.properties[name])
        )
      })
    })
    if (properties.length < change.properties.length) alters.set(id, { ...change, properties })
  }
}

function parentsOf(index: CatalogIndex, id: string) {
  return index.needs(id).filter(({ type }) => type === "inherits" || type === "merges")
}

/** Whether any part of one table comes from the other. */
function areHeirs(index: CatalogIndex, heir: string, ancestor: string): boolean {
  return index.dependents(heir).some(({ from, type }) => {
    if (type !== "owned") return false
    return parentsOf(index, from).some(({ to }) => index.get(to)?.parent?.id === ancestor)
  })
}
