import type { Catalog, CatalogObject, DefaultPrivilege, Grant } from "../catalog/catalog.ts"
import type { FacetName } from "../diff/diff.ts"
import { kindOf } from "../kinds/all.ts"
import { quoteLiteral } from "../sql/identifier.ts"

/** Who makes an object, and what it starts with. */
export interface Setting {
  /** The role that runs the plan, quoted. */
  readonly role: string
  readonly defaultGrants: Catalog["defaultGrants"]
  readonly defaultPrivileges: Catalog["defaultPrivileges"]
}

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

function grantSteps(object: CatalogObject, setting: Setting, before: CatalogObject | undefined): string[] {
  const grants = kindOf(object).facets?.grants
  if (grants === undefined) return []
  const { on, list } = wording(object)
  const altered =
    before === undefined
      ? setting.defaultPrivileges.filter((each) => each.role === setting.role && each.type === grants.type)
      : []
  if (altered.length > 0) return resetSteps(object, setting, altered)
  // ALTER ... OWNER hands the old owner's privileges to the new one.
  const owner = object.owner ?? ""
  const old = withOwner(
    effective(before ?? { ...object, grants: undefined }, grants.type, setting),
    before?.owner,
    owner,
  )
  const wanted = effective(object, grants.type, setting)
  const steps: string[] = []
  /** What somebody may no longer pass on is taken from those who had it that way, too. */
  const cascaded = new Set<string>()
  for (const { grantee, privileges, grantable } of old) {
    const kept = wanted.find((grant) => grant.grantee === grantee)
    const gone = privileges.filter((privilege) => !kept?.privileges.includes(privilege))
    const notGrantable = grantable.filter(
      (privilege) => !gone.includes(privilege) && !kept?.grantable.includes(privilege),
    )
    const passedOn =
      grantee === owner ? [] : grantable.filter((privilege) => !kept?.grantable.includes(privilege))
    for (const privilege of passedOn) cascaded.add(privilege)
    const also = passedOn.length === 0 ? "" : " cascade"
    if (gone.length > 0) steps.push(`revoke ${list(gone)} on ${on} from ${roleName(grantee)}${also}`)
    if (notGrantable.length > 0) {
      steps.push(`revoke grant option for ${list(notGrantable)} on ${on} from ${roleName(grantee)}${also}`)
    }
  }
  for (const { grantee, privileges, grantable } of wanted) {
    const known = old.find((grant) => grant.grantee === grantee)
    const isThere = (list: readonly string[] = [], privilege: string) =>
      list.includes(privilege) && (grantee === owner || !cascaded.has(privilege))
    const plain = privileges.filter(
      (privilege) => !grantable.includes(privilege) && !isThere(known?.privileges, privilege),
    )
    const option = grantable.filter((privilege) => !isThere(known?.grantable, privilege))
    if (plain.length > 0) steps.push(`grant ${list(plain)} on ${on} to ${roleName(grantee)}`)
    if (option.length > 0)
      steps.push(`grant ${list(option)} on ${on} to ${roleName(grantee)} with grant option`)
  }
  return steps
}

/**
 * Grants everything anew: what a new object starts with depends on default privileges, which may have changed before
 * the plan comes to it. Revoking what is not granted does nothing.
 */
function resetSteps(object: CatalogObject, setting: Setting, altered: readonly DefaultPrivilege[]): string[] {
  const type = kindOf(object).facets?.grants?.type ?? ""
  const { on, list } = wording(object)
  const wanted = effective(object, type, setting)
  const starting = effective({ owner: object.owner ?? setting.role }, type, setting)
  const grantees = new Set([...starting, ...wanted].map(({ grantee }) => grantee))
  for (const { grantees: more } of altered) for (const grantee of more) grantees.add(grantee)
  return [
    ...[...grantees].sort().map((grantee) => `revoke all on ${on} from ${roleName(grantee)}`),
    ...wanted.flatMap(({ grantee, privileges, grantable }) => {
      const plain = privileges.filter((privilege) => !grantable.includes(privilege))
      return [
        ...(plain.length === 0 ? [] : [`grant ${list(plain)} on ${on} to ${roleName(grantee)}`]),
        ...(grantable.length === 0
          ? []
          : [`grant ${list(grantable)} on ${on} to ${roleName(grantee)} with grant option`]),
      ]
    }),
  ]
}

/** How SQL names the object and its privileges in GRANT and REVOKE. */
function wording(object: CatalogObject) {
  const grants = kindOf(object).facets?.grants
  const columns = grants?.columns?.(object)
  return {
    on: grants?.on(object) ?? "",
    list: (privileges: readonly string[]) =>
      privileges
        .map((privilege) => privilege.toLowerCase() + (columns === undefined ? "" : ` ${columns}`))
        .join(", "),
  }
}

function effective(
  object: { readonly grants?: readonly Grant[] | undefined; readonly owner?: string },
  type: string,
  { defaultGrants }: Setting,
): readonly Grant[] {
  if (object.grants !== undefined) return object.grants
  return (defaultGrants[type] ?? []).map((grant) =>
    grant.grantee === "*" ? { ...grant, grantee: object.owner ?? "" } : grant,
  )
}

function withOwner(grants: readonly Grant[], before: string | undefined, after: string): readonly Grant[] {
  if (before === undefined || before === after) return grants
  const others = grants.filter(({ grantee }) => grantee !== before && grantee !== after)
  const both = grants.filter(({ grantee }) => grantee === before || grantee === after)
  if (both.length === 0) return grants
  const merged = (pick: (grant: Grant) => readonly string[]) => [...new Set(both.flatMap(pick))].sort()
  return [
    ...others,
    {
      grantee: after,
      privileges: merged((grant) => grant.privileges),
      grantable: merged((grant) => grant.grantable),
    },
  ]
}

function roleName(grantee: string): string {
  return grantee === "PUBLIC" ? "public" : grantee
}
