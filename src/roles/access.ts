import type { RoleGraph } from "./role-graph.ts"

/** What the audit reads of a database. Plain rows; object ids are those of the catalogs, 0 as a grantee is PUBLIC. */
export interface Access {
  readonly graph: RoleGraph
  readonly database: Named & { readonly owner: number }
  /** The role that read it. */
  readonly reader: string
  readonly schemas: ReadonlyMap<number, Schema>
  readonly relations: ReadonlyMap<number, Relation>
  /** Types as `schema oid` -> names. */
  readonly types: ReadonlyMap<number, ReadonlySet<string>>
  /** Names of enumerated types; their values are fixed. */
  readonly enums: ReadonlySet<string>
  readonly owned: readonly OwnedObject[]
  readonly grants: readonly Grant[]
  readonly routines: ReadonlyMap<number, Routine>
  readonly triggers: readonly Trigger[]
  readonly eventTriggers: readonly EventTrigger[]
  readonly rules: readonly RewriteRule[]
  readonly foreignKeys: readonly ForeignKey[]
  readonly partitions: readonly { readonly parent: number; readonly child: number }[]
  /** Routines that run when a relation is read, written or looked after. */
  readonly attached: readonly AttachedRoutine[]
  readonly implied: readonly ImpliedRoutine[]
  /** Domains with their checks, as PostgreSQL prints them. */
  readonly domains: readonly { readonly name: string; readonly checks: readonly string[] }[]
  /** What views and materialized views are made of. */
  readonly reads: readonly { readonly view: number; readonly relation: number }[]
  readonly defaults: readonly DefaultGrant[]
  /** Who may create in the schemas and in the database, owners included. */
  readonly creators: readonly Creators[]
  /** Columns of the tables that have triggers, by table. */
  readonly columns: ReadonlyMap<number, ReadonlyMap<string, string>>
  /** Languages that are marked as trusted though they reach the server's machine. */
  readonly falselyTrusted: readonly string[]
}

export interface Named {
  readonly oid: number
  /** As SQL: quoted and with its schema. */
  readonly name: string
}

export interface Schema {
  readonly oid: number
  /** Bare, as in pg_namespace. */
  readonly name: string
  readonly owner: number
}

export interface Relation extends Named {
  readonly schema: number
  readonly relname: string
  /** pg_class.relkind */
  readonly kind: string
  readonly owner: number
  /** What an updatable view is made of; absent for all others. */
  readonly definition?: string
  /** A view that reads as its caller. */
  readonly securityInvoker: boolean
  /** A foreign table whose remote relation is in pg_catalog. */
  readonly remoteCatalog: boolean
  /** Row security binds its owner too. */
  readonly forcesPolicies: boolean
}

export interface Creators {
  readonly kind: "schema" | "database"
  readonly oid: number
  readonly roles: readonly number[]
}

export interface OwnedObject {
  readonly owner: number
  /** As in pg_identify_object(). */
  readonly type: string
  readonly identity: string
}

/** What kind of object a privilege is on, as GRANT writes it. */
export type GrantKind =
  | "database"
  | "schema"
  | "table"
  | "column"
  | "sequence"
  | "routine"
  | "type"
  | "language"
  | "foreign data wrapper"
  | "foreign server"
  | "tablespace"
  | "large object"
  | "parameter"

export interface Grant {
  readonly kind: GrantKind
  readonly oid: number
  /** Its schema, 0 where it is in none. */
  readonly schema: number
  /** As SQL. Of a column, the relation. */
  readonly name: string
  /** Of a column privilege. */
  readonly column: string | null
  readonly owner: number
  readonly grantee: number
  readonly grantor: number
  readonly privilege: string
  readonly grantable: boolean
}

export interface Routine extends Named {
  readonly schema: number
  readonly proname: string
  readonly owner: number
  /** pg_proc.prokind */
  readonly kind: string
  readonly definer: boolean
  readonly language: string
  readonly languageTrusted: boolean
  readonly returns: string
  /** Types of its parameters, as SQL, those included that it gives back. */
  readonly argumentTypes: readonly string[]
  /** Their names, empty where they have none. */
  readonly argumentNames: readonly string[]
  /** The search path that it is pinned to. */
  readonly path: readonly string[] | undefined
  /** BEGIN ATOMIC: names were looked up when it was made. */
  readonly atomic: boolean
  /** CREATE statement, body alone for languages that are not parsed; absent for aggregates. */
  readonly definition: string
  /** The text of the body, or the name of the C function. */
  readonly source: string
  /** Of the roles asked for, and 0 for PUBLIC. */
  readonly executors: readonly number[]
  /** Object classes that use it: `pg_operator`, `pg_rewrite`. */
  readonly usedBy: readonly string[]
  /** Aggregates that it is a part of. */
  readonly aggregates: readonly number[]
}

export interface Trigger {
  readonly name: string
  readonly relation: number
  readonly routine: number
  /** pg_trigger.tgtype */
  readonly bits: number
  /** The columns of UPDATE OF, as SQL; empty where any will do. */
  readonly columns: readonly string[]
}

/** A routine that a relation's definition calls. */
export interface AttachedRoutine {
  readonly relation: number
  readonly routine: number
  /** `view`: also a rule or a materialized view. */
  readonly kind: "view" | "default" | "generated" | "check" | "policy" | "index" | "statistics"
}

/** A routine that something else runs without calling it: an operator, a conversion or check of a type, an aggregate. */
export interface ImpliedRoutine {
  readonly kind: "operator" | "type" | "aggregate"
  /** Bare. */
  readonly name: string
  readonly routine: number
}

export interface EventTrigger {
  readonly name: string
  readonly routine: number
  readonly event: string
  readonly tags: readonly string[] | null
}

export interface RewriteRule {
  readonly name: string
  readonly relation: number
  readonly event: WriteEvent
  readonly definition: string
}

export interface ForeignKey {
  readonly from: number
  readonly to: number
  /** pg_constraint.confdeltype and confupdtype */
  readonly onDelete: string
  readonly onUpdate: string
}

export type WriteEvent = "INSERT" | "UPDATE" | "DELETE" | "TRUNCATE"

/** A privilege that objects get that a role will make. */
export interface DefaultGrant {
  /** Whose objects. */
  readonly creator: number
  /** 0: in every schema. */
  readonly schema: number
  /** `TABLES`, `SEQUENCES`, `ROUTINES`, `TYPES`, `SCHEMAS`, `LARGE OBJECTS` */
  readonly objects: string
  readonly grantee: number
  readonly privilege: string
  readonly grantable: boolean
}
