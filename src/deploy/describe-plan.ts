import { spellLockMode } from "../db/lock-mode.ts"
import { type Band, sum } from "../lint/forecast.ts"
import { blocks, byStrength } from "../lint/locks.ts"
import type { Sizes } from "../lint/size.ts"
import type { Observation, Work } from "../trace/observation.ts"
import type { PlannedLock, PlannedStatement, PlannedWork, Waiting } from "./plan.ts"
import type { RowsAtRisk } from "./rows-at-risk.ts"

/** Says of a statement what was seen of it on scratch, and what that means at the size of the live database. */
export function describeStatement(
  observation: Observation,
  mode: "transaction" | "steps",
  sizes: Sizes,
  atRisk: readonly RowsAtRisk[],
): PlannedStatement {
  const { statement, alone, waited, error, skipped } = observation
  const work = plannedWork(observation.work, sizes)
  return {
    sql: statement.sql,
    file: statement.file,
    line: statement.line,
    transaction: alone ? "none" : mode === "steps" ? "own" : "revision",
    locks: plannedLocks(observation),
    work,
    waitsForOthers: waited,
    forecast: total(work.map(({ forecast }) => forecast)),
    atRisk,
    untraced: skipped ?? (error === undefined ? null : `it fails on scratch: ${error.message}`),
  }
}

/** The strongest new lock on each table or view. Indexes are locked with their tables. */
function plannedLocks({ locks, heldBefore }: Observation): readonly PlannedLock[] {
  const strongest = new Map<string, PlannedLock>()
  for (const lock of [...locks].sort(byStrength)) {
    const { relation, mode } = lock
    const isHeld = heldBefore.some(
      (held) => held.relation.oid === relation.oid && byStrength(held, lock) <= 0,
    )
    if (isHeld || !"rpvmf".includes(relation.kind) || strongest.has(relation.name)) continue
    strongest.set(relation.name, {
      relation: relation.name,
      mode: spellLockMode(mode),
      blocks: blocks(lock) ?? null,
    })
  }
  return [...strongest.values()]
}

/**
 * Leaves out what is part of other work: a table that is written anew is read for that, and its indexes with it; a change
 * finds its rows; a foreign key is checked by a query that is seen in two ways.
 */
function plannedWork(work: readonly Work[], sizes: Sizes): readonly PlannedWork[] {
  const rewritten = oidsOf(work.filter(({ kind }) => kind === "rewrite"))
  const worked = oidsOf(work.filter(({ kind }) => kind !== "scan"))
  return work
    .filter(({ kind, relation: { oid } }) => {
      if (kind === "scan") return !worked.has(oid)
      return kind !== "index build" || !rewritten.has(oid)
    })
    .filter((each, index, kept) => kept.findIndex((other) => isSame(each, other)) === index)
    .map((each) => {
      const size = sizes.sizeOf(each.relation.name)
      return {
        kind: each.kind,
        relation: each.relation.name,
        rows: size?.rows ?? null,
        bytes: size?.bytes ?? null,
        forecast: sizes.band(each) ?? null,
      }
    })
}

function isSame(one: Work, other: Work): boolean {
  return one.kind === other.kind && one.relation.oid === other.relation.oid
}

function oidsOf(work: readonly Work[]): ReadonlySet<number> {
  return new Set(work.map(({ relation }) => relation.oid))
}

/** Adds bands; null where one of them is not known. */
export function total(bands: readonly (Band | null)[]): Band | null {
  const known = bands.filter((band) => band !== null)
  return known.length === bands.length ? sum(known) : null
}

/**
 * Says who waits while the statements of a revision run. A lock is held to the end of its transaction, so what comes behind
 * the statement that takes it counts.
 */
export function waitingFor(statements: readonly PlannedStatement[], sizes: Sizes): readonly Waiting[] {
  const waiting = new Map<string, Waiting>()
  for (const [index, { locks, line, transaction, waitsForOthers }] of statements.entries()) {
    // What runs concurrently locks for a moment at most, and waits for others rather than they for it.
    if (transaction === "none" && waitsForOthers) continue
    const until = transaction === "revision" ? statements.length : index + 1
    const forecast = total(statements.slice(index, until).map((each) => each.forecast))
    for (const { relation, blocks: whom } of locks) {
      const known = waiting.get(relation)
      if (whom === null || (known !== undefined && known.whom === "reads and writes")) continue
      const fromLine = known?.fromLine ?? line
      const writesPerSecond = sizes.sizeOf(relation)?.writesPerSecond ?? null
      const longest = known === undefined || transaction !== "revision" ? forecast : known.forecast
      waiting.set(relation, { relation, whom, fromLine, forecast: longest, writesPerSecond })
    }
  }
  return [...waiting.values()]
}
