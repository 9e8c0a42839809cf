import type { Revision } from "../revisions/revision.ts"
import { sha256 } from "../revisions/sha256.ts"

/** Returns the digest of what would be applied, in its order: an approval is for exactly that. */
export function planDigest(due: readonly Revision[]): string {
  return sha256(due.map(({ id, checksum }) => `${id}\t${checksum}`).join("\n"))
}
