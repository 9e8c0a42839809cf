import type { PlannedStep } from "../plan/plan.ts"
import type { Tie } from "./succession-ties.ts"
import type { Succession } from "./successions.ts"

/** One transaction in which columns give their names to their successors. */
export interface Switch {
  readonly steps: readonly PlannedStep[]
  readonly back: readonly PlannedStep[]
}

/** One switch for each table; tables that constraints tie to each other switch together. */
export function switchesOf(successions: readonly Succession[], ties: readonly Tie[]): readonly Switch[] {
  const tables = new Set(successions.map(({ successor }) => successor.table))
  return groupsOf(tables, ties).map((group) => {
    const these = successions.filter(({ successor }) => group.has(successor.table))
    const tied = ties.filter((tie) => tie.tables.some((table) => group.has(table)))
    const [behind, untied] = [[...these].reverse(), [...tied].reverse()]
    return {
      steps: [
        ...these.flatMap(({ end }) => end),
        ...untied.flatMap(({ release }) => release),
        ...these.flatMap(({ swap }) => swap),
        ...tied.flatMap(({ take }) => take),
        ...these.flatMap(({ settle }) => settle),
      ],
      back: [
        ...behind.flatMap(({ unsettle }) => unsettle),
        ...untied.flatMap(({ releaseBack }) => releaseBack),
        ...behind.flatMap(({ swapBack }) => swapBack),
        ...tied.flatMap(({ takeBack }) => takeBack),
      ],
    }
  })
}

/** A transaction that locks one table does not wait for another meanwhile, unless both belong together. */
function groupsOf(tables: Iterable<string>, ties: readonly Tie[]): readonly ReadonlySet<string>[] {
  let groups: ReadonlySet<string>[] = [...tables].map((table) => new Set([table]))
  for (const tie of ties) {
    const joined = groups.filter((group) => tie.tables.some((table) => group.has(table)))
    if (joined.length < 2) continue
    const one = new Set(joined.flatMap((group) => [...group]))
    groups = [...groups.filter((group) => !joined.includes(group)), one]
  }
  return groups
}
