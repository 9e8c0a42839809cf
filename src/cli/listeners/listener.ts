import type { Diagnostic } from "../../diagnostic.ts"
import type { RunEvent } from "../../runner/event.ts"
import type { Outcome } from "../command.ts"
import type { Configuration } from "../config.ts"
import type { Failure } from "../report.ts"
import type { Tally } from "../tally.ts"

/** How a command ended, for those who are told besides the person at the terminal. */
export interface EndedCommand {
  readonly command: string
  readonly exit: number
  readonly outcome: Outcome | Failure
  readonly startedAt: Date
  readonly durationMs: number
  readonly tally: Tally
  /** What the command has loaded; absent where it needed none. */
  readonly configuration: Configuration | undefined
}

/** Somebody who is told what a command does. */
export interface Listener {
  onEvent?(event: RunEvent): void
  /**
   * Told once, at the end. Whatever goes wrong here is a warning that it returns: the command's outcome is what it is.
   */
  end(ended: EndedCommand): Promise<readonly Diagnostic[]>
}
