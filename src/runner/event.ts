import type { Diagnostic } from "../diagnostic.ts"

/** Progress of a run, as it happens. Every event is plain data; `--events` prints one a line. */
export type RunEvent =
  | {
      readonly type: "connected"
      readonly database: string
      readonly server: string
      readonly user: string
      readonly environment?: string
    }
  | {
      readonly type: "waiting-for-runner"
      readonly holder: LockHolder | undefined
      readonly waitedMs: number
    }
  | { readonly type: "planned"; readonly direction: Direction; readonly revisions: readonly string[] }
  | {
      readonly type: "revision-started"
      readonly revision: string
      readonly title: string
      readonly file: string
      readonly direction: Direction
      readonly attempt: number
      /** `steps`: outside a transaction, each step recorded. */
      readonly mode: "transaction" | "steps"
      readonly steps: number
    }
  | {
      readonly type: "step-started"
      readonly revision: string
      /** 1-based. */
      readonly step: number
      readonly steps: number
      readonly sql: string
      readonly file: string
      readonly line: number
    }
  | {
      readonly type: "step-finished"
      readonly revision: string
      readonly step: number
      readonly steps: number
      readonly durationMs: number
    }
  /** A step of an interrupted run that was found done, or whose remains were removed before it runs again. */
  | {
      readonly type: "step-resumed"
      readonly revision: string
      readonly step: number
      readonly found: string
    }
  | {
      readonly type: "lock-not-available"
      readonly revision: string
      readonly attempt: number
      readonly attempts: number
      readonly retryInMs: number
      readonly blockers: readonly Blocker[]
    }
  | {
      readonly type: "notice"
      readonly severity: string
      readonly message: string
      readonly revision?: string
    }
  | {
      readonly type: "revision-finished"
      readonly revision: string
      readonly direction: Direction
      readonly durationMs: number
    }
  | {
      readonly type: "revision-failed"
      readonly revision: string
      readonly direction: Direction
      readonly diagnostic: Diagnostic
    }
  /** What the run has written is chained: the audit trail's length, and the hash of its newest row. */
  | {
      readonly type: "recorded"
      readonly command: string
      readonly entries: number
      readonly head: string
    }
  | { readonly type: "diagnostic"; readonly diagnostic: Diagnostic }

export type Direction = "up" | "down"

/** The session that holds the runner's lock. */
export interface LockHolder {
  readonly pid: number
  readonly user: string
  readonly application: string
  /** Address of the client, `[local]` for a Unix socket; absent where the role may not see it. */
  readonly client?: string
  /** ISO 8601. */
  readonly since: string
}

/** A session that kept a statement from its lock. */
export interface Blocker {
  readonly pid: number
  readonly application: string
  readonly user: string
  /** As in `pg_stat_activity.state`: `active`, `idle in transaction`. */
  readonly state: string
  /** Age of its transaction. */
  readonly ageMs: number
  /** Its current or last statement, at most 200 characters; absent where the role may not see it. */
  readonly query?: string
}
