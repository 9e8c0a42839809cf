import type { RunEvent } from "../runner/event.ts"

/** What is counted of a run while it goes on. */
export interface Tally {
  readonly database?: string
  readonly environment?: string
  readonly lockRetries: number
  readonly runnerWaitMs: number
  readonly revisions: number
}

export const nothingYet: Tally = { lockRetries: 0, runnerWaitMs: 0, revisions: 0 }

/** Returns the tally with one more event in it. */
export function counted(tally: Tally, event: RunEvent): Tally {
  switch (event.type) {
    case "connected": {
      const { database, environment } = event
      return { ...tally, database, ...(environment === undefined ? {} : { environment }) }
    }
    case "lock-not-available":
      return { ...tally, lockRetries: tally.lockRetries + 1 }
    case "waiting-for-runner":
      return { ...tally, runnerWaitMs: Math.max(tally.runnerWaitMs, event.waitedMs) }
    case "revision-finished":
      return { ...tally, revisions: tally.revisions + 1 }
    default:
      return tally
  }
}
