import type { CatalogObject } from "../catalog/catalog.ts"
import type { CatalogIndex } from "../catalog/catalog-index.ts"
import type { AlterObject, Change } from "../diff/diff.ts"
import { kindOf } from "../kinds/all.ts"
import type { Steps } from "../kinds/kind.ts"

/** What has to be done, by the ids of the objects. An object that is rebuilt is among the drops and the creates. */
export interface Work {
  readonly source: CatalogIndex
  readonly target: CatalogIndex
  readonly drops: Map<string, CatalogObject>
  readonly creates: Map<string, CatalogObject>
  readonly alters: Map<string, AlterObject>
  /** Rebuilt objects that are renamed out of the way until what holds data has moved over to the new ones. */
  readonly aside: Set<string>
  /** Objects in the target that move over to a new type. */
  readonly moved: Map<string, CatalogObject>
  /** Ids of the attachments of partitions that are known to be taken off, because something else is rebuilt. */
  readonly apart: ReadonlySet<string>
}

/** Sorts the changes by what they do. Those that cannot be made in place become a drop and a create. */
export function workOf(
  changes: readonly Change[],
  source: CatalogIndex,
  target: CatalogIndex,
  apart: ReadonlySet<string> = new Set(),
): Work {
  const work: Work = {
    source,
    target,
    drops: new Map(),
    creates: new Map(),
    alters: new Map(),
    aside: new Set(),
    moved: new Map(),
    apart,
  }
  for (const change of changes) {
    if (change.type === "drop") work.drops.set(change.object.id, change.object)
    else if (change.type === "create") work.creates.set(change.object.id, change.object)
    else work.alters.set(change.after.id, change)
  }
  return work
}

/** Makes an object be dropped and created. */
export function recreate({ source, target, drops, creates, alters, moved }: Work, id: string): void {
  const before = source.get(id)
  const after = target.get(id)
  if (before !== undefined) drops.set(id, before)
  if (after !== undefined) creates.set(id, after)
  alters.delete(id)
  moved.delete(id)
}

/** Returns the statements that change an object in place, or "recreate". */
export function alterationSteps({ before, after, properties }: AlterObject): Steps | "recreate" {
  const steps: Steps[number][] = []
  const { alter } = kindOf(after)
  for (const name of properties) {
    const rule = alter[name]
    if (rule === undefined || rule === "ignore") continue
    if (rule === "recreate") return "recreate"
    const answer = typeof rule === "function" ? rule(before, after) : rule.steps(before, after)
    if (answer === "recreate") return "recreate"
    for (const step of answer) {
      if (!steps.some((known) => sqlOf(known) === sqlOf(step))) steps.push(step)
    }
  }
  return steps
}

/** Whether the server refuses the change while other objects depend on this one. */
export function disturbsDependents({ after, properties }: AlterObject): boolean {
  const { alter } = kindOf(after)
  return properties.some((name) => {
    const rule = alter[name]
    return typeof rule === "object" && rule.rebuilds === "dependents"
  })
}

export function sqlOf(step: Steps[number]): string {
  return typeof step === "string" ? step : step.sql
}
