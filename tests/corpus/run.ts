// Scores Lockstep against all pairs of the corpus, in both directions, on each major version: `npm run test:corpus`.
//
//   npm run test:corpus -- [--majors 15,18] [--sources a,b] [--match REGEX] [--sample N] [--out FOLDER] [--quick]
//
// The scorer takes an hour of a processor for all of it; --quick does without it, and takes minutes.
//
// PSQL_<major> and PG_DUMP_<major> name the programs of a major; without them those on the path are taken, if they are
// not older than the server. Exit code 1: a pair does not converge that is not in known.ts, or one that is there does.
import { execFileSync, spawn } from "node:child_process"
import { mkdirSync, readFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { fileURLToPath } from "node:url"
import { parseArgs } from "node:util"
import { startServer } from "../../src/scratch/embedded.ts"
import { absent, shared } from "./corpus.ts"
import { knownDifferences } from "./known.ts"
import { type Row, scoreQuickly } from "./quick.ts"

const { values: options } = parseArgs({
  options: {
    majors: { type: "string", default: "15,18" },
    sources: { type: "string" },
    match: { type: "string" },
    sample: { type: "string" },
    quick: { type: "boolean", default: false },
    out: { type: "string", default: join(tmpdir(), "lockstep-corpus") },
  },
})

if (absent === undefined) process.exitCode = await scoreAll()
else console.log(`skipped: ${absent}`)

async function scoreAll(): Promise<number> {
  mkdirSync(options.out, { recursive: true })
  const majors = options.majors.split(",").map(Number)
  const surprises = await Promise.all(majors.map(score))
  return surprises.some((count) => count > 0) ? 1 : 0
}

/** Returns how many rows are not as known.ts says. */
async function score(major: number): Promise<number> {
  const programs = programsFor(major)
  if (programs === undefined) {
    console.log(
      `PostgreSQL ${major}: skipped, since psql and pg_dump of ${major} or later are needed (PSQL_${major}, PG_DUMP_${major})`,
    )
    return 0
  }
  const file = join(options.out, `${major}.tsv`)
  const servers = await Promise.all(
    [1, 2].map(() => startServer({ major, settings: { wal_level: "logical" } })),
  )
  const urls = servers.map((server) => server.url()) as [string, string]
  try {
    if (options.quick) return report(major, await scoreQuickly(urls, options))
    await runScorer(urls.join(","), file, programs)
  } finally {
    await Promise.all(servers.map((server) => server.stop()))
  }
  return report(major, readRows(file))
}

interface Programs {
  readonly PSQL: string
  readonly PG_DUMP: string
}

function programsFor(major: number): Programs | undefined {
  const PSQL = process.env[`PSQL_${major}`] ?? "psql"
  const PG_DUMP = process.env[`PG_DUMP_${major}`] ?? "pg_dump"
  return [PSQL, PG_DUMP].every((program) => majorOf(program) >= major) ? { PSQL, PG_DUMP } : undefined
}

function majorOf(program: string): number {
  try {
    return Number(/(\d+)\./.exec(execFileSync(program, ["--version"], { encoding: "utf8" }))?.[1] ?? 0)
  } catch {
    return 0
  }
}

function runScorer(pair: string, file: string, programs: Programs): Promise<void> {
  const chosen = (["sources", "match", "sample"] as const).flatMap((name) =>
    options[name] === undefined ? [] : [`--${name}`, options[name]],
  )
  const scorer = spawn(
    process.execPath,
    [
      join(shared, "diffscore", "score.mjs"),
      ...["--corpus", join(shared, "corpus"), "--direction", "both", "--again"],
      ...["--adapter", fileURLToPath(new URL("adapter.mjs", import.meta.url))],
      ...["--pair", pair, "--out", file, "--keep-sql", `${file}.sql`, ...chosen],
    ],
    { env: { ...process.env, ...programs }, stdio: ["ignore", "ignore", "inherit"] },
  )
  return new Promise((done, fail) => {
    scorer.on("error", fail)
    scorer.on("exit", (code) => (code === 0 ? done() : fail(new Error(`the scorer ended with ${code}`))))
  })
}

function readRows(file: string): readonly Row[] {
  const [, ...lines] = readFileSync(file, "utf8").trimEnd().split("\n")
  return lines.map((line) => {
    const [source, name, direction = "", status = "", , , , rows = "", secondPlan = "", detail = ""] =
      line.split("\t")
    return { pair: `${source}/${name}`, direction, status, rows, secondPlan, detail }
  })
}

/** Equal but for names that the server chose for NOT NULL constraints counts, as the scorer's authors count it. */
function converged({ status, rows, secondPlan }: Row): boolean {
  const again = status === "converged" && secondPlan !== "empty"
  return (status === "converged" || status === "not-null-names") && !again && !rows.startsWith("lost")
}

function report(major: number, all: readonly Row[]): number {
  const rows = all.filter(({ status }) => status !== "scorer-error")
  const table: Record<string, Record<string, number | string>> = {}
  for (const direction of ["forward", "reverse"]) {
    for (const source of ["all", ...new Set(rows.map(({ pair }) => pair.split("/")[0] ?? ""))]) {
      const these = rows.filter(
        (row) => row.direction === direction && (source === "all" || row.pair.startsWith(`${source}/`)),
      )
      const good = these.filter(converged).length
      table[`${direction} ${source}`] = {
        pairs: these.length,
        converged: good,
        "%": these.length === 0 ? "" : ((100 * good) / these.length).toFixed(1),
      }
    }
  }
  console.log(`\nPostgreSQL ${major}: ${all.length - rows.length} pairs need a newer server and do not load`)
  console.table(table)

  let surprises = 0
  for (const row of rows) {
    const known = knownDifferences.find(
      ({ pair, direction, majors }) =>
        pair === row.pair && direction === row.direction && (majors?.includes(major) ?? true),
    )
    if (converged(row) === (known === undefined)) continue
    surprises += 1
    console.log(
      known === undefined
        ? `${row.pair} ${row.direction}: ${row.status}; rows ${row.rows}; second plan ${row.secondPlan}; ${row.detail}`
        : `${row.pair} ${row.direction}: converges, and is still in known.ts`,
    )
  }
  for (const { pair, direction, reason } of knownDifferences) {
    const row = rows.find((each) => each.pair === pair && each.direction === direction)
    if (row !== undefined && !converged(row)) console.log(`known: ${pair} ${direction}: ${reason}`)
  }
  return surprises
}
