import { compareLockModes } from "../db/lock-mode.ts"
import type { Lock, Work } from "../trace/observation.ts"

/** Whom a lock on a relation keeps waiting. */
export function blocks({ relation, mode }: Lock): "reads and writes" | "writes" | undefined {
  if (relation.kind === "v" || relation.kind === "m" || relation.kind === "i" || relation.kind === "I") {
    // Nobody writes them, and a lock that lets readers through keeps nobody waiting but REFRESH and the like.
    return mode === "AccessExclusiveLock" ? "reads and writes" : undefined
  }
  if (mode === "AccessExclusiveLock") return "reads and writes"
  return compareLockModes(mode, "ShareLock") >= 0 ? "writes" : undefined
}

/** The strongest first. */
export function byStrength(a: Lock, b: Lock): number {
  return compareLockModes(b.mode, a.mode)
}

const costs: Readonly<Record<Work["kind"], number>> = {
  rewrite: 3,
  "index build": 2,
  modification: 1,
  scan: 0,
}

/** The most expensive first. */
export function byCost(a: Work, b: Work): number {
  return costs[b.kind] - costs[a.kind]
}
