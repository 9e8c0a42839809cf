import { ToolError } from "../diagnostic.ts"
import { deleteApplied, deleteSteps, insertApplied, insertEvent, table } from "../history/record.ts"
import { appliedHeads, resolveMany, resolveOne } from "../revisions/resolve.ts"
import type { Revision } from "../revisions/revision.ts"
import { startRun } from "../runner/start.ts"
import { openTarget } from "../runner/target.ts"
import { quoteLiteral } from "../sql/identifier.ts"
import type { ProjectOptions, RunOptions, TargetOptions } from "./options.ts"
import { openProject } from "./project.ts"
import { databaseOf } from "./upgrade.ts"

export interface StampOptions extends ProjectOptions, TargetOptions, RunOptions {
  /** Revisions that the database is to be at; `base` for none. */
  readonly to?: string | readonly string[]
  /** Forgets everything that is recorded as applied first. Default: false. */
  readonly purge?: boolean
  /** Records the file's present checksum for these applied revisions, which were edited without consequence. */
  readonly acceptChecksum?: readonly string[]
  /** Takes these revisions, which the folder no longer holds, out of the history. */
  readonly forget?: readonly string[]
  /** Why; recorded. Needed in a protected environment, and for `acceptChecksum` and `forget`. */
  readonly because?: string
}

export interface StampResult {
  readonly database: string
  readonly environment?: string
  readonly added: readonly string[]
  readonly removed: readonly string[]
  readonly accepted: readonly string[]
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
  const { folder } = await openProject(options)
  const { graph } = folder
  const target = await openTarget({ ...options, command: "stamp", writes: true })
  try {
    refuseWithoutReason(options, target.protected)
    const run = await startRun(target, { ...options, command: "stamp" })
    try {
      const { context, history } = run
      const applied = new Set(history.applied.keys())
      const forget = options.forget ?? []
      for (const id of forget) {
        if (!applied.has(id)) throw notApplied(id)
      }
      const wanted = options.to === undefined ? applied : wantedIds(options, applied)
      const kept = options.purge === true && options.to === undefined ? new Set<string>() : wanted
      const removed = [...applied].filter((id) => !kept.has(id) || forget.includes(id))
      const added = graph.revisions.filter(({ id }) => kept.has(id) && !applied.has(id))
      const accepted = (options.acceptChecksum ?? []).map((word) => resolveOne(graph, applied, word))
      for (const { id } of accepted) if (!applied.has(id)) throw notApplied(id)
      const { schema, runId, connection } = context
      const texts = [
        ...removed.map((id) => deleteApplied(schema, runId, id, "unstamped", options.because)),
        ...added.map((revision) => stampText(schema, runId, revision)),
        ...accepted.map((revision) => acceptText(schema, runId, revision, options.because)),
      ]
      if (texts.length > 0) await connection.run(`begin;\n${texts.join(";\n")};\ncommit`)
      const now = new Set([
        ...[...applied].filter((id) => !removed.includes(id)),
        ...added.map(({ id }) => id),
      ])
      return {
        ...databaseOf(target),
        added: added.map(({ id }) => id),
        removed,
        accepted: accepted.map(({ id }) => id),
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
    const targets = resolveMany(graph, applied, words).map(({ id }) => id)
    const needed = graph.ancestors(targets)
    if (purge === true || words.includes("base")) return needed
    const after = graph.descendants(targets)
    return new Set([...needed, ...[...applied].filter((id) => !after.has(id))])
  }
}

function stampText(schema: string, runId: string, revision: Revision): string {
  const compatible = revision.phase !== undefined && revision.phase !== "contract"
  return `${insertApplied(schema, runId, revision, { compatible, mode: "stamped" })};\n${deleteSteps(schema, revision.id, "up")}`
}

function acceptText(
  schema: string,
  runId: string,
  { id, checksum }: Revision,
  because: string | undefined,
): string {
  const update = `update ${table(schema, "revision")} set checksum = ${quoteLiteral(checksum)} where id = ${quoteLiteral(id)}`
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
