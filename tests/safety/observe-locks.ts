import { readFileSync } from "node:fs"
import { spellLockMode } from "../../src/db/lock-mode.ts"
import { blocks, byStrength } from "../../src/lint/locks.ts"
import { loadInOrder } from "../../src/scratch/load-in-order.ts"
import type { Scratch, ScratchDatabase } from "../../src/scratch/scratch.ts"
import type { Statement } from "../../src/sql/statements.ts"
import type { Lock, Observation, Work } from "../../src/trace/observation.ts"
import { trace } from "../../src/trace/trace.ts"
import { openWatch } from "../../src/trace/watch.ts"
import type { LockCase } from "./lock-facts.ts"

/** What a statement was seen to do. */
export interface LockFacts {
  /** `users ACCESS EXCLUSIVE`, the strongest of each table and view, without indexes and sequences. */
  readonly locks: readonly string[]
  readonly keepsWaiting: "reads and writes" | "writes" | "nobody"
  readonly rewrites: readonly string[]
  readonly builds: readonly string[]
  readonly scans: readonly string[]
  /** It runs concurrently, and waits until the transactions of others have ended. */
  readonly waits: boolean
  /** SQLSTATE and message, where the server refuses it. */
  readonly error?: string
}

const schema = readFileSync(new URL("lock-facts.sql", import.meta.url), "utf8")

/** Runs each case on a scratch server and says what it did, by its name. */
export async function observeLocks(
  scratch: Scratch,
  cases: readonly LockCase[],
): Promise<ReadonlyMap<string, LockFacts>> {
  await scratch.makeRole("app")
  await using template = await scratch.database()
  const makeRole = (name: string) => scratch.makeRole(name)
  const problems = await loadInOrder(template, { text: schema, file: "lock-facts.sql", line: 1 }, makeRole)
  if (problems.length > 0) throw new Error(problems.map(({ message }) => message).join("\n"))
  const facts = new Map<string, LockFacts>()
  const together = cases.filter(({ alone }) => alone === undefined)
  await using database = await scratch.database(template)
  const script = together.flatMap(({ sql, settings }, index) =>
    ["begin", ...(settings === undefined ? [] : [settings]), sql, "rollback"].map((each) =>
      statementOf(each, index),
    ),
  )
  await using watch = await openWatch(database)
  const { observations } = await trace(watch, script, { makeRole })
  for (const [index, { name, sql }] of together.entries()) {
    const seen = observations.find((each) => each.statement.line === index + 1 && each.statement.sql === sql)
    if (seen !== undefined) facts.set(name, factsOf(seen))
  }
  for (const each of cases) if (each.alone) facts.set(each.name, await observeAlone(scratch, template, each))
  return facts
}

async function observeAlone(
  scratch: Scratch,
  template: ScratchDatabase,
  { sql, before }: LockCase,
): Promise<LockFacts> {
  await using database = await scratch.database(template)
  const script = [...(before === undefined ? [] : [before]), sql].map((each) => statementOf(each, 0))
  await using watch = await openWatch(database)
  const { observations } = await trace(watch, script, { makeRole: (name) => scratch.makeRole(name) })
  const [first, second] = observations
  const failed = second !== undefined && first?.error !== undefined
  return factsOf((failed ? first : (second ?? first)) as Observation)
}

function statementOf(sql: string, index: number): Statement {
  return { sql, file: "lock-facts.ts", line: index + 1, column: 1 }
}

function factsOf({ statement, locks, heldBefore, work, waited, error }: Observation): LockFacts {
  if (error !== undefined) {
    return {
      locks: [],
      keepsWaiting: "nobody",
      rewrites: [],
      builds: [],
      scans: [],
      waits: false,
      error: `${error.sqlState} ${error.message}`,
    }
  }
  const strongest = new Map<string, Lock>()
  for (const lock of [...locks].sort(byStrength)) {
    const { relation, mode } = lock
    const isHeld = heldBefore.some((held) => held.relation.oid === relation.oid && held.mode === mode)
    if ("rpvm".includes(relation.kind) && !isHeld && !strongest.has(relation.name))
      strongest.set(relation.name, lock)
  }
  const blocked = new Set([...strongest.values()].map(blocks))
  return {
    locks: [...strongest].map(([name, { mode }]) => `${bare(name)} ${spellLockMode(mode)}`).sort(),
    keepsWaiting: blocked.has("reads and writes")
      ? "reads and writes"
      : blocked.has("writes")
        ? "writes"
        : "nobody",
    rewrites: relationsOf(work, "rewrite"),
    builds: relationsOf(work, "index build"),
    scans: relationsOf(work, "scan"),
    // What wants to lock everybody out waits for everybody, here as in a transaction.
    waits: waited && /concurrently/i.test(statement.sql),
  }
}

function relationsOf(work: readonly Work[], kind: Work["kind"]): readonly string[] {
  return [
    ...new Set(work.filter((each) => each.kind === kind).map(({ relation }) => bare(relation.name))),
  ].sort()
}

function bare(name: string): string {
  return name.replace(/^public\./, "")
}

/** What the page about locks is written from. */
export interface RecordedLocks {
  /** Oldest first. */
  readonly majors: readonly number[]
  /** By the name of the statement, then by the major version; one that is like the newest is left out. */
  readonly facts: Readonly<Record<string, Readonly<Record<string, LockFacts>>>>
}

/** What was recorded of a statement on a major version. */
export function recordedOn(
  { majors, facts }: RecordedLocks,
  name: string,
  major: number,
): LockFacts | undefined {
  return facts[name]?.[major] ?? facts[name]?.[majors.at(-1) ?? 0]
}
