import type { Node } from "libpg-query"
import { spellLockMode } from "../db/lock-mode.ts"
import { quoteIdentifier } from "../sql/identifier.ts"
import { open } from "../sql/parser.ts"
import type { KnownRelation, Lock, Observation, Work } from "../trace/observation.ts"
import type { Verdict } from "./finding.ts"
import { blocks, byCost, byStrength } from "./locks.ts"
import type { Sizes } from "./size.ts"

/**
 * Judges a statement by what was seen of it. The verdict: a lock that keeps readers or writers waiting is held on a
 * relation that was there before, while work is done that grows with the size of one.
 */
export function judgeWork(observation: Observation, sizes: Sizes): readonly Verdict[] {
  const work = observation.work.filter(sizes.isLong)
  if (observation.node !== undefined && "TruncateStmt" in observation.node) return truncated(work)
  return [...blockingWork(observation, work, sizes), ...modifications(work, sizes)]
}

function truncated(work: readonly Work[]): readonly Verdict[] {
  const relations = [
    ...new Set(work.filter(({ kind }) => kind === "rewrite").map(({ relation }) => relation.name)),
  ]
  return relations.map((relation) => ({
    rule: "rows-removed",
    relation,
    message: `removes every row of ${relation}`,
  }))
}

function blockingWork(observation: Observation, work: readonly Work[], sizes: Sizes): readonly Verdict[] {
  const [hardest] = [...work].sort(byCost)
  if (hardest === undefined) return []
  // What runs concurrently locks indexes that nobody uses yet, or not any more.
  const locks = observation.alone
    ? observation.locks.filter(({ relation }) => relation.kind !== "i" && relation.kind !== "I")
    : observation.locks
  const lock = strongest(locks, hardest.relation)
  if (lock === undefined) return []
  const whom = blocks(lock)
  const earlier = observation.heldBefore.some(
    ({ relation, mode }) => relation.oid === lock.relation.oid && mode === lock.mode,
  )
  const forecast = sizes.forecast(hardest)
  const time = forecast === undefined ? "" : `, ${forecast}`
  const held = `${spellLockMode(lock.mode)} on ${lock.relation.name} keeps ${whom} waiting`
  return [
    {
      rule: earlier ? "work-under-lock" : ruleOf(hardest),
      relation: lock.relation.name,
      message: `${held}${earlier ? ", held since an earlier statement," : ""} while ${doing(hardest)}${time}`,
    },
  ]
}

/** The strongest lock that keeps somebody waiting; of equal ones that on the relation of the work. */
function strongest(locks: readonly Lock[], relation: KnownRelation): Lock | undefined {
  return locks
    .filter((lock) => blocks(lock) !== undefined)
    .sort(
      (a, b) =>
        byStrength(a, b) || Number(b.relation.oid === relation.oid) - Number(a.relation.oid === relation.oid),
    )[0]
}

function ruleOf({ kind }: Work): Verdict["rule"] {
  if (kind === "rewrite") return "blocking-rewrite"
  return kind === "index build" ? "blocking-index-build" : "blocking-scan"
}

function doing({ kind, relation }: Work): string {
  switch (kind) {
    case "rewrite":
      return `${relation.name} and its indexes are written anew`
    case "index build":
      return `an index of ${relation.name} is built`
    case "scan":
      return `all of ${relation.name} is read`
    case "modification":
      return `rows of ${relation.name} are changed`
  }
}

function modifications(work: readonly Work[], sizes: Sizes): readonly Verdict[] {
  return (
    work
      // Nobody but REFRESH changes the rows of a materialized view.
      .filter(({ kind, relation }) => kind === "modification" && relation.kind !== "m")
      .map((each) => {
        const forecast = sizes.forecast(each)
        return {
          rule: "unbounded-modification",
          relation: each.relation.name,
          message: `changes or locks rows of ${each.relation.name} without a bound, and keeps them locked to the end${forecast === undefined ? "" : `, ${forecast}`}`,
        }
      })
  )
}

/** Whom a statement makes wait that nobody waited for before it. */
function newlyBlocked({ heldBefore, locks }: Observation): readonly Lock[] {
  return locks.filter(
    (lock) =>
      blocks(lock) !== undefined &&
      (lock.relation.kind === "r" || lock.relation.kind === "p") &&
      !heldBefore.some((held) => held.relation.oid === lock.relation.oid && blocks(held) !== undefined),
  )
}

