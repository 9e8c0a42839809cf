import { type HeldRevision, type HoldDecision, holdContracts } from "../deploy/hold.ts"
import { areIndependent } from "../deploy/independent.ts"
import { ToolError } from "../diagnostic.ts"
import { readClock } from "../history/clock.ts"
import { type ReleaseFacts, readReleaseFacts, releasesFormat } from "../history/releases.ts"
import { resolveOne } from "../revisions/resolve.ts"
import type { Revision } from "../revisions/revision.ts"
import type { Target } from "../runner/target.ts"
import type { Project } from "./project.ts"

/** How contract revisions are held. */
export interface HoldRules {
  /** How long an expand has to be there, and a release to be followed by another, in milliseconds. Default: an hour. */
  readonly soakMs?: number
  /** Contract revisions that run although they would be held. Needs `because`. */
  readonly releaseHold?: readonly string[]
  /** The reason for what overrides a policy; recorded. */
  readonly because?: string
  /** The time that policies mean. Default: now, by the server's clock. */
  readonly now?: Date
}

/** What is held, and what may run. */
export type Held = Pick<HoldDecision, "due" | "held">

/**
 * Decides which of the pending revisions may run now.
 *
 * @param format of the history's tables at this moment
 * @throws ToolError `contract-in-the-way` where new code would lack what comes after a held revision, `reason-needed`
 */
export async function decideHeld(
  project: Project,
  target: Pick<Target, "connection" | "schema">,
  { format, pending }: { readonly format: number; readonly pending: readonly Revision[] },
  options: HoldRules & { readonly release: string | undefined },
): Promise<Held> {
  const { graph } = project.folder
  const { soakMs = 3_600_000, release, releaseHold = [] } = options
  refuseUnreasoned(options)
  const released = new Set(releaseHold.map((word) => resolveOne(graph, new Set(), word).id))
  if (!pending.some(({ phase }) => phase === "contract")) return { due: pending, held: [] }
  const now = options.now ?? (await readClock(target.connection))
  const facts: ReleaseFacts =
    format < releasesFormat
      ? { fresh: format === 0, releases: [], young: [] }
      : await readReleaseFacts(target.connection, target.schema, {
          since: new Date(now.getTime() - soakMs),
          release,
        })
  const decision = holdContracts(graph, pending, facts, { release, soakMs, now, released })
  const passing = await independentOf(project, decision)
  const stuck = decision.behind.filter((revision) => !passing.has(revision.id))
  if (stuck.length > 0) throw inTheWay(stuck, decision.held)
  const due = pending.filter((revision) => decision.due.includes(revision) || passing.has(revision.id))
  return { due, held: decision.held }
}

function refuseUnreasoned({ releaseHold = [], because }: HoldRules): void {
  const [first] = releaseHold
  if (first === undefined || (because !== undefined && because.trim() !== "")) return
  throw new ToolError("reason-needed", `to let ${first} run although it would be held needs a reason`, {
    subject: first,
    hint: 'add --because "..."; it is recorded',
  })
}

/** Revisions that certainly have nothing to do with those that are held before them. */
async function independentOf(
  { folder, readScript }: Project,
  { behind, held }: HoldDecision,
): Promise<ReadonlySet<string>> {
  const scriptOf = async (id: string) => {
    const revision = folder.graph.get(id)
    if (revision === undefined || revision.language !== "sql") return undefined
    return (await readScript(revision)).up
  }
  const waiting = await Promise.all(held.map(({ id }) => scriptOf(id)))
  const passing = new Set<string>()
  for (const { id } of behind) {
    const script = await scriptOf(id)
    const free = waiting.every(
      (other) => script !== undefined && other !== undefined && areIndependent(script, other),
    )
    if (free) passing.add(id)
  }
  return passing
}

function inTheWay(stuck: readonly Revision[], held: readonly HeldRevision[]): ToolError {
  const [first] = held
  const names = stuck.map(({ id }) => id)
  return new ToolError(
    "contract-in-the-way",
    `revision ${first?.id} is held, and ${names.join(", ")} ${names.length === 1 ? "comes" : "come"} after it`,
    {
      details: [
        ...held.flatMap(({ id, reasons }) => reasons.map((reason) => `${id}: ${reason}`)),
        "nothing was changed",
      ],
      hint: `wait for what is named, put ${names[0]} before it (lockstep rebase), or let it run: --release-hold ${first?.id} --because "..."`,
      subject: first?.id,
      data: { held: held.map(({ id }) => id), behind: names },
    },
  )
}
