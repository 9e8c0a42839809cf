import type { RetryLimits } from "./context.ts"

/**
 * How long to pause after try number `attempt` (1-based): `delayMs`, doubled after each try up to `maxDelayMs`, plus
 * up to a fifth at random so that two runners do not keep meeting.
 *
 * @param random from 0 to 1
 */
export function retryDelayMs(limits: RetryLimits, attempt: number, random: number): number {
  const base = Math.min(limits.delayMs * 2 ** (attempt - 1), limits.maxDelayMs)
  return Math.round(base * (1 + random / 5))
}
