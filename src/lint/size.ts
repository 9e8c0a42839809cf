import type { KnownRelation, Work } from "../trace/observation.ts"
import { type Band, bandText, forecastBy, type Measurement, type RelationSize } from "./forecast.ts"

/** Sizes of tables, by name with or without schema: no data, only counts. */
export type Statistics = Readonly<Record<string, TableStatistics>>

export interface TableStatistics extends RelationSize {
  /** Rows written a second, since the server began to count. */
  readonly writesPerSecond?: number
}

/** How large the tables are that the work goes through. */
export interface Sizes {
  /** Whether the work on that relation is long enough to be noticed: unless statistics say otherwise, it is. */
  isLong(work: Work): boolean
  isLarge(relation: KnownRelation): boolean
  /** How long the work takes; undefined where nothing is known of the relation. */
  band(work: Work): Band | undefined
  /** The same in words, and what it goes by. */
  forecast(work: Work): string | undefined
  rowsOf(relation: string): number | undefined
  sizeOf(relation: string): TableStatistics | undefined
}

/** Below this, requests that wait are not noticed. */
const noticedMs = 100

/** @param measurements of work that was done on the database that the statistics are of */
export function sizesFrom(statistics: Statistics, measurements: readonly Measurement[] = []): Sizes {
  const forecast = forecastBy(measurements)
  const find = (name: string) =>
    formsOf(name)
      .map((form) => statistics[form])
      .find((size) => size !== undefined)
  const isLong = ({ kind, relation }: Work) => {
    const size = find(relation.name)
    return size === undefined || forecast.expectedMs(kind, size) >= noticedMs
  }
  const band = ({ kind, relation }: Work) => {
    const size = find(relation.name)
    return size === undefined ? undefined : forecast.band(kind, size)
  }
  return {
    isLong,
    isLarge: (relation) => isLong({ kind: "scan", relation }),
    band,
    forecast: (work) => {
      const expected = band(work)
      return expected === undefined ? undefined : `${bandText(expected)} (${basis(forecast.measured)})`
    },
    rowsOf: (name) => find(name)?.rows,
    sizeOf: find,
  }
}

/** What a forecast goes by, in words. */
export function basis(measured: number): string {
  if (measured === 0) return "a wide guess, nothing was recorded there"
  return `by ${measured === 1 ? "a statement" : `${measured} statements`} recorded there`
}

/** How people write the name of a relation: with its schema or without, quoted or as it is. */
function formsOf(name: string): readonly string[] {
  const [schema = "", bare = name] = name.match(/"(?:[^"]|"")*"|[^."]+/g) ?? []
  const plain = (part: string) => part.replace(/^"(.*)"$/s, "$1").replaceAll('""', '"')
  return [name, `${plain(schema)}.${plain(bare)}`, bare, plain(bare)]
}
