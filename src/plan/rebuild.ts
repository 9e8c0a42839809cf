import type { CatalogObject, Dependency } from "../catalog/catalog.ts"
import { kindOf } from "../kinds/all.ts"
import { tieOfCircle, turnsOf } from "./in-turn.ts"
import { ancestorsOf, heirsOf, isApart } from "./inherited.ts"
import { namesOf } from "./nodes.ts"
import { alterationSteps, disturbsDependents, recreate, type Work } from "./work.ts"

/**
 * Adds to the work what must be dropped and made again around it: objects whose change is not possible in place, and
 * all that depends on what is dropped, rebuilt, or changed in a way that the server refuses while it is used.
 *
 * What holds data is not rebuilt because of something it depends on: it moves over, where its kind knows how.
 */
export function addRebuilds(work: Work): void {
  for (const change of [...work.alters.values()]) {
    if (alterationSteps(change) === "recreate") recreate(work, change.after.id)
  }
  for (const [id, object] of [...work.drops]) {
    const name = kindOf(object).endsWith?.(object)
    if (name !== undefined && work.target.has(id) === false) endWith(work, id, name)
  }
  for (let tie = tieOfCircle(turnsOf(work)); tie !== undefined; tie = tieOfCircle(turnsOf(work))) {
    recreate(work, tie)
  }
  // Sets and maps visit what is added while they are walked, so each is its own queue.
  const queue = new Set<string>([...work.drops.keys()])
  for (const change of work.alters.values()) {
    if (!disturbsDependents(change)) continue
    // What changes in a table changes in all that inherit it.
    for (const id of [change.after.id, ...heirsOf(change.after.id, work.source)]) queue.add(id)
  }
  for (const id of queue) {
    for (const edge of work.source.dependents(id)) {
      const dependent = work.source.get(edge.from)
      if (dependent === undefined || work.drops.has(edge.from) || !mustGo(work, edge, dependent)) continue
      if (moveOver(work, edge, dependent)) continue
      recreate(work, edge.from)
      queue.add(edge.from)
    }
  }
  // What moves in a table moves in all that inherit it.
  const moving = new Set(work.moved.keys())
  for (const id of moving) {
    if (ancestorsOf(id, work.source).some((ancestor) => moving.has(ancestor))) work.moved.delete(id)
  }
}

/** Makes that be made again which something ends with, unless it ends otherwise. */
function endWith(work: Work, id: string, name: string): void {
  const { source, target, drops } = work
  const owners = source.needs(id).filter(({ type }) => type === "owned")
  const whole = owners
    .flatMap(({ to }) => source.get(to) ?? [])
    .find((object) => namesOf(object).includes(name))
  if (whole === undefined || drops.has(whole.id) || !target.has(whole.id)) return
  const parts = owners.filter(({ to }) => to !== whole.id)
  const detached = parts.some(({ to }) => isApart(source.get(to)?.parent?.id, work))
  if (!detached) recreate(work, whole.id)
}

function mustGo({ drops, alters, target }: Work, edge: Dependency, dependent: CatalogObject): boolean {
  if (edge.type !== "needs" && edge.type !== "owned") return false
  const kind = kindOf(dependent)
  if (!drops.has(edge.to))
    return kind.remadeByServer?.(dependent) !== true && kind.holdsData?.(dependent) !== true
  // Its own change takes it off what goes.
  const moves = alters.has(edge.from) && !target.needs(edge.from).some(({ to }) => to === edge.to)
  return !moves
}

/** Returns whether the dependent holds data and so stays. */
function moveOver(work: Work, edge: Dependency, dependent: CatalogObject): boolean {
  const kind = kindOf(dependent)
  const part = dependent.parent?.id === edge.to
  if (part || kind.holdsData?.(dependent) !== true) return false
  const old = work.source.get(edge.to)
  const after = work.target.get(edge.from)
  if (
    old !== undefined &&
    after !== undefined &&
    work.creates.has(edge.to) &&
    kind.moveOver &&
    kindOf(old).setAside
  ) {
    work.aside.add(edge.to)
    work.moved.set(edge.from, after)
    // What the change of a column's type disturbs is disturbed by this, too.
    for (const { from, type } of work.source.dependents(edge.from)) {
      const user = work.source.get(from)
      if (user === undefined || work.drops.has(from) || (type !== "needs" && type !== "owned")) continue
      if (kindOf(user).remadeByServer?.(user) || kindOf(user).holdsData?.(user)) continue
      recreate(work, from)
    }
  }
  return true
}
