import type { Catalog, CatalogObject } from "../catalog/catalog.ts"
import { compareText } from "../compare-text.ts"
import { kindOf } from "../kinds/all.ts"
import { comparedNames } from "../kinds/kind.ts"

/** One difference between two catalogs. */
export type Change = Create | Drop | AlterObject

export interface Create {
  readonly type: "create"
  readonly object: CatalogObject
}

export interface Drop {
  readonly type: "drop"
  readonly object: CatalogObject
}

export interface AlterObject {
  readonly type: "alter"
  readonly before: CatalogObject
  readonly after: CatalogObject
  /** Names of the properties that differ, in the order of the kind's rules. */
  readonly properties: readonly string[]
  readonly facets: readonly FacetName[]
}

/** What every object may have besides its properties. */
export type FacetName = "owner" | "comment" | "grants" | "labels"

const facetNames: readonly FacetName[] = ["owner", "comment", "grants", "labels"]

/**
 * Returns what leads from one catalog to another, in the order of ids; nothing where they are equal.
 *
 * An object of the same name and another kind (an enum that became a domain) is dropped and created.
 */
export function diff(from: Catalog, to: Catalog): readonly Change[] {
  const version = Math.min(from.serverVersion, to.serverVersion)
  const wanted = new Map(to.objects.map((object) => [object.id, object]))
  const changes: Change[] = []
  for (const object of from.objects) {
    changes.push(...compare(object, wanted.get(object.id), version))
    wanted.delete(object.id)
  }
  for (const object of wanted.values()) changes.push(...compare(undefined, object, version))
  // Stable, so that what is dropped to become another kind is dropped first.
  return changes.sort((a, b) => compareText(idOf(a), idOf(b)))
}

function idOf(change: Change): string {
  return change.type === "alter" ? change.after.id : change.object.id
}

/** @param version of the older of the two servers */
function compare(
  before: CatalogObject | undefined,
  after: CatalogObject | undefined,
  version: number,
): readonly Change[] {
  if (before === after) return []
  if (before === undefined || after === undefined || before.kind !== after.kind) {
    return [
      ...(before === undefined ? [] : [{ type: "drop", object: before } as const]),
      ...(after === undefined ? [] : [{ type: "create", object: after } as const]),
    ]
  }
  const { toldSince = {} } = kindOf(after) as { readonly toldSince?: Readonly<Record<string, number>> }
  const properties = comparedProperties(after).filter(
    (name) => (toldSince[name] ?? 0) <= version && !equal(before.properties[name], after.properties[name]),
  )
  const facets = facetNames.filter((name) =>
    name === "grants"
      ? !equal(grantsKnownTo(version, before.grants), grantsKnownTo(version, after.grants))
      : !equal(before[name], after[name]),
  )
  return properties.length + facets.length === 0 ? [] : [{ type: "alter", before, after, properties, facets }]
}

/** Leaves out MAINTAIN, which an owner has from 17 on, where the other server cannot have it. */
function grantsKnownTo(version: number, grants: CatalogObject["grants"]): CatalogObject["grants"] {
  if (version >= 170_000) return grants
  const isKnown = (privilege: string) => privilege !== "MAINTAIN"
  return grants
    ?.map((grant) => ({
      ...grant,
      privileges: grant.privileges.filter(isKnown),
      grantable: grant.grantable.filter(isKnown),
    }))
    .filter(({ privileges }) => privileges.length > 0)
}

const compared = new Map<string, readonly string[]>()

/** Properties that their kind ignores are not compared. */
function comparedProperties(object: CatalogObject): readonly string[] {
  let names = compared.get(object.kind)
  if (names === undefined) {
    names = comparedNames(kindOf(object))
    compared.set(object.kind, names)
  }
  return names
}

/** Compares plain values; an absent one equals null. */
export function equal(a: unknown, b: unknown): boolean {
  if (a === b || (a ?? null) === (b ?? null)) return true
  if (typeof a !== "object" || typeof b !== "object" || a === null || b === null) return false
  if (Array.isArray(a) || Array.isArray(b)) {
    return (
      Array.isArray(a) &&
      Array.isArray(b) &&
      a.length === b.length &&
      a.every((value, index) => equal(value, b[index]))
    )
  }
  const names = new Set([...Object.keys(a), ...Object.keys(b)])
  return [...names].every((name) =>
    equal((a as Record<string, unknown>)[name], (b as Record<string, unknown>)[name]),
  )
}
