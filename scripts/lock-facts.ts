import { writeFileSync } from "node:fs"
import { fileURLToPath } from "node:url"
import { openScratch } from "../src/scratch/scratch.ts"
import { lockCases } from "../tests/safety/lock-facts.ts"
import { type LockFacts, observeLocks, type RecordedLocks } from "../tests/safety/observe-locks.ts"

const root = fileURLToPath(new URL("../", import.meta.url))

/**
 * Traces every statement on each major version, and writes what `npm run docs` makes the page about locks of. Servers other
 * than the installed ones come with `node scripts/install-majors.mjs`.
 */
async function main(majors: readonly number[]): Promise<void> {
  const seen = new Map<number, ReadonlyMap<string, LockFacts>>()
  for (const major of majors) {
    await using scratch = await openScratch({ major, root })
    seen.set(major, await observeLocks(scratch, lockCases))
    console.log(`PostgreSQL ${major}: ${lockCases.length} statements`)
  }
  const newest = Math.max(...majors)
  const facts = lockCases.map(({ name }): [string, Record<string, LockFacts>] => {
    const like = JSON.stringify(seen.get(newest)?.get(name))
    const own = [...seen].flatMap(([major, each]): [string, LockFacts][] => {
      const found = each.get(name)
      return found === undefined || (major !== newest && JSON.stringify(found) === like)
        ? []
        : [[String(major), found]]
    })
    return [name, Object.fromEntries(own)]
  })
  const recorded: RecordedLocks = { majors, facts: Object.fromEntries(facts) }
  writeFileSync(`${root}scripts/docs/lock-facts.json`, `${JSON.stringify(recorded, undefined, 2)}\n`)
}

const named = process.argv.slice(2).map(Number)
await main(named.length === 0 ? [14, 15, 16, 17, 18] : named)
