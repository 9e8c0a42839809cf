/** A statement that took long, and nobody was in its way. */
export interface SlowStatement {
  readonly sql: string
  readonly ms: number
}

/** Shorter ones tell more of the network than of the server. */
export const slowMs = 100
