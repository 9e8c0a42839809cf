import { mkdirSync, rmSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { type Invocation, measure, measurePeak, type Usage } from "./measure.ts"
import type { Plan } from "./plan.ts"
import type { Bar, Section } from "./report.ts"
import type { Tool, Tools } from "./tools.ts"
import { databaseOf, type Workbench } from "./workbench.ts"

interface Case {
  readonly name: string
  readonly count?: number
  readonly invocation: Invocation
  /** A folder that is deleted before each run. */
  readonly without?: string | undefined
  readonly isBarred?: boolean
}

const mostCpuMs = 150
const mostMemoryMb = 150

/** Measures commands that find nothing to do, and so mostly start: one round after the other, the least of each. */
export async function measureColdStart(
  { lockstep, peers }: Tools,
  bench: Workbench,
  plan: Plan,
): Promise<{ readonly sections: readonly Section[]; readonly bars: readonly Bar[] }> {
  const cases: Case[] = [
    { name: "node -e 0", invocation: { program: process.execPath, args: ["-e", "0"] } },
    ...plan.counts.flatMap((count) => lockstepCases(lockstep, count, bench)),
    ...typedCases(lockstep, Math.min(...plan.counts), bench),
    ...peers.flatMap((peer) => plan.peerCounts.flatMap((count) => peerCases(peer, count, bench))),
  ]
  const usages = new Map<Case, Usage[]>(cases.map((each) => [each, []]))
  for (let round = 0; round < plan.startRounds; round += 1) {
    for (const [each, done] of usages) {
      // A tool that takes seconds is not asked as often as one that takes a tenth of a second.
      const spent = done.reduce((sum, { wallMs }) => sum + wallMs, 0)
      if (spent > 4_000) continue
      if (each.without !== undefined) rmSync(each.without, { recursive: true, force: true })
      done.push(await measure(each.invocation))
    }
  }
  const rows = [...usages].map(([{ name, count }, done]) => [
    name,
    count === undefined ? "" : String(count),
    seconds(least(done, "cpuMs")),
    seconds(least(done, "wallMs")),
  ])
  const bars = [...usages]
    .filter(([{ isBarred }]) => isBarred)
    .map(([{ name, count }, done]) => ({
      says: `${name} at ${count} revisions: at most ${mostCpuMs / 1000} s of CPU`,
      figure: `${seconds(least(done, "cpuMs"))} s`,
      met: least(done, "cpuMs") <= mostCpuMs,
    }))
  const memory = await measureMemory(lockstep, bench, plan)
  return {
    sections: [
      {
        title: "Nothing to do",
        says: "What a command takes that finds everything applied, from its start to its end: the least of the rounds. CPU is user and system time of the process.",
        columns: ["command", "revisions", "CPU, s", "wall, s"],
        rows,
      },
    ],
    bars: [...bars, ...memory],
  }
}

function lockstepCases(tool: Tool, count: number, bench: Workbench): Case[] {
  const project = bench.project(tool, count)
  const database = databaseOf(tool, count)
  const status = tool.status?.(project, database)
  if (status === undefined) return []
  return [
    { name: "lockstep status", count, invocation: status, isBarred: true },
    { name: "lockstep status, cache deleted", count, invocation: status, without: tool.cache?.(project) },
    { name: "lockstep upgrade", count, invocation: tool.upgrade(project, database) },
  ]
}

/** The same with a configuration that has to be turned from TypeScript into JavaScript on older versions of Node. */
function typedCases(tool: Tool, count: number, bench: Workbench): Case[] {
  const typed: Tool = {
    ...tool,
    name: `${tool.name}-typed`,
    write: (root, each) => {
      tool.write(root, each)
      mkdirSync(join(root, "node_modules"))
      writeFileSync(join(root, "package.json"), '{ "type": "module" }\n')
      writeFileSync(
        join(root, "lockstep.config.ts"),
        "export default { migrations: 'migrations' as string }\n",
      )
    },
  }
  const status = tool.status?.(bench.project(typed, count), databaseOf(tool, count))
  return status === undefined
    ? []
    : [{ name: "lockstep status, lockstep.config.ts", count, invocation: status }]
}

function peerCases(tool: Tool, count: number, bench: Workbench): Case[] {
  const project = bench.project(tool, count)
  const status = tool.status?.(project, databaseOf(tool, count))
  return status === undefined
    ? []
    : [{ name: `${tool.name} ${status.args.at(-1)}`, count, invocation: status }]
}

async function measureMemory(tool: Tool, bench: Workbench, { counts }: Plan): Promise<readonly Bar[]> {
  const count = Math.max(...counts)
  const status = tool.status?.(bench.project(tool, count), databaseOf(tool, count))
  if (status === undefined) return []
  const { peakMb } = await measurePeak(status)
  return peakMb === undefined ? [] : [memoryBar(`lockstep status at ${count} revisions`, peakMb)]
}

export function memoryBar(what: string, peakMb: number): Bar {
  return {
    says: `${what}: less than ${mostMemoryMb} MB of memory`,
    figure: `${peakMb.toFixed(0)} MB`,
    met: peakMb < mostMemoryMb,
  }
}

function least(usages: readonly Usage[], key: keyof Usage): number {
  return Math.min(...usages.map((usage) => usage[key]))
}

export function seconds(milliseconds: number): string {
  return (milliseconds / 1000).toFixed(3)
}
