/**
 * The structure of a whole database as a plain value: no connection, no callback, `JSON.stringify` prints it all.
 * Objects are sorted by id, so equal databases give equal bytes.
 */
export interface Catalog {
  /** 150018 for 15.18, as in `server_version_num`. */
  readonly serverVersion: number
  /** The role that read it, quoted: what it creates belongs to it. */
  readonly role: string
  readonly objects: readonly CatalogObject[]
  readonly dependencies: readonly Dependency[]
  /** What an object's owner and PUBLIC may do while nothing has been granted, by the codes of `acldefault()`. */
  readonly defaultGrants: Readonly<Record<string, readonly Grant[]>>
  /** Who is granted something on every new object, or loses what is granted by default (ALTER DEFAULT PRIVILEGES). */
  readonly defaultPrivileges: readonly DefaultPrivilege[]
}

/** One object of a database: a table, a column, a constraint, a function. */
export interface CatalogObject<Properties extends object = Readonly<Record<string, unknown>>> {
  /** Type and identity as `pg_identify_object()` gives them: `table column public.users.email`. */
  readonly id: string
  /** The `name` of the kind that read it. Enums and domains are kinds of the one object type `type`. */
  readonly kind: string
  /** Quoted and qualified, ready for SQL: `public.users`, `public.add(integer,integer)`, `users_pkey on public.users`. */
  readonly identity: string
  /** Its own name, quoted where necessary, without schema: `email`, `"Users"`. */
  readonly name: string
  /** What it is a part of: the table of a column, of a constraint, of a trigger. */
  readonly parent?: Reference
  /** What only its kind knows, and how it is compared. */
  readonly properties: Properties
  /** Quoted. */
  readonly owner?: string
  readonly comment?: string
  /** Absent where nobody has changed what its kind starts with (`Catalog.defaultGrants`). */
  readonly grants?: readonly Grant[]
  readonly labels?: readonly SecurityLabel[]
}

/** Another object, with what SQL about its parts needs of it. */
export interface Reference {
  readonly id: string
  readonly identity: string
}

/** What one role may do with an object. */
export interface Grant {
  /** Quoted; `PUBLIC` is everybody, `*` in `defaultGrants` the owner. */
  readonly grantee: string
  /** As in SQL: SELECT, INSERT, USAGE. Sorted. */
  readonly privileges: readonly string[]
  /** Those of `privileges` that it may pass on. */
  readonly grantable: readonly string[]
  /** Who has granted it, quoted, where that is not the object's owner: a role that may pass on what it has. */
  readonly by?: string
}

/** That new objects of a type, made by a role, start with other privileges than usual. */
export interface DefaultPrivilege {
  /** Quoted. */
  readonly role: string
  /** As in `defaultGrants`. */
  readonly type: string
  /** Quoted; `PUBLIC` is everybody. */
  readonly grantees: readonly string[]
}

export interface SecurityLabel {
  readonly provider: string
  readonly label: string
}

/**
 * An edge from an object to what it cannot exist without.
 *
 * - `needs`: the server refuses to drop `to` while `from` is there
 * - `owned`: the server drops `from` together with `to`
 * - `goes`: the server drops `from` together with `to`, and yet `from` can be made without it (an owned sequence)
 * - `follows`: only the order counts: `from` is made after `to`
 * - `inherits`: `from` came with `to` from a parent table or partitioned table, and goes with it
 * - `merges`: as `inherits`, and `from` was also declared on its own table, so it stays when `to` goes
 */
export interface Dependency {
  readonly from: string
  readonly to: string
  readonly type: "needs" | "owned" | "goes" | "follows" | "inherits" | "merges"
}

/** An object as its kind reads it: what `properties` holds is known. */
export type ObjectOf<Properties extends object> = CatalogObject<Properties>
