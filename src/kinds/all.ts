import { accessMethods } from "./access-methods.ts"
import { aggregates } from "./aggregates.ts"
import { attachments } from "./attachments.ts"
import { baseTypes } from "./base-types.ts"
import { casts } from "./casts.ts"
import { collations } from "./collations.ts"
import { columns } from "./columns.ts"
import { compositeTypes } from "./composite-types.ts"
import { constraints } from "./constraints.ts"
import { conversions } from "./conversions.ts"
import { defaultPrivileges } from "./default-privileges.ts"
import { defaults } from "./defaults.ts"
import { derivedColumns } from "./derived-columns.ts"
import { domainConstraints } from "./domain-constraints.ts"
import { domains } from "./domains.ts"
import { enums } from "./enums.ts"
import { eventTriggers } from "./event-triggers.ts"
import { extensionPrivileges } from "./extension-privileges.ts"
import { extensions } from "./extensions.ts"
import { foreignDataWrappers } from "./foreign-data-wrappers.ts"
import { foreignServers } from "./foreign-servers.ts"
import { foreignTables } from "./foreign-tables.ts"
import { functions } from "./functions.ts"
import { indexAttachments } from "./index-attachments.ts"
import { indexes } from "./indexes.ts"
import type { Kind } from "./kind.ts"
import { languages } from "./languages.ts"
import { materializedViews } from "./materialized-views.ts"
import { operatorClasses } from "./operator-classes.ts"
import { operatorFamilies } from "./operator-families.ts"
import { operatorFamilyFunctions } from "./operator-family-functions.ts"
import { operatorFamilyOperators } from "./operator-family-operators.ts"
import { operators } from "./operators.ts"
import { partitionTriggers } from "./partition-triggers.ts"
import { policies } from "./policies.ts"
import { publicationSchemas } from "./publication-schemas.ts"
import { publicationTables } from "./publication-tables.ts"
import { publications } from "./publications.ts"
import { rangeTypes } from "./range-types.ts"
import { rules } from "./rules.ts"
import { schemas } from "./schemas.ts"
import { sequenceOwners } from "./sequence-owners.ts"
import { sequences } from "./sequences.ts"
import { shellTypes } from "./shell-types.ts"
import { statistics } from "./statistics.ts"
import { subscriptions } from "./subscriptions.ts"
import { tables } from "./tables.ts"
import { textSearchConfigurations } from "./text-search-configurations.ts"
import { textSearchDictionaries } from "./text-search-dictionaries.ts"
import { textSearchParsers } from "./text-search-parsers.ts"
import { textSearchTemplates } from "./text-search-templates.ts"
import { transforms } from "./transforms.ts"
import { triggers } from "./triggers.ts"
import { userMappings } from "./user-mappings.ts"
import { views } from "./views.ts"

/**
 * Every kind, in the order in which a plan creates what no dependency orders; it drops in the reverse order.
 *
 * Functions come before tables, whose defaults and checks may call one by way of another that was there already. Of
 * what a body that is text uses the server keeps no record; it is looked for in the text (`mentions`).
 * @see PostgreSQL source, src/bin/pg_dump/pg_dump_sort.c, `dbObjectTypePriorities`
 */
export const allKinds: readonly Kind[] = [
  schemas,
  extensions,
  languages,
  collations,
  shellTypes,
  baseTypes,
  enums,
  domains,
  domainConstraints,
  compositeTypes,
  rangeTypes,
  casts,
  transforms,
  ...extensionPrivileges,
  accessMethods,
  textSearchParsers,
  textSearchTemplates,
  textSearchDictionaries,
  textSearchConfigurations,
  foreignDataWrappers,
  foreignServers,
  userMappings,
  functions,
  sequences,
  tables,
  foreignTables,
  columns,
  defaults,
  views,
  aggregates,
  operators,
  operatorFamilies,
  operatorFamilyOperators,
  operatorFamilyFunctions,
  operatorClasses,
  conversions,
  sequenceOwners,
  materializedViews,
  derivedColumns,
  constraints,
  indexes,
  attachments,
  indexAttachments,
  statistics,
  rules,
  triggers,
  partitionTriggers,
  policies,
  publications,
  publicationTables,
  publicationSchemas,
  subscriptions,
  defaultPrivileges,
  eventTriggers,
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
