import { mkdirSync, rmSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { setTimeout as delay } from "node:timers/promises"
import { fileURLToPath } from "node:url"
import { seconds } from "./cold-start.ts"
import type { Databases } from "./databases.ts"
import { type Invocation, measure, median, run, type Usage } from "./measure.ts"
import type { Bar, Section } from "./report.ts"
import type { Tools } from "./tools.ts"
import { databaseOf, type Workbench } from "./workbench.ts"

const program = fileURLToPath(new URL("../../dist/cli.js", import.meta.url))
const revisionCount = 1_000
const tableCount = 300
const clonedTables = 200
const rounds = 7

interface Measured {
  readonly sections: readonly Section[]
  readonly bars: readonly Bar[]
}

/** Measures what every deploy costs, also the one that has nothing to do, and what a test pays for a database of its own. */
export async function measureDeploys(tools: Tools, bench: Workbench, folder: string): Promise<Measured> {
  const deploys = await measureNothingToDo(tools, bench, join(folder, "deploys"))
  const clones = await measureClones(bench.databases, join(folder, "clones"))
  return {
    sections: [...deploys.sections, ...clones.sections],
    bars: [...deploys.bars, ...clones.bars],
  }
}

async function measureNothingToDo({ peers }: Tools, bench: Workbench, root: string): Promise<Measured> {
  const { databases } = bench
  const database = "deployed"
  writeProject(root, revisionCount, tableCount)
  await databases.fresh(database)
  const command = (...words: string[]): Invocation => ({
    program: process.execPath,
    args: [program, ...words],
    cwd: root,
    env: { DATABASE_URL: databases.server.socketUrl(database), LOCKSTEP_CACHE: join(root, "cache") },
  })
  await run(command("deploy", "--release", "r1"))
  // Files that were written a moment ago are not trusted to stay as they are.
  await delay(2_500)
  const alembic = peers.find(({ name }) => name === "Alembic")
  const cases: (readonly [string, Invocation])[] = [
    ["lockstep deploy", command("deploy", "--release", "r1")],
    ["lockstep preflight", command("preflight")],
  ]
  if (alembic !== undefined) {
    const project = bench.project(alembic, revisionCount)
    await bench.stamp(alembic, revisionCount)
    cases.push(["alembic upgrade head", alembic.upgrade(project, databaseOf(alembic, revisionCount))])
  }
  const usages = new Map<string, Usage[]>(cases.map(([name]) => [name, []]))
  for (let round = 0; round < rounds; round += 1)
    for (const [name, invocation] of cases) usages.get(name)?.push(await measure(invocation))
  rmSync(root, { recursive: true })
  await databases.drop(database)
  const least = (name: string, key: keyof Usage) =>
    Math.min(...(usages.get(name) ?? []).map((usage) => usage[key]))
  const bar = (name: string, key: keyof Usage, what: string, mostMs: number): Bar => ({
    says: `${name}, nothing to do, ${revisionCount} revisions and ${tableCount} tables: under ${mostMs / 1000} s of ${what}`,
    figure: `${seconds(least(name, key))} s`,
    met: least(name, key) < mostMs,
  })
  return {
    sections: [
      {
        title: "A deploy with nothing to do",
        says: `${revisionCount} revisions, all applied to a database of ${tableCount} tables; \`deploy\` and \`preflight\` look for drift too. Start to end of the program, the least of ${rounds} rounds.`,
        columns: ["command", "CPU, s", "wall, s"],
        rows: cases.map(([name]) => [name, seconds(least(name, "cpuMs")), seconds(least(name, "wallMs"))]),
      },
    ],
    bars: [
      bar("lockstep deploy", "wallMs", "time", 1_000),
      bar("lockstep deploy", "cpuMs", "CPU", 500),
      bar("lockstep preflight", "wallMs", "time", 2_000),
    ],
  }
}

type TestKit = typeof import("../../src/testing/index.ts")

/** Measures `testDatabase` of the published kit, on a server that is there. */
async function measureClones(databases: Databases, root: string): Promise<Measured> {
  writeProject(root, clonedTables, clonedTables)
  const kit = (await import(new URL("../../dist/testing.js", import.meta.url).href)) as TestKit
  const options = { root, url: databases.server.socketUrl("postgres"), cache: join(root, "cache") }
  const timeOf = async (work: () => Promise<unknown>): Promise<number> => {
    const started = performance.now()
    await work()
    return performance.now() - started
  }
  const template = await timeOf(async () => (await kit.testDatabase(options)).drop())
  const clones: number[] = []
  const drops: number[] = []
  for (let round = 0; round < 30; round += 1) {
    let made: Awaited<ReturnType<TestKit["testDatabase"]>> | undefined
    clones.push(
      await timeOf(async () => {
        made = await kit.testDatabase(options)
      }),
    )
    drops.push(await timeOf(async () => made?.drop()))
  }
  rmSync(root, { recursive: true })
  const clone = median(clones)
  return {
    sections: [
      {
        title: "A database for a test",
        says: `\`testDatabase\` of \`lockstep/testing\` with ${clonedTables} tables: the first one applies the revisions to a template, every other is a copy of it. The median of 30.`,
        columns: ["", "ms"],
        rows: [
          ["the template, once", template.toFixed(0)],
          ["a copy", clone.toFixed(1)],
          ["dropping it", median(drops).toFixed(1)],
        ],
      },
    ],
    bars: [
      {
        says: `a copy of a template of ${clonedTables} tables: under 60 ms`,
        figure: `${clone.toFixed(1)} ms`,
        met: clone < 60,
      },
    ],
  }
}

/** So many revisions; the first make a table each, the others add a column to one of them. */
function writeProject(root: string, revisions: number, tables: number): void {
  const folder = join(root, "migrations")
  mkdirSync(folder, { recursive: true })
  for (let index = 1; index <= revisions; index += 1) {
    const id = `r${String(index).padStart(5, "0")}`
    const parent = index === 1 ? "" : `-- parent: r${String(index - 1).padStart(5, "0")}\n`
    const table = `t${(index - 1) % tables}`
    const sql =
      index <= tables
        ? `create table ${table} (id bigint generated always as identity primary key, name text not null);\ncreate index on ${table} (name);`
        : `alter table ${table} add column c${index} text;`
    writeFileSync(join(folder, `${id}.sql`), `-- revision: ${id}\n${parent}-- phase: expand\n\n${sql}\n`)
  }
}
