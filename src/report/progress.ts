import type { RunEvent } from "../runner/event.ts"
import type { Colors } from "./colors.ts"

/** How progress is shown: JSON lines, a line that is rewritten, one line per event, or not at all. */
export type ProgressForm = "events" | "live" | "lines" | "none"

export interface ProgressOptions {
  readonly form: ProgressForm
  readonly write: (text: string) => void
  readonly paint: Colors
  /** Statements and notices too. */
  readonly verbose: boolean
  readonly columns: number
}

export interface Progress {
  readonly onEvent: (event: RunEvent) => void
  /** Removes what is only for the moment. */
  readonly end: () => void
}

export function progress({ form, write }: ProgressOptions): Progress {
  return {
    onEvent: (event) => {
      if (form === "events") write(`${JSON.stringify(event)}\n`)
    },
    end: () => {},
  }
}
