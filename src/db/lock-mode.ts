/** Modes of table locks as `pg_locks` spells them, the weakest first. @see PostgreSQL documentation, "Table-Level Locks" */
export const lockModes: readonly string[] = [
  "AccessShareLock",
  "RowShareLock",
  "RowExclusiveLock",
  "ShareUpdateExclusiveLock",
  "ShareLock",
  "ShareRowExclusiveLock",
  "ExclusiveLock",
  "AccessExclusiveLock",
]

/** `AccessExclusiveLock` as the documentation spells it: `ACCESS EXCLUSIVE`. */
export function spellLockMode(mode: string): string {
  return mode
    .replace(/Lock$/, "")
    .replace(/(?<=[a-z])(?=[A-Z])/g, " ")
    .toUpperCase()
}

/** For sorting, the weaker first. */
export function compareLockModes(a: string, b: string): number {
  return lockModes.indexOf(a) - lockModes.indexOf(b)
}
