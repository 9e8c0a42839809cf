import { ToolError } from "../diagnostic.ts"
import {
  deleteApplied,
  deleteSteps,
  insertApplied,
  insertEvent,
  replaceChecksum,
  table,
} from "../history/record.ts"
import { appliedHeads, planDowngrade, resolveMany, resolveOne } from "../revisions/resolve.ts"
import type { Revision } from "../revisions/revision.ts"
import { startRun } from "../runner/start.ts"
import { databaseOf, openTarget } from "../runner/target.ts"
import { changeHistory } from "../runner/transaction.ts"
import { quoteLiteral } from "../sql/identifier.ts"
import { checkOptions, type OptionKinds, projectKinds, runKinds, targetKinds } from "./check-options.ts"
import type { ProjectOptions, RunOptions, TargetOptions } from "./options.ts"
import { openProject } from "./project.ts"

export interface StampOptions extends ProjectOptions, TargetOptions, RunOptions {
  /** Revisions that the database is to be at; `base` for none. */
  readonly to?: string | readonly string[]
  /** Forgets everything that is recorded as applied first. Default: false. */
  readonly purge?: boolean
  /** Records the file's present checksum for these applied revisions, which were edited without consequence. */
  readonly acceptChecksum?: readonly string[]
  /**
   * Takes these revisions, which the folder no longer holds, out of the history; of one that was interrupted between
   * its steps, only those steps.
   */
  readonly forget?: readonly string[]
  /** Why; recorded. Needed in a protected environment, and for `acceptChecksum` and `forget`. */
  readonly because?: string
}

const stampKinds: OptionKinds<StampOptions> = {
  ...projectKinds,
  ...targetKinds,
  ...runKinds,
  to: "texts",
  purge: "flag",
  acceptChecksum: "list",
  forget: "list",
  because: "text",
}

export interface StampResult {
  readonly database: string
  readonly environment?: string
  readonly added: readonly string[]
  readonly removed: readonly string[]
  readonly accepted: readonly string[]
  /** Revisions whose interrupted steps were forgotten. */
  readonly forgotten: readonly string[]
  readonly current: readonly string[]
}

/**
 * Changes what a database says that it is at, without running anything. The revisions named and all that they need
 * count as applied afterwards; what comes after them does not; other branches stay as they are.
 *
 * Nothing is compared with the catalog: whoever stamps vouches for it.
 *
 * @throws ToolError `reason-needed`, `unknown-revision` and what `openTarget` and `startRun` throw
 */
export async function stamp(options: StampOptions): Promise<StampResult> {
  checkOptions(options, stampKinds)
  const { folder } = await openProject(options)
  const { graph } = folder
  const target = await openTarget({ ...options, command: "stamp", writes: true })
  try {
    refuseWithoutReason(options, target.protected)
    const run = await startRun(target, { ...options, command: "stamp" })
    try {
      const { context, history } = run
      const applied = new Set(history.applied.keys())
      const begun = new Set(history.inFlight.map(({ id }) => id))
      const forget = options.forget ?? []
      const forgotten = forget.filter((id) => begun.has(id))
      const forgetApplied = forget.filter((id) => !begun.has(id))
      const accepted = (options.acceptChecksum ?? []).map((word) => resolveOne(graph, applied, word))
      for (const id of [...forgetApplied, ...accepted.map(({ id }) => id)]) {
        if (!applied.has(id)) throw notApplied(id)
      }
      const wanted = options.to === undefined ? applied : wantedIds(options, applied)
      const kept = options.purge === true && options.to === undefined ? new Set<string>() : wanted
      const removed = [...applied].filter((id) => !kept.has(id) || forgetApplied.includes(id))
      const added = graph.revisions.filter(({ id }) => kept.has(id) && !applied.has(id))
      const { schema, runId } = context
      const { because } = options
      const texts = [
        ...removed.map((id) => deleteApplied(schema, runId, id, "unstamped", because)),
        ...added.map((revision) => stampText(schema, runId, revision, because)),
        ...[...removed, ...added.map(({ id }) => id)].flatMap((id) => noSteps(schema, id)),
        ...accepted.map((revision) => acceptText(schema, runId, revision, because)),
        ...forgotten.flatMap((id) => forgetText(schema, runId, id, because)),
      ]
      if (texts.length > 0) await changeHistory(context, texts.join(";\n"))
      const now = new Set([
        ...[...applied].filter((id) => !removed.includes(id)),
        ...added.map(({ id }) => id),
      ])
      return {
        ...databaseOf(target),
        added: added.map(({ id }) => id),
        removed,
        accepted: accepted.map(({ id }) => id),
        forgotten,
        current: appliedHeads(graph, now).map(({ id }) => id),
      }
    } finally {
      await run.finish()
    }
  } finally {
    await target.close()
  }

  function wantedIds({ to = [], purge }: StampOptions, applied: ReadonlySet<string>): ReadonlySet<string> {
    const words = typeof to === "string" ? [to] : to
    const isEndOfBranch = (word: string) => word.endsWith("@base")
    const targets = resolveMany(graph, applied, words).map(({ id }) => id)
    const needed = graph.ancestors(targets)
    if (purge === true || words.includes("base")) return needed
    const undone = words.filter(isEndOfBranch).flatMap((word) => planDowngrade(graph, applied, word))
    const named = resolveMany(
      graph,
      applied,
      words.filter((word) => !isEndOfBranch(word)),
    )
    const after = graph.descendants(named.map(({ id }) => id))
    const gone = new Set([...after, ...undone.map(({ id }) => id)])
    return new Set([...needed, ...[...applied].filter((id) => !gone.has(id))])
  }
}

function stampText(schema: string, runId: string, revision: Revision, because: string | undefined): string {
  const compatible = revision.phase !== undefined && revision.phase !== "contract"
  return insertApplied(schema, runId, revision, { compatible, mode: "stamped", because })
}

/** Whoever says that a revision is applied, or not, says so of all of it. */
function noSteps(schema: string, id: string): readonly string[] {
  return [deleteSteps(schema, id, "up"), deleteSteps(schema, id, "down")]
}

function forgetText(
  schema: string,
  runId: string,
  id: string,
  because: string | undefined,
): readonly string[] {
  const event = { kind: "steps-forgotten", revision: id, details: { because } } as const
  return [...noSteps(schema, id), insertEvent(schema, runId, event)]
}

function acceptText(
  schema: string,
  runId: string,
  { id, checksum }: Revision,
  because: string | undefined,
): string {
  const update = `update ${table(schema, "revision")} set ${replaceChecksum(quoteLiteral(checksum))} where id = ${quoteLiteral(id)}`
  return `${update};\n${insertEvent(schema, runId, { kind: "checksum-accepted", revision: id, checksum, details: { because } })}`
}

function refuseWithoutReason(
  { because, acceptChecksum = [], forget = [] }: StampOptions,
  isProtected: boolean,
): void {
  if (because !== undefined && because.trim() !== "") return
  if (!isProtected && acceptChecksum.length === 0 && forget.length === 0) return
  throw new ToolError("reason-needed", "this change of the history needs a reason", {
    hint: 'add --because "..."; it is recorded',
  })
}

function notApplied(id: string): ToolError {
  return new ToolError("revision-not-applied", `${id} is not recorded as applied in this database`, {
    subject: id,
    hint: "`lockstep status` shows what is applied",
  })
}
