import type { Notice } from "../db/connection.ts"
import { notePrefix } from "./install.ts"
import type { KnownRelation, Lock } from "./observation.ts"
import { type PlanNode, readPlanMessage } from "./plans.ts"
import { locksOn } from "./state.ts"

/** One DDL command inside a statement, from its start to its end. */
export interface CommandEvent {
  /** Relations whose counters of scans moved meanwhile. */
  readonly scanned: readonly KnownRelation[]
}

/** What the observing parts said while a statement ran. */
export interface Notes {
  readonly plans: readonly PlanNode[]
  readonly events: readonly CommandEvent[]
  readonly locks: readonly Lock[]
}

interface Note {
  readonly event: "ddl_command_start" | "ddl_command_end"
  readonly locks: readonly (readonly [number, string])[]
  readonly scans: readonly (readonly [number, number])[]
}

/** Reads the INFO messages of auto_explain and of the event triggers. */
export function readNotes(notices: readonly Notice[], known: ReadonlyMap<number, KnownRelation>): Notes {
  const plans: PlanNode[] = []
  const events: CommandEvent[] = []
  const locks: Lock[] = []
  const started: Note[] = []
  for (const { severity, message } of notices) {
    if (severity !== "INFO") continue
    if (message.startsWith(notePrefix)) {
      const note = JSON.parse(message.slice(notePrefix.length)) as Note
      locks.push(...locksOn(note.locks, known))
      if (note.event === "ddl_command_start") started.push(note)
      else events.push({ scanned: scannedBetween(started.pop(), note, known) })
      continue
    }
    const plan = readPlanMessage(message)
    if (plan !== undefined) plans.push(plan)
  }
  return { plans, events, locks }
}

function scannedBetween(
  start: Note | undefined,
  end: Note,
  known: ReadonlyMap<number, KnownRelation>,
): readonly KnownRelation[] {
  const before = new Map(start?.scans)
  return end.scans.flatMap(([oid, scans]) => {
    const relation = known.get(oid)
    return relation !== undefined && scans > (before.get(oid) ?? 0) ? [relation] : []
  })
}
