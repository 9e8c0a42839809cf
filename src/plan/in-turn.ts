import { reachable } from "../graph.ts"
import { kindOf } from "../kinds/all.ts"
import type { Work } from "./work.ts"

/** That one object changes before another one, because of a part of either that ties them together. */
export interface Turn {
  /** Ids. */
  readonly first: string
  readonly second: string
  /** The part: a foreign key. */
  readonly tie: string
}

/** Returns in what turn objects change of which the server allows only some to be changed while others are not. */
export function turnsOf({ target, alters, creates }: Work): readonly Turn[] {
  const turns: Turn[] = []
  for (const [id, { before, after }] of alters) {
    const turn = kindOf(after).inTurn?.(before, after)
    if (turn === undefined) continue
    for (const { from: tie } of target.dependents(id)) {
      if (target.get(tie)?.parent?.id !== id || creates.has(tie)) continue
      const others = new Set(target.needs(tie).flatMap(({ to }) => target.get(to)?.parent?.id ?? []))
      for (const other of others) {
        const change = alters.get(other)
        if (other === id || change === undefined) continue
        if (kindOf(change.after).inTurn?.(change.before, change.after) !== turn) continue
        turns.push(
          turn === "after what its parts refer to"
            ? { first: other, second: id, tie }
            : { first: id, second: other, tie },
        )
      }
    }
  }
  return turns
}

/** Returns a part that closes a circle of turns, if there is one: it has to go in between. */
export function tieOfCircle(turns: readonly Turn[]): string | undefined {
  const behind = (id: string) => turns.filter(({ first }) => first === id).map(({ second }) => second)
  return turns.find(({ first, second }) => reachable([second], behind).has(first))?.tie
}