/** Judges the locks that a script collects, from all that was seen of it. */
export function judgeGathering(
  observations: readonly Observation[],
  sizes: Sizes,
): ReadonlyMap<Observation, readonly Verdict[]> {
  const verdicts = new Map<Observation, readonly Verdict[]>()
  let transaction = 0
  let gathered = new Map<number, KnownRelation>()
  let told = false
  for (const observation of observations) {
    if (observation.transaction !== transaction) {
      transaction = observation.transaction
      gathered = new Map()
      told = false
    }
    const blocked = newlyBlocked(observation).filter(({ relation }) => sizes.isLarge(relation))
    const roots = new Map(blocked.map(({ relation }) => [relation.root, relation]))
    const others = [...roots].filter(([root]) => !gathered.has(root))
    const [second] = others
    const [first] = gathered.values()
    if (
      !told &&
      first !== undefined &&
      second !== undefined &&
      !staysWith(observation, gathered) &&
      !isSwap(observation.node)
    ) {
      told = true
      const [, relation] = second
      verdicts.set(observation, [
        {
          rule: "locks-gathered",
          relation: relation.name,
          message: `waits for ${relation.name} while its transaction keeps ${first.name} locked`,
        },
      ])
    }
    for (const [root, relation] of roots) gathered.set(root, relation)
  }
  return verdicts
}

/** A foreign key on a table that is locked already needs the other table too: no two transactions can avoid that. */
function staysWith(
  { node, heldBefore, locks }: Observation,
  gathered: ReadonlyMap<number, KnownRelation>,
): boolean {
  if (node === undefined || !("AlterTableStmt" in node)) return false
  const name = node.AlterTableStmt.relation?.relname
  if (!locks.some(({ relation }) => relation.name.endsWith(`.${quoteIdentifier(name ?? "")}`))) return true
  return heldBefore.some(
    ({ relation }) =>
      gathered.has(relation.root) && relation.name.endsWith(`.${quoteIdentifier(name ?? "")}`),
  )
}

/** Two tables that change their names must do so in one transaction. */
function isSwap(node: Node | undefined): boolean {
  // A new table's foreign keys, whether written with the table or behind it.
  if (node !== undefined && "CreateStmt" in node) return true
  return (
    node !== undefined && (open(node).kind === "RenameStmt" || open(node).kind === "AlterObjectSchemaStmt")
  )
}

const longestLockTimeoutMs = 60_000
const shortestStatementTimeoutMs = 3_600_000

/** Judges the time limits under which a statement ran. */
export function judgeLimits(observation: Observation, sizes: Sizes): readonly Verdict[] {
  const { settings, node, alone } = observation
  const { lockTimeoutMs, statementTimeoutMs, lockTimeoutSet } = settings
  const [blocked] = newlyBlocked(observation).filter(({ relation }) => sizes.isLarge(relation))
  const unlimited = lockTimeoutMs === 0 || lockTimeoutMs > longestLockTimeoutMs
  const verdicts: Verdict[] = []
  if (node !== undefined && "LockStmt" in node && blocked !== undefined) {
    verdicts.push({
      rule: "explicit-lock",
      relation: blocked.relation.name,
      severity: unlimited ? "error" : "warning",
      message: `${spellLockMode(blocked.mode)} on ${blocked.relation.name} keeps ${blocks(blocked)} waiting until the transaction ends`,
    })
  } else if (lockTimeoutSet && unlimited && blocked !== undefined) {
    verdicts.push({
      rule: "lock-timeout-without-effect",
      relation: blocked.relation.name,
      message: `waits ${lockTimeoutMs === 0 ? "without end" : `${lockTimeoutMs / 1000} s`} for ${blocked.relation.name}, and everybody behind it as well`,
    })
  }
  if (alone && isConcurrent(node)) {
    const large = observation.locks.find(({ relation }) => sizes.isLarge(relation))
    const limit =
      lockTimeoutMs > 0
        ? `lock_timeout = ${lockTimeoutMs} ms`
        : statementTimeoutMs > 0 && statementTimeoutMs < shortestStatementTimeoutMs
          ? `statement_timeout = ${statementTimeoutMs} ms`
          : undefined
    if (limit !== undefined && large !== undefined) {
      verdicts.push({
        rule: "time-limit-on-concurrent-work",
        relation: large.relation.name,
        message: `runs under ${limit}, which cancels it while it waits for older transactions and leaves it half done`,
      })
    }
  }
  return verdicts
}

function isConcurrent(node: Node | undefined): boolean {
  if (node === undefined) return false
  const { kind } = open(node)
  return kind === "IndexStmt" || kind === "ReindexStmt" || kind === "AlterTableStmt"
}
