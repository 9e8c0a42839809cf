import { readFileSync } from "node:fs"
import { type LockCase, lockCases } from "../../tests/safety/lock-facts.ts"
import { type LockFacts, type RecordedLocks, recordedOn } from "../../tests/safety/observe-locks.ts"
import { table } from "./markdown.ts"

/** The page about locks, from what `npm run lock-facts` has traced. */
export function lockDocs(): ReadonlyMap<string, string> {
  const recorded = JSON.parse(
    readFileSync(new URL("lock-facts.json", import.meta.url), "utf8"),
  ) as RecordedLocks
  const rows = lockCases.map((each) => rowOf(each, recorded))
  return new Map([["docs/locks.md", page(rows, recorded.majors.map(String))]])
}

function rowOf({ name, sql }: LockCase, recorded: RecordedLocks): readonly string[] {
  const [newest = 0, ...older] = [...recorded.majors].reverse()
  const shown = cells(recordedOn(recorded, name, newest))
  const differing = new Map<string, number[]>()
  for (const major of older) {
    const other = cells(recordedOn(recorded, name, major))
    if (other.join() === shown.join()) continue
    const text = other.filter((cell) => cell !== "").join("; ")
    differing.set(text, [major, ...(differing.get(text) ?? [])])
  }
  const others = [...differing].map(([text, which]) => `${which.join(", ")}: ${text}`)
  return [`${name}<br>\`${sql.replaceAll("|", "\\|")}\``, ...shown, others.join("<br>")]
}

/** What it locks, whom that keeps waiting, and the work that grows with the table. */
function cells(facts: LockFacts | undefined): readonly string[] {
  if (facts === undefined) return ["not traced", "", ""]
  const { locks, keepsWaiting, rewrites, builds, scans, waits, error } = facts
  if (error !== undefined) return [`refused: ${error}`, "", ""]
  const built = builds.filter((name) => !rewrites.includes(name))
  const read = scans.filter((name) => !rewrites.includes(name) && !built.includes(name))
  const work = [
    ...rewrites.map((name) => `rewrites ${name}`),
    ...built.map((name) => `builds an index of ${name}`),
    ...read.map((name) => `reads all of ${name}`),
  ]
  const others = waits ? " (and waits itself for running transactions)" : ""
  return [locks.join("<br>") || "no table", `${keepsWaiting}${others}`, work.join("<br>")]
}

function page(rows: readonly (readonly string[])[], majors: readonly string[]): string {
  return `# What statements lock

No line of this page was written by hand: each statement ran on PostgreSQL ${majors.join(", ")}, on small tables with
a few rows, and was watched as \`lockstep lint\` watches a revision: locks from a second connection, files and counters of
scans from inside. \`npm run lock-facts\` in Lockstep's own repository does it again. A lock is held to the end of the transaction. It is the work beside it that makes
it last: a lock without work is over in a moment, unless it has to wait for a long transaction, and then everybody waits
behind it. What differs before PostgreSQL ${majors.at(-1)} stands in the last column.

${table(["statement", "locks", "keeps waiting", "work that grows with the table", "other versions"], rows)}
`
}
