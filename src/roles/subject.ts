import { quoteIdentifier } from "../sql/identifier.ts"
import type { Access, Grant } from "./access.ts"
import type { Hop, Membership, Reach, Role, Way } from "./role-graph.ts"

/** PUBLIC, as catalogs write it. */
export const everybody = 0

/** The role that initdb made; what it grants needs no GRANTED BY. */
const bootstrap = 10

/** One role under audit, with what it can be and hold in one database. */
export class Subject {
  readonly access: Access
  readonly reach: Reach
  readonly login: Role
  /** Whether any of its roles may make temporary objects. */
  readonly temporary: boolean
  #named: ReadonlyMap<string, Role> | undefined
  readonly #owner: string | undefined
  #grants: readonly Grant[] | undefined
  readonly #byKind = new Map<Grant["kind"], readonly Grant[]>()
  readonly #chains = new Map<number, readonly string[]>()
  readonly #cutOff = new Map<number, boolean>()
  readonly #schemas: ReadonlySet<number>
  readonly #powerful: ReadonlySet<number>

  /** @param owner who should own what this role must not; default: the database's owner, if it is another */
  constructor(access: Access, reach: Reach, owner?: string) {
    this.#owner = owner
    this.access = access
    this.reach = reach
    this.login = reach.login
    const { roles } = access.graph
    const attributed = [...reach.identities.keys()].filter(
      (oid) => roles.get(oid)?.createRole || roles.get(oid)?.createDatabase,
    )
    for (const oid of reach.identities.keys()) if (roles.get(oid)?.superuser) attributed.push(oid)
    this.#powerful = new Set([...access.owned.map(({ owner }) => owner), ...attributed])
    this.temporary = this.grants("database").some(
      ({ oid, privilege }) => oid === access.database.oid && privilege === "TEMPORARY",
    )
    const used = this.grants("schema").filter(({ privilege }) => privilege === "USAGE")
    const owned = [...access.schemas.values()].filter(({ owner }) => this.holds(owner))
    this.#schemas = new Set([...used, ...owned].map(({ oid }) => oid))
  }

  /** Tells whether it can use the rights of a role; everybody can use PUBLIC's. */
  holds(role: number): boolean {
    return role === everybody || this.reach.holdings.has(role)
  }

  /**
   * Tells whether a role is only reached over a membership that is a path already, because something on the way owns
   * objects or has attributes: closing that path takes the role's grants out of reach as well.
   */
  isCutOff(role: number): boolean {
    const known = this.#cutOff.get(role)
    if (known !== undefined) return known
    const found = this.wayTo(role).some(({ to }) => this.#powerful.has(to))
    this.#cutOff.set(role, found)
    return found
  }

  /** Tells whether the rights of a role are its own by a way that no other path accounts for. */
  uses(role: number): boolean {
    return this.holds(role) && !this.isCutOff(role)
  }

  /** Tells whether it may name the objects of a schema; 0 stands for what is in none. */
  sees(schema: number): boolean {
    return schema === 0 || this.#schemas.has(schema) || this.readsAll || this.writesAll
  }

  get readsAll(): boolean {
    return this.holdsNamed("pg_read_all_data")
  }

  get writesAll(): boolean {
    return this.holdsNamed("pg_write_all_data")
  }

  /** Tells whether it holds a predefined role. */
  holdsNamed(name: string): boolean {
    return this.namedHolding(name) !== undefined
  }

  namedHolding(name: string): Role | undefined {
    this.#named ??= new Map(
      [...this.reach.holdings.keys()].flatMap((oid) => {
        const role = this.access.graph.roles.get(oid)
        return role === undefined ? [] : [[role.name, role] as const]
      }),
    )
    return this.#named.get(name)
  }

  /** All its grants, PUBLIC's included, in the order of their objects. */
  get allGrants(): readonly Grant[] {
    this.#grants ??= this.access.grants.filter(({ grantee }) => this.holds(grantee))
    return this.#grants
  }

  /** Its grants on one kind of object. */
  grants(kind: Grant["kind"]): readonly Grant[] {
    const known = this.#byKind.get(kind)
    if (known !== undefined) return known
    const found = this.allGrants.filter((grant) => grant.kind === kind)
    this.#byKind.set(kind, found)
    return found
  }

