import type { Catalog, CatalogObject, DefaultPrivilege, Grant } from "../catalog/catalog.ts"
import { kindOf } from "../kinds/all.ts"

/** Who makes an object, and what it starts with. */
export interface Setting {
  /** The role that runs the plan, quoted. */
  readonly role: string
  readonly defaultGrants: Catalog["defaultGrants"]
  readonly defaultPrivileges: Catalog["defaultPrivileges"]
}

/** Returns the statements that grant and revoke, for an object that was just made or was `before`. */
export function grantSteps(
  object: CatalogObject,
  setting: Setting,
  before: CatalogObject | undefined,
): string[] {
  const grants = kindOf(object).facets?.grants
  if (grants === undefined) return []
  const altered =
    before === undefined
      ? setting.defaultPrivileges.filter((each) => each.role === setting.role && each.type === grants.type)
      : []
  const owner = object.owner ?? ""
  const wanted = effective(object, grants.type, setting)
  const words = wording(object)
  if (altered.length > 0) {
    const starting = effective({ owner: object.owner ?? setting.role }, grants.type, setting)
    return resetSteps(words, wanted, starting, altered)
  }
  // ALTER ... OWNER hands the old owner's privileges to the new one.
  const old = withOwner(
    effective(before ?? { ...object, grants: undefined }, grants.type, setting),
    before?.owner,
    owner,
  )
  const { steps, left } = revokeSteps(words, old, wanted, owner)
  return [...steps, ...giveSteps(words, left, wanted)]
}

/**
 * Grants everything anew: what a new object starts with depends on default privileges, which may have changed before
 * the plan comes to it. Revoking what is not granted does nothing.
 */
function resetSteps(
  words: Wording,
  wanted: readonly Grant[],
  starting: readonly Grant[],
  altered: readonly DefaultPrivilege[],
): string[] {
  const grantees = new Set([...starting, ...wanted].map(({ grantee }) => grantee))
  for (const { grantees: more } of altered) for (const grantee of more) grantees.add(grantee)
  return [
    ...[...grantees].sort().map((grantee) => `revoke all on ${words.on} from ${roleName(grantee)}`),
    ...giveSteps(words, [], wanted),
  ]
}

/** Takes away what is no longer wanted; `left` is what remains of the old. */
function revokeSteps(
  { on, list }: Wording,
  old: readonly Grant[],
  wanted: readonly Grant[],
  owner: string,
): { readonly steps: readonly string[]; readonly left: readonly Grant[] } {
  const steps: string[] = []
  let left = old
  for (const known of old) {
    const { grantee, grantable, by } = known
    // What somebody else had passed on may be gone with what that role had.
    const privileges = left.find((grant) => isOf(grant, known))?.privileges ?? []
    const kept = wanted.find((grant) => isOf(grant, known))
    const gone = privileges.filter((privilege) => !kept?.privileges.includes(privilege))
    const notGrantable = grantable.filter(
      (privilege) => privileges.includes(privilege) && !kept?.grantable.includes(privilege),
    )
    // The owner can always grant, whatever the list says.
    const passedOn = grantee === owner ? [] : notGrantable
    // What somebody may no longer pass on is taken from those who had it that way, too.
    const also = passedOn.length === 0 ? "" : " cascade"
    const onlyOption = notGrantable.filter((privilege) => !gone.includes(privilege))
    steps.push(
      ...as(by, [
        ...(gone.length > 0 ? [`revoke ${list(gone)} on ${on} from ${roleName(grantee)}${also}`] : []),
        ...(onlyOption.length > 0
          ? [`revoke grant option for ${list(onlyOption)} on ${on} from ${roleName(grantee)}${also}`]
          : []),
      ]),
    )
    left = left.map((grant) => (isOf(grant, known) ? without(grant, gone, onlyOption) : grant))
    left = withoutPassedOn(left, grantee, passedOn)
  }
  return { steps, left }
}

