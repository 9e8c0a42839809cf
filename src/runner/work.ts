import type { Revision } from "../revisions/revision.ts"
import type { Step } from "../sql/step.ts"
import type { Direction } from "./event.ts"
import type { Rows } from "./execute.ts"

/** One revision in one direction, ready to run. */
export interface Work {
  readonly revision: Revision
  readonly direction: Direction
  /** `transaction`: all or nothing. `steps`: each step by itself and recorded, because one of them forbids more. */
  readonly mode: "transaction" | "steps"
  /** Yields the steps in order and is given back the rows of each. */
  body(io: BodyIo): AsyncGenerator<Step, void, Rows>
  /** The steps that `body` yields, where they are known beforehand: always, but for a TypeScript revision. */
  readonly steps?: readonly Step[]
  /** How many steps `body` yields; absent where a program decides while it runs. */
  readonly count?: number
  /** Whether code that was built before the revision still works after it. */
  readonly compatible: boolean
  /** Statements that must succeed and not return false afterwards. */
  readonly verify: readonly Step[]
  /** SQL that records the outcome in the history, for the same transaction as the last statement. */
  record(runId: string): string
}

/** What a TypeScript revision may do besides yielding steps. */
export interface BodyIo {
  /** Reads; runs at once, in the revision's transaction where it has one, and is no step. */
  query(sql: string, values?: readonly unknown[]): Promise<Rows>
  log(message: string): void
}
