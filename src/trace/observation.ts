import type { Node } from "libpg-query"
import type { Notice, ServerErrorFields } from "../db/connection.ts"
import type { WorkKind } from "../sql/named-work.ts"
import type { Statement } from "../sql/statements.ts"

/** A relation that was there before the traced script began. Those that the script makes are nobody's yet. */
export interface KnownRelation {
  readonly oid: number
  /** `public.users`, quoted where it must be. */
  readonly name: string
  /** As in `pg_class.relkind`: r table, p partitioned table, i and I indexes, S sequence, v view, m materialized view. */
  readonly kind: string
  /** Of an index: its table. Of everything else: itself. */
  readonly table: number
  /** The topmost partitioned table or parent; itself where there is none. */
  readonly root: number
}

/** A lock on a known relation. */
export interface Lock {
  readonly relation: KnownRelation
  /** As in `pg_locks.mode`: `AccessExclusiveLock`. */
  readonly mode: string
}

/** Work that grows with the size of a known relation. */
export interface Work {
  readonly kind: WorkKind
  readonly relation: KnownRelation
}

/** A table, or a column of one, that is gone with what it held. */
export interface Removal {
  readonly relation: KnownRelation
  /** Its name when it went; absent where the whole table is gone. */
  readonly column?: string
}

/** One statement as it ran on scratch. */
export interface Observation {
  readonly statement: Statement
  /** Absent where PostgreSQL's parser does not understand it. */
  readonly node: Node | undefined
  readonly index: number
  /** Statements that ran in one transaction share a number. */
  readonly transaction: number
  /** Between the script's own BEGIN and COMMIT. */
  readonly inBlock: boolean
  /** It ran outside of any transaction block, because PostgreSQL wants it so. */
  readonly alone: boolean
  /** Locks on known relations that the transaction held before this statement. */
  readonly heldBefore: readonly Lock[]
  /** Those that it held or asked for once the statement had run; for one that runs alone, those that were seen. */
  readonly locks: readonly Lock[]
  readonly work: readonly Work[]
  /** Known tables and columns that it removed; empty where nobody asked for it. */
  readonly removed: readonly Removal[]
  /** It waited for transactions of others to end. */
  readonly waited: boolean
  readonly notices: readonly Notice[]
  readonly settings: SessionSettings
  readonly error?: ServerErrorFields & { readonly message: string }
  /** It did not run: why. */
  readonly skipped?: string
}

/** Time limits as they were when the statement began. */
export interface SessionSettings {
  readonly lockTimeoutMs: number
  readonly statementTimeoutMs: number
  /** The script itself has set `lock_timeout`. */
  readonly lockTimeoutSet: boolean
}

/** All that was observed of a script. */
export interface Trace {
  readonly observations: readonly Observation[]
  readonly known: ReadonlyMap<number, KnownRelation>
  /** The script ended inside a transaction: what it did there is lost. */
  readonly leftOpen: Observation | undefined
  /** Roles that the script becomes and nobody has made. */
  readonly madeUp: ReadonlySet<string>
}
