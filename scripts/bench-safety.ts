import { execFileSync } from "node:child_process"
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { openScratch } from "../src/scratch/scratch.ts"
import type { SafetyCase } from "../tests/safety/case.ts"
import { safetyCases } from "../tests/safety/cases/all.ts"
import { Workbench } from "../tests/safety/workbench.ts"

/** The tool that most people use for this; installed when it is first asked for. */
const squawk = "squawk-cli@2.66.0"

/** squawk's rules of style and habit, which no case is about. */
const opinions = [
  "prefer-robust-stmts",
  "prefer-text-field",
  "prefer-bigint-over-int",
  "prefer-bigint-over-smallint",
  "prefer-identity",
  "prefer-timestamp-tz",
  "require-timeout-settings",
]

/** How often an answer was right. */
interface Score {
  found: number
  hazards: number
  alarms: number
  safe: number
}

function count(score: Score, { hazard }: SafetyCase, reported: boolean): void {
  if (hazard) {
    score.hazards++
    if (reported) score.found++
  } else {
    score.safe++
    if (reported) score.alarms++
  }
}

function printed({ found, hazards, alarms, safe }: Score): string {
  const percent = (part: number, whole: number) => `${((100 * part) / whole).toFixed(1)} %`
  return `recall ${percent(found, hazards)} (${found}/${hazards}), false alarms ${percent(alarms, safe)} (${alarms}/${safe})`
}

function none(): Score {
  return { found: 0, hazards: 0, alarms: 0, safe: 0 }
}

/** Runs Lockstep on every case: with queries and statistics where a case has some, or with the schema alone. */
async function scoreLockstep(major: number, given: "everything" | "schema"): Promise<void> {
  await using scratch = await openScratch({ major })
  const workbench = new Workbench(scratch)
  const all = none()
  // Of the others queries or sizes decide, and which way cannot be known without them.
  const plain = none()
  const wrong: string[] = []
  const started = performance.now()
  for (const each of safetyCases.filter((one) => workbench.applies(one))) {
    const { queries, stats, ...alone } = each
    const { findings } = await workbench.lint(given === "everything" ? each : alone)
    const reported = findings.some(({ severity }) => severity === "error")
    count(all, each, reported)
    if (queries === undefined && stats === undefined) count(plain, each, reported)
    if (reported !== each.hazard) wrong.push(`  ${each.hazard ? "missed" : "false alarm"}: ${each.name}`)
  }
  const seconds = (performance.now() - started) / 1000
  const cases = all.hazards + all.safe
  console.log(
    `Lockstep, PostgreSQL ${major}, ${given === "everything" ? "with queries and statistics" : "schema and script alone"}: ${printed(all)}, ${((1000 * seconds) / cases).toFixed(0)} ms a case`,
  )
  if (given === "schema")
    console.log(`  of them, what neither queries nor statistics are about: ${printed(plain)}`)
  for (const line of wrong) console.log(line)
}

function installSquawk(): string | undefined {
  const folder = join(tmpdir(), "lockstep-bench-safety")
  const program = join(folder, "node_modules/.bin/squawk")
  if (existsSync(program)) return program
  mkdirSync(folder, { recursive: true })
  writeFileSync(join(folder, "package.json"), "{}")
  try {
    execFileSync("npm", ["install", "--silent", "--no-audit", "--no-fund", squawk], {
      cwd: folder,
      stdio: "ignore",
    })
    return program
  } catch {
    return undefined
  }
}

/** Runs squawk on every case; any violation counts as a report. */
function scoreSquawk(program: string, major: number, exclude: readonly string[]): Score {
  const folder = mkdtempSync(join(tmpdir(), "squawk-"))
  const score = none()
  try {
    for (const each of safetyCases) {
      if ((each.from ?? 0) > major || (each.to ?? 99) < major) continue
      const file = join(folder, "change.sql")
      writeFileSync(file, each.sql)
      const options = exclude.length === 0 ? [] : ["--exclude", exclude.join(",")]
      count(score, each, !passes(program, [...options, `--pg-version=${major}.0`, file]))
    }
  } finally {
    rmSync(folder, { recursive: true })
  }
  return score
}

function passes(program: string, words: readonly string[]): boolean {
  try {
    execFileSync(program, words, { stdio: "ignore" })
    return true
  } catch {
    return false
  }
}

console.log(
  `${safetyCases.length} cases, of which ${safetyCases.filter(({ hazard }) => hazard).length} are hazards\n`,
)
const majors = (process.env["LOCKSTEP_TEST_MAJORS"] ?? "15,18").split(",").map(Number)
for (const major of majors) {
  await scoreLockstep(major, "everything")
  await scoreLockstep(major, "schema")
}
const program = installSquawk()
if (program === undefined) console.log(`${squawk} could not be installed: no comparison`)
else {
  const newest = Math.max(...majors)
  console.log(`squawk, PostgreSQL ${newest}: ${printed(scoreSquawk(program, newest, []))}`)
  console.log(`squawk without its opinions: ${printed(scoreSquawk(program, newest, opinions))}`)
}
