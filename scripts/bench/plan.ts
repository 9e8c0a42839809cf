/** How much is measured. */
export interface Plan {
  /** Counts of revisions. */
  readonly counts: readonly number[]
  /** Up to this count the upgrade from empty is measured too. */
  readonly mostUpgraded: number
  /** Counts at which the other tools are asked as well; some take a second for a thousand revisions to begin with. */
  readonly peerCounts: readonly number[]
  /** How often a start is measured; the least counts. */
  readonly startRounds: number
  /** How often an upgrade of up to 1,000 revisions is measured; the median of the ratios counts. */
  readonly upgradeRounds: number
  readonly bigUpgradeRounds: number
  /** How often an upgrade is measured on a server that waits for its disk. */
  readonly durableRounds: number
  /** Counts of tables of the databases that are read. */
  readonly tables: readonly number[]
  readonly readRounds: number
}

export const fullPlan: Plan = {
  counts: [10, 1_000, 10_000],
  mostUpgraded: 10_000,
  peerCounts: [10, 1_000, 10_000],
  startRounds: 9,
  upgradeRounds: 7,
  bigUpgradeRounds: 1,
  durableRounds: 3,
  tables: [100, 1_000, 10_000],
  readRounds: 5,
}

export const quickPlan: Plan = {
  counts: [10, 1_000, 10_000],
  mostUpgraded: 1_000,
  peerCounts: [10, 1_000],
  startRounds: 5,
  upgradeRounds: 3,
  bigUpgradeRounds: 0,
  durableRounds: 0,
  tables: [100, 1_000],
  readRounds: 3,
}