/** Takes from the list what a role had granted, and those had whom it had granted it, and so on. */
function withoutPassedOn(
  grants: readonly Grant[],
  role: string,
  privileges: readonly string[],
): readonly Grant[] {
  let left = grants
  for (const privilege of privileges) {
    // Whoever else has given it to the role still lets it pass it on.
    if (left.some(({ grantee, grantable }) => grantee === role && grantable.includes(privilege))) continue
    const passed = left.filter((grant) => grant.by === role && grant.privileges.includes(privilege))
    left = left.map((grant) => (passed.includes(grant) ? without(grant, [privilege], []) : grant))
    for (const { grantee } of passed) left = withoutPassedOn(left, grantee, [privilege])
  }
  return left
}

function without(grant: Grant, gone: readonly string[], notGrantable: readonly string[]): Grant {
  return {
    ...grant,
    privileges: grant.privileges.filter((privilege) => !gone.includes(privilege)),
    grantable: grant.grantable.filter(
      (privilege) => !gone.includes(privilege) && !notGrantable.includes(privilege),
    ),
  }
}

/** Grants what is missing, those who pass on what they were given after that. */
function giveSteps(words: Wording, known: readonly Grant[], wanted: readonly Grant[]): string[] {
  const steps: string[] = []
  const given = new Set<string | undefined>([undefined])
  let waiting = wanted
  while (waiting.length > 0) {
    const now = waiting.filter(({ by }) => given.has(by))
    // A circle is what no server has.
    const next = now.length === 0 ? waiting : now
    for (const grant of next) {
      const had = known.find((each) => isOf(each, grant))
      steps.push(...as(grant.by, giving(words, grant, had)))
    }
    waiting = waiting.filter((grant) => !next.includes(grant))
    for (const { grantee } of next) {
      if (!waiting.some((grant) => grant.grantee === grantee)) given.add(grantee)
    }
  }
  return steps
}

function giving(
  { on, list }: Wording,
  { grantee, privileges, grantable }: Grant,
  had: Grant | undefined,
): readonly string[] {
  const plain = privileges.filter(
    (privilege) => !grantable.includes(privilege) && !had?.privileges.includes(privilege),
  )
  const option = grantable.filter((privilege) => !had?.grantable.includes(privilege))
  return [
    ...(plain.length > 0 ? [`grant ${list(plain)} on ${on} to ${roleName(grantee)}`] : []),
    ...(option.length > 0
      ? [`grant ${list(option)} on ${on} to ${roleName(grantee)} with grant option`]
      : []),
  ]
}

/** What another role than the owner has granted, only that role grants and revokes; then it is whoever it was. */
function as(role: string | undefined, steps: readonly string[]): readonly string[] {
  if (role === undefined || steps.length === 0) return steps
  return [
    "select pg_catalog.set_config('lockstep.role', current_user, true)",
    `set local role ${role}`,
    ...steps,
    "select pg_catalog.set_config('role', pg_catalog.current_setting('lockstep.role'), true)",
  ]
}

function isOf(grant: Grant, other: Grant): boolean {
  return grant.grantee === other.grantee && grant.by === other.by
}

interface Wording {
  /** What follows ON: `table public.users`. */
  readonly on: string
  readonly list: (privileges: readonly string[]) => string
}

/** How SQL names the object and its privileges in GRANT and REVOKE. */
function wording(object: CatalogObject): Wording {
  const grants = kindOf(object).facets?.grants
  const columns = grants?.columns?.(object)
  return {
    on: grants?.on(object) ?? "",
    list: (privileges) =>
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
  const renamed = grants.map(({ by, ...grant }): Grant => {
    const grantee = grant.grantee === before ? after : grant.grantee
    return { ...grant, grantee, ...(by === undefined || by === after ? {} : { by }) }
  })
  return renamed.reduce<readonly Grant[]>((merged, grant) => {
    const same = merged.find((each) => isOf(each, grant))
    if (same === undefined) return [...merged, grant]
    const both = (pick: (each: Grant) => readonly string[]) =>
      [...new Set([...pick(same), ...pick(grant)])].sort()
    const joined = {
      ...same,
      privileges: both(({ privileges }) => privileges),
      grantable: both(({ grantable }) => grantable),
    }
    return merged.map((each) => (each === same ? joined : each))
  }, [])
}

function roleName(grantee: string): string {
  return grantee === "PUBLIC" ? "public" : grantee
}
