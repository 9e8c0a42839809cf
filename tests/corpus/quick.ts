import { Workbench } from "../catalog/workbench.ts"
import { pairNames, readPair } from "./corpus.ts"

/** How a pair did in one direction. */
export interface Row {
  readonly pair: string
  readonly direction: string
  /** As the scorer names it. */
  readonly status: string
  readonly rows: string
  readonly secondPlan: string
  readonly detail: string
}

export interface Choice {
  /** Names of sources, with commas between. */
  readonly sources?: string
  /** An expression that the pair's name fits. */
  readonly match?: string
  /** Every how many pairs one is taken. */
  readonly sample?: string
}

/**
 * Scores the pairs within this process: no new database, no psql and no scorer for each, so that it takes a tenth of the
 * time. pg_dump is the witness all the same; each pair goes back from where its plan led it.
 */
export async function scoreQuickly(
  urls: readonly [string, string],
  { sources, match, sample = "1" }: Choice,
): Promise<readonly Row[]> {
  const chosen = pairNames()
    .filter((name) => sources === undefined || sources.split(",").includes(name.split("/")[0] ?? ""))
    .filter((name) => match === undefined || new RegExp(match).test(name))
    .filter((_, place) => place % Number(sample) === 0)
  await using bench = await Workbench.open(urls, { dump: "both ways", ownServers: true })
  const rows: Row[] = []
  for (const pair of chosen) {
    for (const { direction, status, detail } of await bench.check(readPair(pair))) {
      rows.push({
        pair,
        direction: direction === "forward" ? "forward" : "reverse",
        status: status === "not loadable" ? "scorer-error" : status,
        rows: status === "rows lost" ? "lost" : "",
        secondPlan: status === "converged" ? "empty" : "",
        detail,
      })
    }
  }
  return rows
}
