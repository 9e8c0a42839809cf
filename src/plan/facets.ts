import type { CatalogObject } from "../catalog/catalog.ts"
import type { FacetName } from "../diff/diff.ts"
import { kindOf } from "../kinds/all.ts"
import { quoteLiteral } from "../sql/identifier.ts"
import { grantSteps, type Setting } from "./grants.ts"

/**
 * Returns the statements for owner, privileges, comment and labels of an object that was just made, or those of them
 * that differ from `before`.
 */
export function facetSteps(
  object: CatalogObject,
  setting: Setting,
  before: CatalogObject | undefined,
  names: readonly FacetName[] = ["owner", "grants", "comment", "labels"],
): string[] {
  return [
    ...(names.includes("owner") && !ownerFollows(before, object)
      ? ownerSteps(object, before?.owner ?? setting.role)
      : []),
    ...(names.includes("grants") || names.includes("owner") ? grantSteps(object, setting, before) : []),
    ...(names.includes("comment") ? commentSteps(object, before) : []),
    ...(names.includes("labels") ? labelSteps(object, before) : []),
  ]
}

/** Whether the change of another object's owner changes this one's. */
function ownerFollows(before: CatalogObject | undefined, after: CatalogObject): boolean {
  const follows = (object: CatalogObject) => kindOf(object).facets?.ownerFollows?.(object) === true
  return before !== undefined && follows(before) && follows(after)
}

function ownerSteps(object: CatalogObject, current: string): string[] {
  const target = kindOf(object).facets?.owner?.(object)
  return target === undefined || object.owner === undefined || object.owner === current
    ? []
    : [`alter ${target} owner to ${object.owner}`]
}

function commentSteps(object: CatalogObject, before: CatalogObject | undefined): string[] {
  const target = kindOf(object).facets?.comment?.(object)
  if (target === undefined || object.comment === before?.comment) return []
  return [`comment on ${target} is ${object.comment === undefined ? "null" : quoteLiteral(object.comment)}`]
}

function labelSteps(object: CatalogObject, before: CatalogObject | undefined): string[] {
  const target = kindOf(object).facets?.comment?.(object)
  if (target === undefined) return []
  const [old, wanted] = [before?.labels ?? [], object.labels ?? []]
  const set = (provider: string, label: string) =>
    `security label for ${quoteLiteral(provider)} on ${target} is ${label}`
  return [
    ...old
      .filter(({ provider }) => !wanted.some((label) => label.provider === provider))
      .map(({ provider }) => set(provider, "null")),
    ...wanted
      .filter(
        ({ provider, label }) => !old.some((each) => each.provider === provider && each.label === label),
      )
      .map(({ provider, label }) => set(provider, quoteLiteral(label))),
  ]
}
