import { readFileSync, writeFileSync } from "node:fs"
import { tmpdir, userInfo } from "node:os"
import { join } from "node:path"
import { fileURLToPath } from "node:url"
import { measureCatalogs } from "./bench/catalog.ts"
import { measureColdStart } from "./bench/cold-start.ts"
import { startDatabases } from "./bench/databases.ts"
import { measureDeploys } from "./bench/deploy.ts"
import { measureGenerate } from "./bench/generate.ts"
import { measureLint } from "./bench/lint.ts"
import { fullPlan, type Plan, quickPlan } from "./bench/plan.ts"
import {
  type Bar,
  machineFacts,
  markdownReport,
  printReport,
  type Report,
  type Section,
} from "./bench/report.ts"
import { measureAudit } from "./bench/roles.ts"
import { findTools } from "./bench/tools.ts"
import { measureUpgrades } from "./bench/upgrade.ts"
import { Workbench } from "./bench/workbench.ts"

const page = fileURLToPath(new URL("../docs/benchmarks.md", import.meta.url))
const marks = { start: "<!-- figures -->", end: "<!-- end of figures -->" }

async function measureAll(plan: Plan, command: string): Promise<Report> {
  const folder = join(tmpdir(), `lockstep-bench-${userInfo().username}`)
  const sections: Section[] = []
  const bars: Bar[] = []
  const add = (part: { readonly sections: readonly Section[]; readonly bars: readonly Bar[] }) => {
    sections.push(...part.sections)
    bars.push(...part.bars)
  }
  await using databases = await startDatabases(false)
  const tools = findTools(databases.server, folder)
  using bench = new Workbench(databases, folder)
  const { lockstep, psql, barePsql, peers } = tools
  for (const count of plan.counts)
    for (const tool of [lockstep, psql, barePsql]) if (tool !== undefined) bench.project(tool, count)
  for (const count of plan.peerCounts) for (const tool of peers) bench.project(tool, count)
  await bench.settle()

  add(await measureUpgrades(tools, bench, plan))
  for (const count of plan.counts) if (count > plan.mostUpgraded) await bench.stamp(lockstep, count)
  for (const count of plan.peerCounts) for (const tool of peers) await bench.stamp(tool, count)
  add(await measureColdStart(tools, bench, plan))
  add(await measureDeploys(tools, bench, folder))
  if (plan.durableRounds > 0) {
    await using durable = await startDatabases(true)
    const there = findTools(durable.server, folder)
    using other = new Workbench(durable, join(folder, "durable"))
    for (const tool of [there.lockstep, there.psql, there.barePsql])
      if (tool !== undefined) other.project(tool, 1_000)
    await other.settle()
    add(await measureUpgrades(there, other, plan, true))
  }
  {
    // The oldest that the tests know, so that the pg_dump of most machines can read it.
    await using old = await startDatabases(false, 15)
    add(await measureCatalogs(old, folder, plan))
  }
  add(await measureAudit(databases))
  add(await measureGenerate(plan))
  add(await measureLint(plan))
  return { command, machine: machineFacts(databases.server.version, tools), sections, bars }
}

function writePage(report: Report): void {
  const text = readFileSync(page, "utf8")
  const [before] = text.split(marks.start)
  const [, after] = text.split(marks.end)
  const figures = markdownReport(report, new Date().toISOString().slice(0, 10))
  writeFileSync(page, `${before}${marks.start}\n\n${figures}\n\n${marks.end}${after}`)
}

const quick = process.argv.includes("--quick")
const report = await measureAll(quick ? quickPlan : fullPlan, `npm run bench${quick ? " -- --quick" : ""}`)
console.log(printReport(report))
if (process.argv.includes("--write")) writePage(report)
