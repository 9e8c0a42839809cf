import type { CatalogIndex } from "../catalog/catalog-index.ts"
import { equal } from "../diff/diff.ts"
import { reachable } from "../graph.ts"
import { kindOf } from "../kinds/all.ts"
import { alterationSteps, type Work } from "./work.ts"

/**
 * Takes out of the work what the server does by itself: what happens to a column or constraint of a table also
 * happens to those that tables inherited from it.
 */
export function leaveOutInherited(work: Work): void {
  const { source, target, drops, creates, alters } = work
  for (const [id, object] of creates) {
    const parents = parentsOf(target, id).filter(({ to, type }) => type === "inherits" && creates.has(to))
    // Tables that are new, or become heirs, bring their own.
    const arrives = parents.some(({ to }) => {
      const heir = object.parent?.id
      const ancestor = target.get(to)?.parent?.id
      return (
        heir !== undefined &&
        ancestor !== undefined &&
        areHeirs(source, heir, ancestor) &&
        areHeirs(target, heir, ancestor) &&
        !isApart(heir, work) &&
        !drops.has(heir) &&
        !drops.has(ancestor)
      )
    })
    if (arrives) creates.delete(id)
  }
  const gone = new Set(drops.keys())
  for (const id of gone) {
    if (creates.has(id)) continue
    const takenAlong =
      !isApart(source.get(id)?.parent?.id, work) &&
      parentsOf(source, id).some(
        ({ type, to }) => type === "inherits" && gone.has(to) && !heirsStay(to, work),
      )
    if (takenAlong) drops.delete(id)
  }
  for (const [id, change] of alters) {
    const { recurses = [] } = kindOf(change.after)
    if (isApart(change.after.parent?.id, work)) continue
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

/** Returns the ids of all that came from an object of a parent table, or merged with it, however far below. */
export function heirsOf(id: string, index: CatalogIndex): readonly string[] {
  const below = (at: string) =>
    index.dependents(at).flatMap(({ from, type }) => (isInheritance(type) ? [from] : []))
  return [...reachable([id], below)].filter((each) => each !== id)
}

/** Returns the ids of all that an object came from, or merged with, however far above. */
export function ancestorsOf(id: string, index: CatalogIndex): readonly string[] {
  const above = (at: string) => index.needs(at).flatMap(({ to, type }) => (isInheritance(type) ? [to] : []))
  return [...reachable([id], above)].filter((each) => each !== id)
}

function isInheritance(type: string): boolean {
  return type === "inherits" || type === "merges"
}

/** Returns the id of what makes a table a partition. */
export function attachmentOf(identity: string): string {
  return `partition ${identity}`
}

/** Whether a table leaves what it is a part of, if only for the time of the plan. */
export function isApart(table: string | undefined, { drops, alters, apart, source }: Work): boolean {
  const attachment = attachmentOf(source.get(table ?? "")?.identity ?? "")
  const change = alters.get(attachment)
  return (
    drops.has(attachment) ||
    apart.has(attachment) ||
    (change !== undefined && alterationSteps(change) === "recreate")
  )
}

/** Whether something that came with it only is wanted without it. */
export function heirsStay(id: string, work: Work): boolean {
  const { source, target, drops } = work
  return source
    .dependents(id)
    .some(
      ({ from, type }) =>
        type === "inherits" &&
        target.has(from) &&
        !drops.has(from) &&
        leavingTable(from, id, work) === undefined,
    )
}

/** Returns the table of the heir where it stays and inherits from the other's table no longer. A partition's own change is none. */
export function leavingTable(
  heir: string,
  ancestor: string,
  { source, target, alters }: Work,
): string | undefined {
  const table = source.get(heir)?.parent?.id
  const parent = source.get(ancestor)?.parent?.id
  if (table === undefined || !alters.has(table)) return undefined
  if (source.has(attachmentOf(source.get(table)?.identity ?? ""))) return undefined
  return target.needs(table).some(({ to }) => to === parent) ? undefined : table
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
