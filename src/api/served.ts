import { standingOf } from "../deploy/serving.ts"
import { readClock } from "../history/clock.ts"
import { queriesFormat, readReleaseQueries, readReleases } from "../history/releases.ts"
import type { ReleaseQueries } from "../prove/query.ts"
import type { Target } from "../runner/target.ts"

/** What the releases that may be running now issue, where their deploys were told. */
export async function readServed(
  { connection, schema, history }: Target,
  soakMs = 3_600_000,
): Promise<readonly ReleaseQueries[]> {
  if (history.format < queriesFormat) return []
  const releases = standingOf(await readReleases(connection, schema, 1000), {
    soakMs,
    now: await readClock(connection),
  })
  const serving = releases.filter(({ serves }) => serves).map(({ id }) => id)
  return readReleaseQueries(connection, schema, serving)
}
