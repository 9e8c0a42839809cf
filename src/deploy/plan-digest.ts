import type { History } from "../history/read.ts"
import type { Revision } from "../revisions/revision.ts"
import { sha256 } from "../revisions/sha256.ts"

/** Returns the digest of what would be applied, in its order: an approval is for exactly that. */
export function planDigest(due: readonly Pick<Revision, "id" | "checksum">[]): string {
  return sha256(due.map(({ id, checksum }) => `${id}\t${checksum}`).join("\n"))
}

/** Returns the digest of where a database is in its history, but for some revisions: those that a plan applies. */
export function standingDigest(
  { applied, repeatables, inFlight }: Pick<History, "applied" | "repeatables" | "inFlight">,
  without: ReadonlySet<string>,
): string {
  const lines = [
    ...[...applied].map(([id, checksum]) => `applied\t${id}\t${checksum}`),
    ...[...repeatables].map(([id, checksum]) => `repeatable\t${id}\t${checksum}`),
    ...inFlight.map(({ id, direction, stepsDone }) => `${direction}\t${id}\t${stepsDone}`),
  ]
  return sha256(
    lines
      .filter((line) => !without.has(line.split("\t")[1] ?? ""))
      .sort()
      .join("\n"),
  )
}
