import { attachments } from "./attachments.ts"
import { columns } from "./columns.ts"
import { compositeTypes } from "./composite-types.ts"
import { constraints } from "./constraints.ts"
import { defaults } from "./defaults.ts"
import { derivedColumns } from "./derived-columns.ts"
import { domainConstraints } from "./domain-constraints.ts"
import { domains } from "./domains.ts"
import { enums } from "./enums.ts"
import { extensions } from "./extensions.ts"
import { functions } from "./functions.ts"
import { indexAttachments } from "./index-attachments.ts"
import { indexes } from "./indexes.ts"
import type { Kind } from "./kind.ts"
import { materializedViews } from "./materialized-views.ts"
import { policies } from "./policies.ts"
import { rangeTypes } from "./range-types.ts"
import { rules } from "./rules.ts"
import { schemas } from "./schemas.ts"
import { sequenceOwners } from "./sequence-owners.ts"
import { sequences } from "./sequences.ts"
import { tables } from "./tables.ts"
import { triggers } from "./triggers.ts"
import { views } from "./views.ts"

/**
 * Every kind, in the order in which a plan creates what no dependency orders; it drops in the reverse order.
 *
 * Functions come after tables and views, other than in pg_dump: a body that is text may use them, and the server
 * keeps no record of it.
 * @see PostgreSQL source, src/bin/pg_dump/pg_dump_sort.c, `dbObjectTypePriorities`
 */
export const allKinds: readonly Kind[] = [
  schemas,
  extensions,
  enums,
  domains,
  domainConstraints,
  compositeTypes,
  rangeTypes,
  sequences,
  tables,
  columns,
  defaults,
  views,
  functions,
  sequenceOwners,
  materializedViews,
  derivedColumns,
  constraints,
  indexes,
  attachments,
  indexAttachments,
  rules,
  triggers,
  policies,
]

const byName = new Map(allKinds.map((kind) => [kind.name, kind]))

/** Returns the kind of an object. A catalog names no other kinds than those of this list. */
export function kindOf({ kind }: { readonly kind: string }): Kind {
  const found = byName.get(kind)
  if (found === undefined) throw new TypeError(`no kind is named ${kind}`)
  return found
}

const places = new Map(allKinds.map((kind, place) => [kind.name, place]))

/** Returns the place of an object's kind in the order of creation. */
export function placeOf({ kind }: { readonly kind: string }): number {
  return places.get(kind) ?? allKinds.length
}