  nameOf(role: number): string {
    if (role === everybody) return "PUBLIC"
    return this.access.graph.roles.get(role)?.name ?? `role ${role}`
  }

  /** How it comes to hold a role, one sentence for each step; empty for itself and PUBLIC. */
  chainTo(role: number): readonly string[] {
    const known = this.#chains.get(role)
    if (known !== undefined) return known
    const chain = (this.reach.holdings.get(role) ?? []).map((hop) => this.#sayHop(hop))
    this.#chains.set(role, chain)
    return chain
  }

  wayTo(role: number): Way {
    return this.reach.holdings.get(role) ?? []
  }

  #sayHop({ from, to, how, grants }: Hop): string {
    const [member, role] = [this.nameOf(from), this.nameOf(to)]
    const by = [...new Set(grants.map(({ grantor }) => this.nameOf(grantor)))].join(", ")
    switch (how) {
      case "set":
        return `${member} is a member of ${role} and may SET ROLE to it (granted by ${by})`
      case "inherit":
        return `${member} is a member of ${role} and inherits its rights (granted by ${by})`
      case "admin":
        return `${member} has the ADMIN OPTION of ${role} and can grant it to itself (granted by ${by})`
    }
  }

  /**
   * The SQL that takes a role out of reach. A way that leads over another login is cut before it, since that one has
   * the role for a reason; any other at its end.
   */
  cut(role: number): string {
    const way = this.wayTo(role)
    const login = way.findIndex(({ to }) => this.access.graph.roles.get(to)?.login === true)
    const hop = way[login === -1 ? way.length - 1 : login]
    return hop === undefined ? "" : this.revokeMembership(hop.grants)
  }

  revokeMembership(grants: readonly Membership[], only = ""): string {
    return grants
      .map(({ role, member, grantor, admin }) => {
        const by =
          this.access.graph.serverVersion >= 160_000 && grantor !== bootstrap
            ? ` GRANTED BY ${quoteIdentifier(this.nameOf(grantor))}`
            : ""
        const cascade = admin ? " CASCADE" : ""
        return `REVOKE ${only}${quoteIdentifier(this.nameOf(role))} FROM ${quoteIdentifier(this.nameOf(member))}${by}${cascade};`
      })
      .join("\n")
  }

  /** `PUBLIC`, or a quoted name. */
  granteeSql(grantee: number): string {
    return grantee === everybody ? "PUBLIC" : quoteIdentifier(this.nameOf(grantee))
  }

  /** The SQL that takes a grant back, as whoever gave it. */
  revoke(grant: Grant, options: { readonly onlyOption?: boolean } = {}): string {
    const { privilege, column, grantee, grantor, owner, kind, grantable } = grant
    const what = column === null ? privilege : `${privilege} (${column})`
    const option = options.onlyOption === true ? "GRANT OPTION FOR " : ""
    const cascade = grantable ? " CASCADE" : ""
    const sql = `REVOKE ${option}${what} ON ${objectSql(grant)} FROM ${this.granteeSql(grantee)}${cascade};`
    if (grantor === owner || kind === "parameter") return sql
    return `SET ROLE ${quoteIdentifier(this.nameOf(grantor))};\n${sql}\nRESET ROLE;`
  }

  /** Who should own what this role must not; whoever runs the statement where nobody is known. */
  get rightfulOwner(): string {
    if (this.#owner !== undefined && this.#owner !== this.login.name) return quoteIdentifier(this.#owner)
    const { owner } = this.access.database
    return this.holds(owner) ? "CURRENT_USER" : quoteIdentifier(this.nameOf(owner))
  }
}

/** `TABLE app.users`, as GRANT and REVOKE name it. */
export function objectSql({ kind, name }: Pick<Grant, "kind" | "name">): string {
  return `${kind === "column" ? "TABLE" : kind.toUpperCase()} ${name}`
}

/** `table app.users`, as ids and sentences name it. */
export function objectText({ kind, name, column }: Pick<Grant, "kind" | "name" | "column">): string {
  return column === null ? `${kind} ${name}` : `column ${name}.${column}`
}
