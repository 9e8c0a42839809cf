import type { Catalog } from "../../catalog/catalog.ts"
import { type Diagnostic, diagnostic, ToolError } from "../../diagnostic.ts"
import { changesBetween, describeChanges } from "../../diff/object-change.ts"
import type { Revision } from "../../revisions/revision.ts"
import { openRehearsal, type Rehearsal } from "../rehearsal.ts"
import type { Guard } from "./guard.ts"

/** Every rollback undoes its revision, or its file says why there is none. */
export const rollbacks: Guard = {
  name: "rollbacks",
  asks: "Does every rollback undo its revision, or say why there is none?",
  after: "replay",
  async check({ options, project, scratch, historySchema }) {
    const opened = await project()
    const { revisions } = opened.folder
    await using rehearsal = await openRehearsal(opened, await scratch(), { ...options, historySchema })
    const findings: Diagnostic[] = []
    let proven = 0
    let before = await rehearsal.catalog()
    for (const revision of revisions) {
      await rehearsal.run(revision, "up")
      if (revision.rollback !== "sql") {
        findings.push(...missing(revision))
        before = await rehearsal.catalog()
        continue
      }
      const after = await rehearsal.catalog()
      const finding = await prove(rehearsal, revision, before, after)
      if (finding === undefined) proven += 1
      else {
        findings.push(finding.diagnostic)
        if (finding.stuck) return verdict(revisions, proven, findings, revision)
      }
      before = await rehearsal.catalog()
    }
    return verdict(revisions, proven, findings)
  },
}

/** In a folder of another tool a missing rollback is usual; Lockstep's own format has words for it. */
function missing({ id, file, format, rollback }: Revision): readonly Diagnostic[] {
  if (rollback === "none" || format !== "lockstep") return []
  return [
    diagnostic("error", "no-rollback", `revision ${id} has no rollback and does not say why`, {
      subject: id,
      location: { file, line: 1 },
      hint: "write -- rollback, or: -- rollback: none because <reason>",
    }),
  ]
}

interface Failed {
  readonly diagnostic: Diagnostic
  /** Whether nothing behind the revision can be tried any more. */
  readonly stuck: boolean
}

async function prove(
  rehearsal: Rehearsal,
  revision: Revision,
  before: Catalog,
  after: Catalog,
): Promise<Failed | undefined> {
  const { id } = revision
  try {
    await rehearsal.run(revision, "down")
  } catch (error) {
    return { diagnostic: failed(revision, `the rollback of ${id} fails`, error), stuck: false }
  }
  const left = changesBetween(before, await rehearsal.catalog())
  try {
    await rehearsal.run(revision, "up")
  } catch (error) {
    return {
      diagnostic:
        left.length > 0
          ? incomplete(revision, `the rollback of ${id} does not undo all of it`, describeChanges(left))
          : failed(revision, `${id} does not run again after its rollback`, error),
      stuck: true,
    }
  }
  if (left.length > 0) {
    const message = `the rollback of ${id} does not lead back to what was there`
    return { diagnostic: incomplete(revision, message, describeChanges(left)), stuck: false }
  }
  const again = changesBetween(after, await rehearsal.catalog())
  if (again.length === 0) return undefined
  const message = `${id}, run again after its rollback, leads to another schema`
  return { diagnostic: incomplete(revision, message, describeChanges(again)), stuck: false }
}

function failed(revision: Revision, message: string, error: unknown): Diagnostic {
  if (!(error instanceof ToolError)) throw error
  const { location, details = [], sqlState } = error.facts
  return diagnostic("error", "rollback-incomplete", `${message}: ${error.message}`, {
    subject: revision.id,
    location: location ?? placeOf(revision),
    details,
    sqlState,
  })
}

function incomplete(revision: Revision, message: string, details: readonly string[]): Diagnostic {
  return diagnostic("error", "rollback-incomplete", message, {
    subject: revision.id,
    location: placeOf(revision),
    details,
    hint: "complete the rollback, or say why there is none: -- rollback: none because <reason>",
  })
}

function placeOf({ downFile, file }: Revision): Diagnostic["location"] & object {
  return { file: downFile ?? file, line: 1 }
}

function verdict(
  revisions: readonly Revision[],
  proven: number,
  findings: readonly Diagnostic[],
  stoppedAt?: Revision,
) {
  const excused = revisions.filter(({ rollback }) => rollback === "none").length
  const foreign = revisions.filter(
    ({ rollback, format }) => rollback === "missing" && format !== "lockstep",
  ).length
  const parts = [
    `${proven} of ${revisions.length} went up, down and up again`,
    ...(excused === 0 ? [] : [`${excused} ${excused === 1 ? "says" : "say"} why there is no rollback`]),
    ...(foreign === 0 ? [] : [`${foreign} of another tool ${foreign === 1 ? "has" : "have"} none`]),
    ...(findings.length === 0
      ? []
      : [`${findings.length} ${findings.length === 1 ? "does" : "do"} not hold`]),
    ...(stoppedAt === undefined ? [] : [`those after ${stoppedAt.id} could not be tried`]),
  ]
  return {
    verdict: findings.length === 0 ? ("yes" as const) : ("no" as const),
    evidence: parts.join(", "),
    findings,
  }
}
