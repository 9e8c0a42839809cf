import { execFileSync } from "node:child_process"
import { existsSync, mkdirSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { fileURLToPath } from "node:url"
import { seconds } from "./cold-start.ts"
import type { Databases } from "./databases.ts"
import { type Invocation, measurePeak, median } from "./measure.ts"
import type { Plan } from "./plan.ts"
import type { Bar, Section } from "./report.ts"

/** A program that reads two databases and compares them, or one that reads one. */
interface Reader {
  readonly name: string
  /** How many databases one run reads; its time is divided by that. */
  readonly sides: 1 | 2
  /** Above this many tables it is not asked: it would take minutes. */
  readonly most: number
  readonly invoke: (from: string, to: string) => Invocation
}

const root = fileURLToPath(new URL("../../", import.meta.url))
const mostMemoryMb = 600

/**
 * Measures how long it takes to read two databases of so many tables and to find that they are equal, in each round
 * beside pg_dump, which reads one and compares nothing.
 *
 * @param databases of a server that the pg_dump of this machine can read
 */
export async function measureCatalogs(
  databases: Databases,
  folder: string,
  plan: Plan,
): Promise<{ readonly sections: readonly Section[]; readonly bars: readonly Bar[] }> {
  const readers = findReaders(folder)
  const rows: string[][] = []
  const bars: Bar[] = []
  for (const count of plan.tables) {
    const [from, to] = [`tables_${count}`, `tables_${count}_again`]
    await databases.fresh(from)
    makeTables(join(folder, "tables"), databases.server.url(from), count)
    await databases.run(from, "analyze")
    await databases.copy(from, to)
    const rounds = new Map(
      readers.filter(({ most }) => count <= most).map((reader) => [reader, [] as Round[]]),
    )
    for (let round = 0; round < (count > 1_000 ? 3 : plan.readRounds); round += 1) {
      for (const [reader, done] of rounds) {
        const url = (name: string) => databases.server.url(name)
        const { wallMs, peakMb } = await measurePeak(reader.invoke(url(from), url(to)))
        done.push({ sideMs: wallMs / reader.sides, peakMb: peakMb ?? 0 })
      }
    }
    const base = [...rounds].find(([{ name }]) => name === "pg_dump")?.[1]
    for (const [{ name }, done] of rounds) {
      const ratio = base && median(done.map(({ sideMs }, round) => sideMs / (base[round]?.sideMs ?? 1)))
      const side = median(done.map(({ sideMs }) => sideMs))
      const peak = Math.max(...done.map(({ peakMb }) => peakMb))
      rows.push([
        name,
        String(count),
        seconds(side),
        name === "pg_dump" ? "" : (ratio?.toFixed(2) ?? ""),
        peak.toFixed(0),
      ])
      if (name === "lockstep drift" && ratio !== undefined && count >= 1_000) {
        bars.push({
          says: `drift by fingerprint, ${count} tables: under a quarter of pg_dump's time`,
          figure: ratio.toFixed(2),
          met: ratio < 0.25,
        })
      }
      if (name === "lockstep diff" && ratio !== undefined) bars.push(...barsOf(count, ratio, peak))
    }
    await databases.drop(from)
    await databases.drop(to)
  }
  return {
    sections: [
      {
        title: "Two equal databases compared",
        says: "Five columns, an index, a foreign key, a check and a comment for each table. The time for one of the two sides, the start of the program included; `lockstep drift` finds that nothing has changed, by the fingerprint that the run has kept. The median of the rounds, and of the ratios to `pg_dump --schema-only` in the same round.",
        columns: ["tool", "tables", "wall a side, s", "times pg_dump", "memory, MB"],
        rows,
      },
    ],
    bars,
  }
}

interface Round {
  readonly sideMs: number
  readonly peakMb: number
}

function barsOf(count: number, ratio: number, peakMb: number): readonly Bar[] {
  const bar = count >= 10_000 ? 0.5 : count >= 1_000 ? 1 : undefined
  if (bar === undefined) return []
  return [
    {
      says: `reading and comparing ${count} tables: at most ${bar} times pg_dump a side`,
      figure: ratio.toFixed(2),
      met: ratio <= bar,
    },
    ...(count < 10_000
      ? []
      : [
          {
            says: `reading and comparing ${count} tables: less than ${mostMemoryMb} MB of memory`,
            figure: `${peakMb.toFixed(0)} MB`,
            met: peakMb < mostMemoryMb,
          },
        ]),
  ]
}

/** Makes the tables as a revision, so that the database has a history and the fingerprint of what that led to. */
function makeTables(project: string, url: string, count: number): void {
  mkdirSync(join(project, "migrations"), { recursive: true })
  writeFileSync(
    join(project, "migrations/tables.sql"),
    `-- revision: tables\n-- statement-timeout: 0\n\n${tablesText(count)}\n`,
  )
  execFileSync(process.execPath, [join(root, "dist/cli.js"), "upgrade", "--url", url, "--cwd", project], {
    stdio: "ignore",
  })
}

/** Tables whose keys refer to the one before. */
function tablesText(count: number): string {
  const one = (index: number) => `create table t_${index} (
  id bigint primary key generated always as identity,
  parent bigint${index === 0 ? "" : ` references t_${index - 1}`},
  name text not null default 'x',
  amount numeric(12,2) check (amount >= 0),
  created_at timestamptz not null default now());
create index on t_${index} (parent);
comment on table t_${index} is 'table ${index}';`
  return Array.from({ length: count }, (_, index) => one(index)).join("\n")
}

function findReaders(folder: string): readonly Reader[] {
  const bin = installReaders(folder)
  const pgDump = [18, 17, 16, 15]
    .map((major) => `/usr/lib/postgresql/${major}/bin/pg_dump`)
    .find((path) => existsSync(path))
  return [
    ...(pgDump === undefined
      ? []
      : [
          {
            name: "pg_dump",
            sides: 1,
            most: Number.POSITIVE_INFINITY,
            invoke: (from: string) => ({
              program: pgDump,
              args: ["--schema-only", "--file", "/dev/null", "--dbname", from],
            }),
          } as const,
        ]),
    {
      name: "lockstep diff",
      sides: 2,
      most: Number.POSITIVE_INFINITY,
      invoke: (from, to) => ({
        program: process.execPath,
        args: [join(root, "dist/cli.js"), "diff", from, to],
      }),
    },
    {
      name: "lockstep drift",
      sides: 1,
      most: Number.POSITIVE_INFINITY,
      invoke: (from) => ({
        program: process.execPath,
        args: [join(root, "dist/cli.js"), "drift", "--url", from, "--cwd", join(folder, "tables")],
      }),
    },
    ...(bin === undefined
      ? []
      : ([
          {
            name: "@supabase/pg-delta",
            sides: 2,
            most: 1_000,
            invoke: (from, to) => ({
              program: process.execPath,
              args: [join(bin, "pg-delta.mjs"), from, to],
            }),
          },
          {
            name: "@pgkit/migra",
            sides: 2,
            most: 100,
            invoke: (from, to) => ({
              program: process.execPath,
              args: [join(bin, "node_modules/@pgkit/migra/dist/command.js"), "run", from, to],
            }),
          },
        ] satisfies Reader[])),
  ]
}

/** Reads both sides at once and plans, as its own command line does. */
const pgDelta = `import pg from "pg"
import { extract } from "@supabase/pg-delta/extract"
import { plan } from "@supabase/pg-delta/plan"
const pools = process.argv.slice(2).map((connectionString) => new pg.Pool({ connectionString, max: 5 }))
const [from, to] = await Promise.all(pools.map((pool) => extract(pool)))
plan(from.factBase, to.factBase, { renames: "off" })
await Promise.all(pools.map((pool) => pool.end()))
`

/** Returns the folder; undefined where the registry cannot be reached. Installed once. */
function installReaders(folder: string): string | undefined {
  const home = join(folder, "readers")
  const isThere = () => existsSync(join(home, "node_modules/@supabase/pg-delta/package.json"))
  if (!isThere()) {
    mkdirSync(home, { recursive: true })
    writeFileSync(join(home, "package.json"), JSON.stringify({ private: true }))
    const packages = ["@supabase/pg-delta@1.0.0-alpha.34", "@pgkit/migra@0.6.1", "pg@8"]
    try {
      execFileSync("npm", ["install", "--no-audit", "--no-fund", "--loglevel", "error", ...packages], {
        cwd: home,
        stdio: "ignore",
        timeout: 120_000,
      })
    } catch {}
  }
  if (!isThere()) return undefined
  writeFileSync(join(home, "pg-delta.mjs"), pgDelta)
  return home
}
