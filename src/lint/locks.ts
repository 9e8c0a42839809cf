import type { Lock, Work } from "../trace/observation.ts"

/** Whom a lock on a relation keeps waiting. */
export function blocks({ relation, mode }: Lock): "reads and writes" | "writes" | undefined {
  const strength = strengths.indexOf(mode)
  if (relation.kind === "v" || relation.kind === "m" || relation.kind === "i" || relation.kind === "I") {
    // Nobody writes them, and a lock that lets readers through keeps nobody waiting but REFRESH and the like.
    return mode === "AccessExclusiveLock" ? "reads and writes" : undefined
  }
  if (strength === strengths.length - 1) return "reads and writes"
  return strength >= strengths.indexOf("ShareLock") ? "writes" : undefined
}

/** Modes of table locks, the strongest last. @see PostgreSQL documentation, "Table-Level Locks" */
const strengths = [
  "AccessShareLock",
  "RowShareLock",
  "RowExclusiveLock",
  "ShareUpdateExclusiveLock",
  "ShareLock",
  "ShareRowExclusiveLock",
  "ExclusiveLock",
  "AccessExclusiveLock",
]

/** The strongest first. */
export function byStrength(a: Lock, b: Lock): number {
  return strengths.indexOf(b.mode) - strengths.indexOf(a.mode)
}

/** `AccessExclusiveLock` as the documentation spells it: `ACCESS EXCLUSIVE`. */
export function spell(mode: string): string {
  return mode
    .replace(/Lock$/, "")
    .replace(/(?<=[a-z])(?=[A-Z])/g, " ")
    .toUpperCase()
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
