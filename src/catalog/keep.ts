import { compareText } from "../compare-text.ts"
import type { Catalog } from "./catalog.ts"

/**
 * Returns `to` together with what only `from` holds: the structure in which code of before and code of after both
 * find what they use. What is to go can then be dropped in a step of its own.
 */
export function keepDropped(from: Catalog, to: Catalog): Catalog {
  const wanted = new Set(to.objects.map(({ id }) => id))
  const kept = from.objects.filter(({ id }) => !wanted.has(id))
  const keptIds = new Set(kept.map(({ id }) => id))
  const edges = from.dependencies.filter(
    (edge) => keptIds.has(edge.from) && (keptIds.has(edge.to) || wanted.has(edge.to)),
  )
  const objects = [...to.objects, ...kept].sort((a, b) => compareText(a.id, b.id))
  return { ...to, objects, dependencies: [...to.dependencies, ...edges] }
}

/** Returns `to` with some objects as `from` has them, and with what they need there. */
export function keepAs(from: Catalog, to: Catalog, ids: ReadonlySet<string>): Catalog {
  const kept = from.objects.filter(({ id }) => ids.has(id))
  const objects = [...to.objects.filter(({ id }) => !ids.has(id)), ...kept]
  return {
    ...to,
    objects: objects.sort((a, b) => (a.id < b.id ? -1 : 1)),
    dependencies: [
      ...to.dependencies.filter((edge) => !ids.has(edge.from)),
      ...from.dependencies.filter((edge) => ids.has(edge.from)),
    ],
  }
}
