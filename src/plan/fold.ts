import { kindOf } from "../kinds/all.ts"
import { isApart } from "./inherited.ts"
import { createKey, dropKey } from "./nodes.ts"
import type { Work } from "./work.ts"

/**
 * Returns which nodes of a plan happen within another one: a column within its table's CREATE statement, the end of an
 * index within the DROP of its table.
 */
export function fold(work: Work): Map<string, string> {
  const { source, target, drops, creates, aside } = work
  const hosts = new Map<string, string>()
  const said = new Set<string>()
  for (const [id, object] of creates) {
    const parent = object.parent === undefined ? undefined : target.get(object.parent.id)
    if (parent === undefined || !creates.has(parent.id)) continue
    const { inline, inlineOnce } = kindOf(object)
    if (!kindOf(parent).hosts?.(parent) || inline?.(object, []) === undefined) continue
    const once = inlineOnce?.(object)
    const meaning = `${parent.id} ${once}`
    if (once !== undefined && said.has(meaning)) continue
    said.add(meaning)
    hosts.set(createKey(id), createKey(parent.id))
  }
  for (const [id, { parent }] of drops) {
    if (aside.has(id)) continue
    // What a partition has of the whole is its own once it is detached.
    const apart = isApart(parent?.id, work)
    const owner = source
      .needs(id)
      .find(
        ({ type, to }) =>
          (type === "owned" || type === "goes") &&
          drops.has(to) &&
          !(apart && to !== parent?.id && source.get(to)?.parent?.id !== parent?.id),
      )
    if (owner !== undefined) hosts.set(dropKey(id), dropKey(owner.to))
  }
  return hosts
}

/** Returns the node that a node happens in, in the end. */
export function rootOf(hosts: ReadonlyMap<string, string>, key: string): string {
  let at = key
  for (let host = hosts.get(at); host !== undefined; host = hosts.get(at)) at = host
  return at
}
