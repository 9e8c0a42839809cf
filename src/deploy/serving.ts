import type { ReleaseRecord } from "../history/releases.ts"

/** How a release stands: whether its code may be running now. */
export interface ReleaseStanding extends ReleaseRecord {
  /**
   * A release serves from its deploy until somebody says that it is retired, or until a later one has been there for
   * the soak time. What somebody says of it wins.
   */
  readonly serves: boolean
  /** The release that has taken over. */
  readonly supersededBy?: string
}

/** Tells which releases may be running. @param releases the one deployed last first */
export function standingOf(
  releases: readonly ReleaseRecord[],
  { soakMs, now }: { readonly soakMs: number; readonly now: Date },
): readonly ReleaseStanding[] {
  const settledBefore = now.getTime() - soakMs
  let successor: string | undefined
  return releases.map((release) => {
    const superseded = successor
    if (Date.parse(release.deployedAt) <= settledBefore && release.state !== "retired")
      successor ??= release.id
    if (release.state === "retired") return { ...release, serves: false }
    if (release.state === "serving" || superseded === undefined) return { ...release, serves: true }
    return { ...release, serves: false, supersededBy: superseded }
  })
}
