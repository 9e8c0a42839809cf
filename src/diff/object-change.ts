import type { Catalog } from "../catalog/catalog.ts"
import { diff } from "./diff.ts"

/** One object that differs. */
export interface ObjectChange {
  readonly change: "create" | "drop" | "alter"
  /** Type and identity: `table column public.users.email`. */
  readonly object: string
  /** What differs of an altered object, with the values of both sides. */
  readonly properties?: Readonly<Record<string, { readonly from: unknown; readonly to: unknown }>>
}

/** Compares two catalogs, object by object; nothing where they are equal. */
export function changesBetween(from: Catalog, to: Catalog): readonly ObjectChange[] {
  return diff(from, to).map((change): ObjectChange => {
    if (change.type !== "alter") return { change: change.type, object: change.object.id }
    const { before, after } = change
    const properties = change.properties.map((name) => [
      name,
      { from: before.properties[name] ?? null, to: after.properties[name] ?? null },
    ])
    const facets = change.facets.map((name) => [
      name,
      { from: before[name] ?? null, to: after[name] ?? null },
    ])
    return { change: "alter", object: after.id, properties: Object.fromEntries([...properties, ...facets]) }
  })
}

const signs = { create: "+", drop: "-", alter: "~" } as const

/** Says differences in lines, for the details of a diagnostic: at most twenty. */
export function describeChanges(changes: readonly ObjectChange[]): readonly string[] {
  const lines = changes.map(({ change, object, properties = {} }) => {
    const values = Object.entries(properties).map(
      ([name, { from, to }]) => `${name} ${shown(from)} -> ${shown(to)}`,
    )
    return `${signs[change]} ${object}${values.length === 0 ? "" : `: ${values.join(", ")}`}`
  })
  return lines.length <= 20 ? lines : [...lines.slice(0, 20), `and ${lines.length - 20} more`]
}

function shown(value: unknown): string {
  if (value === null) return "nothing"
  const text = typeof value === "string" ? value : JSON.stringify(value)
  return text.replace(/\s+/g, " ").slice(0, 100)
}
