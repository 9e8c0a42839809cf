import type { Catalog } from "../catalog/catalog.ts"
import { indexCatalog } from "../catalog/catalog-index.ts"
import { keepAs, keepDropped } from "../catalog/keep.ts"
import { leaveOut } from "../catalog/leave-out.ts"
import { namesOf } from "../plan/nodes.ts"

/**
 * Returns what is wanted together with what is to go, so that code of before and code of after both find what they use.
 * What is wanted under a name that something has which is to go comes when that is gone: a new table with the index of
 * one that was dropped. A default goes at once where the column computes its values itself from then on.
 */
export function meanwhileOf(from: Catalog, wanted: Catalog): Catalog {
  const both = keepDropped(from, wanted)
  const [before, index, after] = [from, both, wanted].map(indexCatalog)
  if (before === undefined || index === undefined || after === undefined) return both
  const kept = both.objects.filter(({ id }) => !after.has(id))
  const taken = new Set(kept.flatMap(namesOf))
  const late = new Set<string>()
  for (const object of wanted.objects) {
    const old = before.get(object.id)
    const had = old === undefined ? [] : namesOf(old)
    const isTaken = namesOf(object).some((name) => taken.has(name) && !had.includes(name))
    if (isTaken) late.add(object.id)
  }
  for (const id of late) {
    const parent = index.get(id)?.parent?.id
    // A part of something new comes with it.
    if (parent !== undefined && !before.has(parent)) late.add(parent)
    for (const { from: user } of index.dependents(id)) if (after.has(user)) late.add(user)
  }
  const isThere = (id: string) => before.has(id)
  const withOld = keepAs(from, both, new Set([...late].filter(isThere)))
  const without = leaveOut(withOld, ({ id }) => late.has(id) && !isThere(id))
  const counting = new Set(
    without.objects
      .filter(({ properties }) => properties.identityKind || properties.generated)
      .map(({ id }) => id),
  )
  return leaveOut(
    without,
    ({ id, kind, parent }) => kind === "default" && !after.has(id) && counting.has(parent?.id ?? ""),
  )
}
