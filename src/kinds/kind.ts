import type { CatalogObject } from "../catalog/catalog.ts"

/**
 * Everything that Lockstep knows about one kind of object: how it is read, made, removed and changed.
 *
 * How to add a kind:
 *
 * 1. Write `kinds/<plural>.ts`: an interface of its properties, and `defineKind<Properties>({...})`.
 * 2. `query` selects one row per object, from the system catalogs, limited by `scope.includes(...)`. The columns named
 *    in `ObjectRow` say which object it is and who owns it; every further column is a property, under its own name
 *    (`as "rowSecurity"`). Let the server print: `pg_get_indexdef`, `format_type`, `pg_get_expr`; the search_path is
 *    empty, so names come out qualified. Never one query per object.
 * 3. Give every property a rule in `alter`; the compiler asks for it.
 * 4. Put it into the list in `kinds/all.ts`, at its place in the order of creation, and its catalog into
 *    `introspect/coverage.ts` where it is not yet looked at.
 * 5. Say nothing about order: it comes from `pg_depend`. Where PostgreSQL records no dependency, `dependencies` selects
 *    the missing ones.
 * 6. Say nothing about owners, comments, privileges and security labels but how SQL names the object there (`facets`).
 * 7. Add cases to `tests/catalog/<plural>.test.ts`.
 *
 * An object that belongs to another one (a trigger to its table) names it as its parent, is dropped with it, and made
 * after it; where it can stand inside the parent's CREATE statement, it has `inline`.
 */
export interface Kind<Properties extends object = Readonly<Record<string, unknown>>> {
  /** Singular, as people say it: `table`, `materialized view`. `CatalogObject.kind`. */
  readonly name: string
  readonly query: (scope: Scope) => string
  /**
   * Selects edges that `pg_depend` lacks: classid, objid, objsubid, refclassid, refobjid, refobjsubid and
   * type, which is that of a `Dependency`.
   */
  readonly dependencies?: (scope: Scope) => string
  /**
   * The rows hold their own `type` and `identity`: what they stand for is no object of PostgreSQL's (the attachment of
   * a partition). `classid` and `objid` may be any that no other kind uses.
   */
  readonly synthetic?: true
  /**
   * The rows hold their own `type` and `identity`, the ones of `pg_identify_object()`, which costs more than all the
   * rest of a row: for kinds of which there are tens of thousands.
   */
  readonly identified?: true
  /**
   * The same object with the names that the server would choose by itself written out: where it is rebuilt, or another
   * object has them, the server would choose others.
   */
  readonly named?: (object: CatalogObject<Properties>) => CatalogObject<Properties>
  /** The names that `named` writes out, each with its schema. */
  readonly chosenNames?: (object: CatalogObject<Properties>) => readonly string[]
  /** `parts` are what the planner placed into this statement: the `inline` texts of its children, in their order. */
  readonly create: (object: CatalogObject<Properties>, parts: readonly string[]) => Steps
  /** `heirsStay`: what inherited it (a column of a child table) is still wanted, as its own. */
  readonly drop: (object: CatalogObject<Properties>, heirsStay: boolean) => Steps
  /** The name of what has to go, and be made again, for it to go: no statement takes it away. */
  readonly endsWith?: (object: CatalogObject<Properties>) => string
  /** What follows its creation where its parent was there before, and `made`, an id, was not: a counter begins. */
  readonly resume?: (
    object: CatalogObject<Properties>,
  ) => { readonly made: string; readonly steps: Steps } | undefined
  readonly alter: { readonly [Name in keyof Properties]-?: AlterRule<Properties> }
  /**
   * The version (`150000`) from which a server tells a property. It is not compared with an older server's, which does
   * not say that there is nothing.
   */
  readonly toldSince?: { readonly [Name in keyof Properties]?: number }
  /**
   * Its text inside the CREATE statement of its parent; undefined where it must have a statement of its own. The
   * parent's kind must have `hosts`.
   */
  readonly inline?: (object: CatalogObject<Properties>, parts: readonly string[]) => string | undefined
  /** The server takes two children that say the same inside one statement for one; the second gets a statement of its own. */
  readonly inlineOnce?: (object: CatalogObject<Properties>) => string | undefined
  /** What must follow where `inline` was used, because the parent's statement has no words for it. */
  readonly afterInline?: (object: CatalogObject<Properties>) => Steps
  /** Whether its CREATE statement has room for what its children say `inline`. */
  readonly hosts?: (object: CatalogObject<Properties>) => boolean
  /** Orders the children inside the parent's statement; equal numbers are ordered by name. */
  readonly position?: (object: CatalogObject<Properties>) => number
  /**
   * It holds rows or state that no statement brings back: it is never rebuilt because of something it depends on.
   * Default: false.
   */
  readonly holdsData?: (object: CatalogObject<Properties>) => boolean
  /** The server leaves it alone, or makes it again, when the type of a column below it changes. Default: false. */
  readonly remadeByServer?: (object: CatalogObject<Properties>) => boolean
  /**
   * What other objects of the kind, that change alike, this one has to change after or before: those that its parts refer
   * to (a foreign key to its table), or those whose parts refer to it. Undefined: they have nothing to do with each other.
   */
  readonly inTurn?: (
    before: CatalogObject<Properties>,
    after: CatalogObject<Properties>,
  ) => "after what its parts refer to" | "before what its parts refer to" | undefined
  /** Properties whose change on an inherited object the server makes when it makes it on the parent's. */
  readonly recurses?: readonly (keyof Properties & string)[]
  /**
   * Qualified names that it takes from other relations and types. Default: its identity, which is right for those, and
   * does no harm for others.
   */
  readonly names?: (object: CatalogObject<Properties>) => readonly string[]
  /**
   * Statements that make a hollow object under the same name, which `create` then replaces, or that replace it. Breaks cycles: a view and
   * a function that use each other.
   */
  readonly stub?: (object: CatalogObject<Properties>) => Steps
  /**
   * What a column or another object that holds data does when a type below it is replaced by a new one of the same
   * name. Runs while the old one is set aside.
   */
  readonly moveOver?: (object: CatalogObject<Properties>, before: CatalogObject<Properties>) => Steps
  /**
   * Renames it out of the way, so that a new one, which is `after`, can be made under its name before the old one is
   * dropped.
   */
  readonly setAside?: (
    object: CatalogObject<Properties>,
    after?: CatalogObject<Properties>,
  ) => { readonly steps: Steps; readonly drop: Steps }
  /**
   * Text in which it may name other objects without the server keeping a record of it: the body of a function. What it
   * names is made first where nothing speaks against it.
   */
  readonly mentions?: (object: CatalogObject<Properties>) => string
  /** Session settings that its statements need, as SET statements. */
  readonly settings?: readonly string[]
  readonly facets?: Facets<Properties>
}

