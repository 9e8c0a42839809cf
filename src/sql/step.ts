/**
 * One SQL statement with what an operator must know about it. Plain and serialisable; the runner executes it.
 * Later stages add what they observe (locks, rewrites); whoever writes SQL (a revision file, a TypeScript
 * revision, the planner) ends in this shape.
 */
export interface Step {
  /** The statement without its semicolon, exactly as written, sent to the server as it is. */
  readonly sql: string
  /** Path as shown to a person; where the statement came from. */
  readonly file: string
  /** The 1-based line on which `sql` begins. */
  readonly line: number
  /** The 1-based column on that line, in characters. Absent: 1. */
  readonly column?: number
  /** Whether PostgreSQL lets it run inside a transaction block, together with the other steps of its revision. */
  readonly transaction: "allowed" | "forbidden"
  /** Why it is forbidden, in PostgreSQL's words: "CREATE INDEX CONCURRENTLY cannot run inside a transaction block". */
  readonly because?: string
  /** The rows of a `COPY ... FROM STDIN`, as written in the file, without the closing `\.`. */
  readonly copy?: string
  /** Values of $1, $2, ... where a TypeScript revision gave some. */
  readonly values?: readonly unknown[]
  /**
   * It changes nothing but the session (SET, RESET). Where a revision runs step by step it is neither recorded nor
   * skipped, but run again by every attempt, since the steps after it may depend on it.
   */
  readonly session?: true
  /** What is lost for good: "all rows of public.users". Absent: nothing, or nobody has looked. */
  readonly losesData?: string
  /** How to find out, after a crash, whether it took effect. Only on forbidden steps. */
  readonly effect?: Effect
}

/** A possibly qualified name as the parser saw it: folded to lower case unless quoted, without quotes. */
export interface QualifiedName {
  readonly schema?: string
  readonly name: string
}

/** What a statement that runs outside a transaction leaves behind, by which its outcome can be looked up. */
export type Effect =
  /** CREATE INDEX CONCURRENTLY; `name` is absent where the server chooses it. A failure leaves it invalid. */
  | { readonly kind: "create-index"; readonly table: QualifiedName; readonly name?: string }
  | { readonly kind: "drop-index"; readonly indexes: readonly QualifiedName[] }
  /** REINDEX CONCURRENTLY; a failure leaves `_ccnew` or `_ccold` indexes. */
  | { readonly kind: "reindex"; readonly target: "index" | "table" | "other"; readonly name?: QualifiedName }
  | {
      readonly kind: "enum-value"
      readonly type: QualifiedName
      readonly value: string
      readonly renamedFrom?: string
    }
  | { readonly kind: "detach-partition"; readonly parent: QualifiedName; readonly partition: QualifiedName }
  | {
      readonly kind: "create-database" | "drop-database" | "create-tablespace" | "drop-tablespace"
      readonly name: string
    }
  | { readonly kind: "create-subscription" | "drop-subscription"; readonly name: string }
  /** Running it once more does no harm: VACUUM, ALTER SYSTEM, CLUSTER, REFRESH, CHECKPOINT. */
  | { readonly kind: "repeatable" }
  /** Nobody can tell: a procedure that commits. */
  | { readonly kind: "unknown" }
