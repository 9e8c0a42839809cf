import type { CatalogObject, Dependency, Reference } from "../catalog/catalog.ts"
import type { Kind, Scope } from "../kinds/kind.ts"
import { addressOf } from "./facets.ts"

/** One edge as PostgreSQL keeps it, or as a kind adds it. */
export interface EdgeRow {
  readonly classid: number
  readonly objid: number
  readonly objsubid: number
  readonly refclassid: number
  readonly refobjid: number
  readonly refobjsubid: number
  /** Of pg_depend: n normal, a auto, i internal, P partition, e extension, x auto extension; or a type of `Dependency`. */
  readonly type: string
}

/**
 * Reads pg_depend once, and what the kinds add.
 *
 * Of the edges of partitions those to the partition's table (S) are left out, and so is the one between a partition
 * and the table it is a part of: attachments are objects of their own that need both ends.
 */
export function dependencyQuery(kinds: readonly Kind[], scope: Scope): string {
  const added = kinds
    .flatMap((kind) => kind.dependencies?.(scope) ?? [])
    .map(
      (query) =>
        `union all select classid::oid, objid::oid, objsubid, refclassid::oid, refobjid::oid, refobjsubid, type from (${query}) q`,
    )
  return `select d.classid, d.objid, d.objsubid, d.refclassid, d.refobjid, d.refobjsubid, d.deptype::text as type
    from pg_depend d
    where d.objid >= 16384 and d.deptype <> 'S'
      and not (d.deptype = 'a' and d.classid = 'pg_class'::regclass and d.refclassid = 'pg_class'::regclass
        and d.objsubid = 0 and d.refobjsubid = 0
        and exists (select from pg_inherits i where i.inhrelid = d.objid and i.inhparent = d.refobjid))
    ${added.join("\n")}`
}

/** Returns the object that stands for an address, where there is one. */
export type Resolve = (address: string) => string | undefined

/**
 * Turns edges between addresses into edges between objects.
 *
 * An end that is no object of ours (the rewrite rule of a view, the index of a constraint, a row type, an array type,
 * a member of an extension) is replaced by the object that owns it; a column that is no object by its relation.
 */
export function dependenciesOf(
  edges: readonly EdgeRow[],
  references: ReadonlyMap<string, Reference>,
  objects: readonly CatalogObject[],
): { readonly dependencies: readonly Dependency[]; readonly standIn: Resolve } {
  const resolve = resolver(edges, references, endOwners)
  const found = new Map<string, Dependency>()
  const add = (from: string, to: string, type: Dependency["type"]) => {
    const key = `${from}\n${to}`
    const known = found.get(key)
    if (from !== to && (known === undefined || strength[known.type] < strength[type])) {
      found.set(key, { from, to, type })
    }
  }
  for (const object of objects) {
    if (object.parent !== undefined) add(object.id, object.parent.id, "owned")
  }
  for (const edge of edges) {
    const start = startOf(edge)
    const from = resolve(start)
    const to = resolve(endOf(edge))
    if (from === undefined || to === undefined) continue
    // What is owned by the part of an object that is not modelled says nothing about the object as a whole.
    const owned = (edge.type === "a" || edge.type === "i" || edge.type === "P") && references.has(start)
    add(from, to, owned ? "owned" : isEdgeType(edge.type) ? edge.type : "needs")
  }
  return { dependencies: [...found.values()].sort(byEnds), standIn: resolver(edges, references, wholeOwners) }
}

/** Of two edges between the same objects the stronger one counts; what a kind adds outweighs pg_depend. */
const strength: Readonly<Record<Dependency["type"], number>> = {
  follows: 0,
  needs: 1,
  owned: 2,
  goes: 3,
  inherits: 4,
  merges: 4,
}

function isEdgeType(type: string): type is Dependency["type"] {
  return type in strength
}

function startOf({ classid, objid, objsubid }: EdgeRow): string {
  return addressOf({ classid, objid, objsubid })
}

function endOf({ refclassid, refobjid, refobjsubid }: EdgeRow): string {
  return addressOf({ classid: refclassid, objid: refobjid, objsubid: refobjsubid })
}

/** Types of pg_depend that make one object stand for another; the strongest counts. */
type Owners = Readonly<Record<string, number>>

/** For the end of an edge: an extension for its members, a column for the expression that generates it. */
const endOwners: Owners = { e: 3, i: 2, a: 1 }

/** For an object that no kind reads: only what it is an inner part of, or was cloned from for a partition. */
const wholeOwners: Owners = { e: 3, P: 2, i: 1 }

function resolver(
  edges: readonly EdgeRow[],
  references: ReadonlyMap<string, Reference>,
  ownership: Owners,
): Resolve {
  const owners = new Map<string, { readonly owner: string; readonly rank: number }>()
  for (const edge of edges) {
    const rank = ownership[edge.type]
    if (rank === undefined) continue
    const start = startOf(edge)
    if (references.has(start)) continue
    const known = owners.get(start)
    if (known === undefined || known.rank < rank) owners.set(start, { owner: endOf(edge), rank })
  }
  return (address) => {
    const seen = new Set<string>()
    let at: string | undefined = address
    while (at !== undefined && !seen.has(at)) {
      const reference = references.get(at)
      if (reference !== undefined) return reference.id
      seen.add(at)
      at = owners.get(at)?.owner ?? wholeOf(at)
    }
    return undefined
  }
}

/** The relation of a column; undefined where the address is a whole object already. */
function wholeOf(address: string): string | undefined {
  return address.endsWith(" 0") ? undefined : address.replace(/ \d+$/, " 0").replace(/ -\d+$/, " 0")
}

function byEnds(a: Dependency, b: Dependency): number {
  return compare(a.from, b.from) || compare(a.to, b.to)
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0
}