/** How SQL names the object in statements that are the same for all kinds. Absent: the object has no such facet. */
export interface Facets<Properties extends object> {
  /** What follows COMMENT ON and SECURITY LABEL ON: `table public.users`. */
  readonly comment?: (object: CatalogObject<Properties>) => string
  /** What stands between ALTER and OWNER TO: `table public.users`. */
  readonly owner?: (object: CatalogObject<Properties>) => string
  /** Its owner is always another object's, and changes with it: a sequence that belongs to a column. */
  readonly ownerFollows?: (object: CatalogObject<Properties>) => boolean
  readonly grants?: {
    /** The code of the object's type in `acldefault()`: r for relations, f for functions. */
    readonly type: string
    /** What follows GRANT ... ON: `table public.users`. */
    readonly on: (object: CatalogObject<Properties>) => string
    /** Follows each privilege: `(email)` for a column. */
    readonly columns?: (object: CatalogObject<Properties>) => string
  }
}

/** What a kind's statements are: plain SQL, or SQL with facts. */
export type Steps = readonly (string | KindStep)[]

export interface KindStep {
  readonly sql: string
  /** Why it cannot run in a transaction block, in PostgreSQL's words. */
  readonly forbidden?: string
  /** What is lost: "all rows of public.users". */
  readonly losesData?: string
  /** Why the plan leaves it to people: it needs what Lockstep does not read, or reaches into another server. */
  readonly byHand?: string
}

/**
 * How the change of one property is made.
 *
 * - a function: in place; it gets the object before and after. Statements that several properties ask for alike are
 *   run once. It may answer "recreate" where this very change cannot be made in place.
 * - an object with `rebuilds`: in place, but the server refuses while others depend on it; those are dropped before
 *   and made again after it, except for those it remakes itself
 * - "recreate": the object is dropped and made again, with everything that depends on it
 * - "ignore": not compared, and the rule's comment says why
 */
export type AlterRule<Properties extends object> =
  | "recreate"
  | "ignore"
  | Alter<Properties>
  | { readonly rebuilds: "dependents"; readonly steps: Alter<Properties> }

export type Alter<Properties extends object> = (
  before: CatalogObject<Properties>,
  after: CatalogObject<Properties>,
) => Steps | "recreate"

/** What a query selects besides properties. */
export interface ObjectRow {
  readonly classid: number
  readonly objid: number
  readonly objsubid: number
  /** Of `pg_identify_object()`; added by the reader. */
  readonly type: string
  readonly identity: string
  /** The object's own name, `quote_ident`ed. */
  readonly name: string
  readonly parentclass?: number | null
  readonly parentid?: number | null
  readonly parentsubid?: number | null
  /** `relowner::regrole::text`. */
  readonly owner?: string | null
  /** `relacl::text[]`. */
  readonly acl?: readonly string[] | null
}

/** The columns of `ObjectRow`: no property may have one of these names. */
export const objectRowColumns = [
  "classid",
  "objid",
  "objsubid",
  "type",
  "identity",
  "name",
  "parentclass",
  "parentid",
  "parentsubid",
  "owner",
  "acl",
] as const satisfies readonly (keyof ObjectRow)[]

/** What is read, and from what server. */
export interface Scope {
  /** 150018 for 15.18; queries ask for columns that exist only from a version on. */
  readonly version: number
  /** Whether passwords and connection strings are read. */
  readonly secrets: boolean
  /**
   * Returns the condition that an object is neither part of an extension nor in a schema that is left out.
   *
   * @example scope.includes("pg_class", "c.oid", "c.relnamespace")
   */
  includes(catalog: string, oid: string, schema?: string): string
}

type NoProperty = Partial<Record<keyof ObjectRow, never>>

/** Declares a kind; keeps its properties' types while it is written, and forgets them for the list of all. */
export function defineKind<Properties extends NoProperty & object>(kind: Kind<Properties>): Kind {
  return kind as unknown as Kind
}

/** Returns the names of a kind's properties that are compared. */
export function comparedNames({ alter }: Kind): readonly string[] {
  const rules = Object.entries(alter)
  return rules.filter(([, rule]) => rule !== "ignore").map(([name]) => name)
}

/** Returns a statement that loses data. */
export function losing(sql: string, losesData: string): KindStep {
  return { sql, losesData }
}
