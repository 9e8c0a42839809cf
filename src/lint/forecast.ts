import type { Measurement as RecordedWork } from "../history/measurements.ts"
import type { Work } from "../trace/observation.ts"

/** How large a relation is: the planner's estimate of its rows, and its bytes with all indexes. */
export interface RelationSize {
  readonly rows: number
  readonly bytes: number
}

/** Work that was done on that database before, and how long it took. */
export type Measurement = Omit<RecordedWork, "relation">

/** How long work will take. Never a point: machines, and the same machine at two times, differ too much. */
export interface Band {
  readonly fromMs: number
  readonly toMs: number
}

/** Says how long work takes, by what was measured on that database where anything was. */
export interface Forecast {
  /** How many recorded statements it goes by; 0: it is a guess. */
  readonly measured: number
  band(kind: Work["kind"], size: RelationSize): Band
  /** Between the ends of the band. */
  expectedMs(kind: Work["kind"], size: RelationSize): number
}

/** Throughput of a modest server, of bytes and of rows: where nothing was measured, and to compare what was. */
const perSecond = {
  scan: { bytes: 200e6, rows: 2e6 },
  rewrite: { bytes: 40e6, rows: 300e3 },
  "index build": { bytes: 60e6, rows: 400e3 },
  modification: { bytes: 15e6, rows: 60e3 },
} as const satisfies Record<Work["kind"], RelationSize>

/** How many times the modest server's duration the ends of the band are. */
interface Factors {
  readonly from: number
  readonly expected: number
  readonly to: number
}

/** One server was found up to twice as fast as itself an hour earlier, and servers differ by more. */
const guess: Factors = { from: 1 / 4, expected: 1, to: 4 }

export function forecastBy(measurements: readonly Measurement[]): Forecast {
  const ratiosOf = (some: readonly Measurement[]) =>
    some.map(({ kind, ms, ...size }) => ms / modest(kind, size)).sort((a, b) => a - b)
  const all = ratiosOf(measurements)
  const factors = (kind: Work["kind"]): Factors => {
    const own = ratiosOf(measurements.filter((each) => each.kind === kind))
    if (own.length > 0) {
      return { from: (own[0] ?? 1) / 1.5, expected: median(own), to: (own.at(-1) ?? 1) * 1.5 }
    }
    // Another kind of work tells how fast the machine is, and nothing of how this kind compares with it.
    const center = median(all)
    return all.length > 0 ? { from: center / 3, expected: center, to: center * 3 } : guess
  }
  return {
    measured: measurements.length,
    band: (kind, size) => {
      const { from, to } = factors(kind)
      return { fromMs: modest(kind, size) * from, toMs: modest(kind, size) * to }
    },
    expectedMs: (kind, size) => modest(kind, size) * factors(kind).expected,
  }
}

function modest(kind: Work["kind"], { bytes, rows }: RelationSize): number {
  const speed = perSecond[kind]
  return Math.max(0.01, 1000 * Math.max(bytes / speed.bytes, rows / speed.rows))
}

function median(sorted: readonly number[]): number {
  return sorted[Math.floor((sorted.length - 1) / 2)] ?? 1
}

/** Adds bands one after the other. */
export function sum(bands: readonly Band[]): Band {
  return bands.reduce(
    (total, { fromMs, toMs }) => ({ fromMs: total.fromMs + fromMs, toMs: total.toMs + toMs }),
    { fromMs: 0, toMs: 0 },
  )
}

/** `40 s to 7 min`, `a moment`. */
export function bandText({ fromMs, toMs }: Band): string {
  if (toMs < 50) return "a moment"
  const from = duration(fromMs)
  const to = duration(toMs)
  return from === to ? `about ${to}` : `${from} to ${to}`
}

function duration(ms: number): string {
  if (ms < 995) return `${Math.max(1, Math.round(ms / 10) * 10)} ms`
  if (ms < 10_000) return `${Math.round(ms / 100) / 10} s`
  if (ms < 120_000) return `${Math.round(ms / 1_000)} s`
  if (ms < 7_200_000) return `${Math.round(ms / 60_000)} min`
  return `${Math.round(ms / 3_600_000)} h`
}
