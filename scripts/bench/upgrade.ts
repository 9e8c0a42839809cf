import { rmSync } from "node:fs"
import { memoryBar, seconds } from "./cold-start.ts"
import { measurePeak, median } from "./measure.ts"
import type { Plan } from "./plan.ts"
import type { Bar, Section } from "./report.ts"
import type { Tool, Tools } from "./tools.ts"
import type { Workbench } from "./workbench.ts"

const mostRatio = 1.15
const peerCount = 1_000

interface Round {
  readonly wallMs: number
  readonly peakMb: number | undefined
}

/** Measures upgrades of empty databases, the tools by turns, so that what else the machine does meets all of them. */
export async function measureUpgrades(
  { lockstep, psql, barePsql, peers }: Tools,
  bench: Workbench,
  plan: Plan,
  durable = false,
): Promise<{ readonly sections: readonly Section[]; readonly bars: readonly Bar[] }> {
  const rows: string[][] = []
  const bars: Bar[] = []
  const perRevision = new Map<number, number>()
  const where = durable ? ", on a server that waits for its disk" : ""
  for (const count of durable ? [peerCount] : plan.counts.filter((each) => each <= plan.mostUpgraded)) {
    const cold = { ...lockstep, name: "lockstep, cache deleted" }
    const contestants = [
      ...(psql === undefined ? [] : [psql]),
      ...(barePsql === undefined ? [] : [barePsql]),
      lockstep,
      ...(count === peerCount ? [cold] : []),
    ]
    const rounds = new Map<Tool, Round[]>(contestants.map((tool) => [tool, []]))
    const times = durable
      ? plan.durableRounds
      : count > peerCount
        ? plan.bigUpgradeRounds
        : plan.upgradeRounds
    for (let round = 0; round < times; round += 1) {
      for (const [tool, done] of rounds) {
        const cache = lockstep.cache?.(bench.project(lockstep, count))
        if (tool === cold && cache !== undefined) rmSync(cache, { recursive: true, force: true })
        done.push(await upgradeOnce(tool === cold ? lockstep : tool, count, bench))
      }
    }
    if (count === peerCount && !durable)
      for (const peer of peers) rounds.set(peer, [await upgradeOnce(peer, count, bench)])

    const base = psql && rounds.get(psql)
    const least = barePsql && rounds.get(barePsql)
    for (const [tool, done] of rounds) {
      const ratio = base && tool !== psql ? ratioOf(done, base) : undefined
      const toLeast = least && tool !== barePsql ? ratioOf(done, least) : undefined
      const wall = median(done.map(({ wallMs }) => wallMs))
      rows.push([tool.name, String(count), seconds(wall), ratio?.toFixed(2) ?? "", toLeast?.toFixed(2) ?? ""])
      if (tool === lockstep) perRevision.set(count, wall / count)
      if (tool === lockstep && count === peerCount && ratio !== undefined)
        bars.push({
          says: `upgrade of ${count} revisions${where}: at most ${mostRatio} times the wall time of psql with the same statements`,
          figure: ratio.toFixed(2),
          met: ratio <= mostRatio,
        })
      const peaks = done.flatMap(({ peakMb }) => peakMb ?? [])
      if (tool === lockstep && count > 1_000 && peaks.length > 0)
        bars.push(memoryBar(`lockstep upgrade of ${count} revisions`, Math.max(...peaks)))
    }
    for (const tool of [psql, barePsql]) if (tool !== undefined) await bench.dropDatabase(tool, count)
  }
  return {
    sections: [
      {
        title: `Upgrade of an empty database${where}`,
        says: "One table a revision, one transaction a revision. The median of the rounds, and of the ratios to psql in the same round.",
        columns: ["tool", "revisions", "wall, s", "times psql, same statements", "times psql, bare"],
        rows,
      },
    ],
    bars: [...bars, ...linearity(perRevision)],
  }
}

async function upgradeOnce(tool: Tool, count: number, bench: Workbench): Promise<Round> {
  return measurePeak(await bench.fromEmpty(tool, count))
}

/** The median of the ratios in each round; a peer that ran once is compared with the median round. */
function ratioOf(done: readonly Round[], base: readonly Round[]): number {
  const typical = median(base.map(({ wallMs }) => wallMs))
  const inRounds = done.length === base.length
  return median(
    done.map(({ wallMs }, round) => wallMs / (inRounds ? (base[round]?.wallMs ?? typical) : typical)),
  )
}

/** Ten times as many revisions may take ten times as long, and a quarter for the server's larger catalog. */
function linearity(perRevision: ReadonlyMap<number, number>): readonly Bar[] {
  const [few, many] = [perRevision.get(1_000), perRevision.get(10_000)]
  if (few === undefined || many === undefined) return []
  return [
    {
      says: "a revision among 10,000 takes at most 1.25 times as long as one among 1,000",
      figure: (many / few).toFixed(2),
      met: many / few <= 1.25,
    },
  ]
}
