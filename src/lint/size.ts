import type { KnownRelation, Work } from "../trace/observation.ts"

/** Sizes of tables, by name with or without schema: no data, only counts. */
export type Statistics = Readonly<Record<string, { readonly rows: number; readonly bytes: number }>>

/** How large the tables are that the work goes through. */
export interface Sizes {
  /** Whether the work on that relation is long enough to be noticed: unless statistics say otherwise, it is. */
  isLong(work: Work): boolean
  isLarge(relation: KnownRelation): boolean
  /** `about 40 s to 7 min`; undefined where nothing is known. */
  forecast(work: Work): string | undefined
  rowsOf(relation: string): number | undefined
}

/** Throughput of a modest server, cold and warm; the bands are wide because machines differ that much. */
const perSecond = {
  scan: { bytes: 200e6, rows: 2e6 },
  rewrite: { bytes: 40e6, rows: 300e3 },
  "index build": { bytes: 60e6, rows: 400e3 },
  modification: { bytes: 15e6, rows: 60e3 },
} as const satisfies Record<Work["kind"], { readonly bytes: number; readonly rows: number }>

/** Below this, requests that wait are not noticed. */
const noticedMs = 100

export function sizesFrom(statistics: Statistics): Sizes {
  const find = (name: string) =>
    formsOf(name)
      .map((form) => statistics[form])
      .find((size) => size !== undefined)
  const milliseconds = ({ kind, relation }: Work): number | undefined => {
    const size = find(relation.name)
    if (size === undefined) return undefined
    const { bytes, rows } = perSecond[kind]
    return 1000 * Math.max(size.bytes / bytes, size.rows / rows)
  }
  return {
    isLong: (work) => (milliseconds(work) ?? Number.POSITIVE_INFINITY) >= noticedMs,
    isLarge: (relation) =>
      (milliseconds({ kind: "scan", relation }) ?? Number.POSITIVE_INFINITY) >= noticedMs,
    forecast: (work) => {
      const expected = milliseconds(work)
      return expected === undefined
        ? undefined
        : `about ${duration(expected / 4)} to ${duration(expected * 3)}`
    },
    rowsOf: (name) => find(name)?.rows,
  }
}

/** How people write the name of a relation: with its schema or without, quoted or as it is. */
function formsOf(name: string): readonly string[] {
  const [schema = "", bare = name] = name.match(/"(?:[^"]|"")*"|[^."]+/g) ?? []
  const plain = (part: string) => part.replace(/^"(.*)"$/s, "$1").replaceAll('""', '"')
  return [name, `${plain(schema)}.${plain(bare)}`, bare, plain(bare)]
}

function duration(ms: number): string {
  if (ms < 1_000) return `${Math.max(1, Math.round(ms / 10) * 10)} ms`
  if (ms < 120_000) return `${Math.round(ms / 1_000)} s`
  if (ms < 7_200_000) return `${Math.round(ms / 60_000)} min`
  return `${Math.round(ms / 3_600_000)} h`
}
