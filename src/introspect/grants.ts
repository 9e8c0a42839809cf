import type { Catalog, DefaultPrivilege, Grant } from "../catalog/catalog.ts"
import { compareText } from "../compare-text.ts"
import type { Scope } from "../kinds/kind.ts"
import { quoteIdentifier } from "../sql/identifier.ts"

export interface GrantDefaultsRow {
  readonly type: string
  readonly owner: string
  readonly acl: readonly string[]
}

/** Asks what an object starts with: `acldefault()` for each type of object, with the first superuser as its owner. */
export function defaultGrantsQuery({ version }: Scope): string {
  const types = version >= 150000 ? "crsdflLnptFST" : "crsdflLntFST"
  return `select type, 10::oid::regrole::text as owner, acldefault(type::"char", 10)::text[] as acl
    from unnest(string_to_array('${[...types].join(",")}', ',')) type`
}

export interface DefaultPrivilegesRow {
  readonly role: string
  readonly type: string
  readonly acl: readonly string[]
}

/** Asks who gets other privileges than usual on new objects. Sequences have another letter there. */
export const defaultPrivilegesQuery = `
  select defaclrole::regrole::text as role, case defaclobjtype when 'S' then 's' else defaclobjtype::text end as type,
    defaclacl::text[] as acl
  from pg_default_acl order by 1, 2, defaclnamespace`

export function readDefaultPrivileges(rows: readonly DefaultPrivilegesRow[]): readonly DefaultPrivilege[] {
  return rows.map(({ role, type, acl }) => ({
    role,
    type,
    grantees: readItems(acl).map(({ grantee }) => grantee),
  }))
}

export function readGrantDefaults(rows: readonly GrantDefaultsRow[]): Catalog["defaultGrants"] {
  return Object.fromEntries(
    rows.map(({ type, owner, acl }) => [
      type,
      readItems(acl).map((grant) => (grant.grantee === owner ? { ...grant, grantee: "*" } : grant)),
    ]),
  )
}

/** Returns an ACL, or undefined where it says no more than the default. */
export function readGrants(
  acl: readonly string[],
  owner: string,
  defaults: readonly Grant[],
): readonly Grant[] | undefined {
  const grants = readItems(acl, owner)
  const expected = defaults
    .map((grant) => (grant.grantee === "*" ? { ...grant, grantee: owner } : grant))
    .sort((a, b) => compareText(a.grantee, b.grantee))
  return JSON.stringify(grants) === JSON.stringify(expected) ? undefined : grants
}

/** @param owner whose own grants do not say who granted them */
function readItems(acl: readonly string[], owner?: string): Grant[] {
  const byName = new Map<string, { item: Item; privileges: Set<string>; grantable: Set<string> }>()
  for (const text of acl) {
    const item = readItem(text, owner)
    const key = `${item.grantee} ${item.by ?? ""}`
    const known = byName.get(key) ?? { item, privileges: new Set(), grantable: new Set() }
    byName.set(key, known)
    for (const [, code = "", star] of item.codes.matchAll(/(\w)(\*?)/g)) {
      const privilege = privilegeNames[code] ?? code
      known.privileges.add(privilege)
      if (star === "*") known.grantable.add(privilege)
    }
  }
  return [...byName.values()]
    .map(({ item: { grantee, by }, privileges, grantable }) => ({
      grantee,
      privileges: [...privileges].sort(),
      grantable: [...grantable].sort(),
      ...(by === undefined ? {} : { by }),
    }))
    .filter(({ privileges }) => privileges.length > 0)
    .sort((a, b) => compareText(a.grantee, b.grantee) || compareText(a.by ?? "", b.by ?? ""))
}

interface Item {
  readonly grantee: string
  readonly codes: string
  /** The grantor, where it is not the owner. */
  readonly by: string | undefined
}

const itemForm = /^(?:"((?:[^"]|"")*)"|([^=]*))=([^/]*)\/(?:"((?:[^"]|"")*)"|(.*))$/s

/** Splits `role=arw*d/grantor`; no name before the equals sign is PUBLIC. A name may be quoted and hold anything. */
function readItem(text: string, owner: string | undefined): Item {
  const [, quoted, bare, codes = "", quotedGrantor, bareGrantor] = itemForm.exec(text) ?? []
  const grantor = roleOf(quotedGrantor, bareGrantor)
  return {
    grantee: roleOf(quoted, bare) ?? "PUBLIC",
    codes,
    by: owner === undefined || grantor === owner ? undefined : grantor,
  }
}

function roleOf(quoted: string | undefined, bare: string | undefined): string | undefined {
  if (quoted !== undefined) return quoteIdentifier(quoted.replaceAll('""', '"'))
  return bare ? quoteIdentifier(bare) : undefined
}

/** @see PostgreSQL documentation, "Privileges", table "ACL Privilege Abbreviations" */
const privilegeNames: Readonly<Record<string, string>> = {
  r: "SELECT",
  a: "INSERT",
  w: "UPDATE",
  d: "DELETE",
  D: "TRUNCATE",
  x: "REFERENCES",
  t: "TRIGGER",
  X: "EXECUTE",
  U: "USAGE",
  C: "CREATE",
  c: "CONNECT",
  T: "TEMPORARY",
  s: "SET",
  A: "ALTER SYSTEM",
  m: "MAINTAIN",
}
