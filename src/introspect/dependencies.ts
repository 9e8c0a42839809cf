import type { CatalogObject, Dependency, Reference } from "../catalog/catalog.ts"
import { compareText } from "../compare-text.ts"
import type { Kind, Scope } from "../kinds/kind.ts"
import { addressOf, asArrays, numbers, wholeOf, words } from "./address.ts"

/** All edges as PostgreSQL keeps them, and as kinds add them: one array for each column. */
export type EdgesRow = Readonly<Record<(typeof edgeColumns)[number], string | null>>

const edgeColumns = [
  "classid",
  "objid",
  "objsubid",
  "refclassid",
  "refobjid",
  "refobjsubid",
  // Of pg_depend: n normal, a auto, i internal, P partition, e extension, x auto extension; or a type of `Dependency`.
  "type",
] as const

/** The edges, one place in each array for each of them. */
export interface Edges {
  /** Addresses. */
  readonly from: Float64Array
  readonly to: Float64Array
  readonly types: readonly string[]
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
  const query = `select d.classid, d.objid, d.objsubid, d.refclassid, d.refobjid, d.refobjsubid, d.deptype::text as type
    from pg_depend d
    where d.objid >= 16384 and d.deptype <> 'S'
      and not (d.deptype = 'a' and d.classid = 'pg_class'::regclass and d.refclassid = 'pg_class'::regclass
        and d.objsubid = 0 and d.refobjsubid = 0
        and exists (select from pg_inherits i where i.inhrelid = d.objid and i.inhparent = d.refobjid))
    ${added.join("\n")}`
  return asArrays(query, ...edgeColumns)
}

/** Reads what `dependencyQuery` answered. */
export function edgesOf(row: EdgesRow): Edges {
  const types = words(row.type)
  const ends = (classid: string | null, objid: string | null, objsubid: string | null) => {
    const [classes, rows, columns] = [numbers(classid), numbers(objid), numbers(objsubid)]
    return Float64Array.from(rows, (each, index) =>
      addressOf({ classid: classes[index] ?? 0, objid: each, objsubid: columns[index] ?? 0 }),
    )
  }
  return {
    from: ends(row.classid, row.objid, row.objsubid),
    to: ends(row.refclassid, row.refobjid, row.refobjsubid),
    types,
  }
}

/** Returns the object that stands for an address, where there is one. */
export type Resolve = (address: number) => string | undefined

/**
 * Turns edges between addresses into edges between objects.
 *
 * An end that is no object of ours (the rewrite rule of a view, the index of a constraint, a row type, an array type,
 * a member of an extension) is replaced by the object that owns it; a column that is no object by its relation.
 */
export function dependenciesOf(
  edges: Edges,
  references: ReadonlyMap<number, Reference>,
  objects: readonly CatalogObject[],
): readonly Dependency[] {
  const resolve = resolver(edges, references, endOwners)
  const found = new Map<string, Map<string, Dependency["type"]>>()
  const add = (from: string, to: string, type: Dependency["type"]) => {
    if (from === to) return
    let ends = found.get(from)
    if (ends === undefined) {
      ends = new Map()
      found.set(from, ends)
    }
    const known = ends.get(to)
    if (known === undefined || strength[known] < strength[type]) ends.set(to, type)
  }
  for (const object of objects) {
    if (object.parent !== undefined) add(object.id, object.parent.id, "owned")
  }
  for (const [index, type] of edges.types.entries()) {
    const start = edges.from[index] ?? 0
    const from = resolve(start)
    const to = from === undefined ? undefined : resolve(edges.to[index] ?? 0)
    if (from === undefined || to === undefined) continue
    // What is owned by the part of an object that is not modelled says nothing about the object as a whole.
    const owned = (type === "a" || type === "i" || type === "P") && references.has(start)
    add(from, to, owned ? "owned" : isEdgeType(type) ? type : "needs")
  }
  return sorted(found)
}

/** Returns what an object that no kind reads is an inner part of, or was cloned from for a partition. */
export function standInOf(edges: Edges, references: ReadonlyMap<number, Reference>): Resolve {
  return resolver(edges, references, wholeOwners)
}

/** The edges by their ends: those from one object are few, so that only these and the objects have to be sorted. */
function sorted(found: ReadonlyMap<string, ReadonlyMap<string, Dependency["type"]>>): Dependency[] {
  const list: Dependency[] = []
  for (const from of [...found.keys()].sort(compareText)) {
    const ends = found.get(from) ?? new Map<string, Dependency["type"]>()
    for (const to of [...ends.keys()].sort(compareText))
      list.push({ from, to, type: ends.get(to) ?? "needs" })
  }
  return list
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

/** Types of pg_depend that make one object stand for another; the strongest counts. */
type Owners = Readonly<Record<string, number>>

/**
 * For the end of an edge: an extension for its members, a partitioned table's trigger or foreign key for those that its
 * partitions have from it, a column for the expression that generates it.
 */
const endOwners: Owners = { e: 4, i: 3, P: 2, a: 1 }

const wholeOwners: Owners = { e: 3, P: 2, i: 1 }

function resolver(
  { from, to, types }: Edges,
  references: ReadonlyMap<number, Reference>,
  ownership: Owners,
): Resolve {
  const owners = new Map<number, number>()
  for (const [index, type] of types.entries()) {
    const rank = ownership[type]
    const start = from[index] ?? 0
    if (rank === undefined || references.has(start)) continue
    const known = owners.get(start)
    if (known === undefined || (ownership[types[known] ?? ""] ?? 0) < rank) owners.set(start, index)
  }
  return (address) => {
    let at: number | undefined = address
    // Owners may go in a circle.
    for (let step = 0; at !== undefined && step < mostOwners; step += 1) {
      const reference = references.get(at)
      if (reference !== undefined) return reference.id
      const owner = owners.get(at)
      at = owner === undefined ? wholeOf(at) : to[owner]
    }
    return undefined
  }
}

/** The default of a column of a table of an extension has three. */
const mostOwners = 16
