import type { Revision } from "../revisions/revision.ts"
import type { Finding } from "./finding.ts"
import { type RuleId, rulePages } from "./rules.ts"

/** A finding that a reviewer has accepted in the revision's header. */
export interface AcceptedFinding extends Finding {
  readonly because: string
}

export interface JudgedRevision {
  readonly findings: readonly Finding[]
  readonly accepted: readonly AcceptedFinding[]
}

/** Adds what only a revision can have, and takes out what its header accepts. */
export function judgeRevision(revision: Revision, found: readonly Finding[]): JudgedRevision {
  const all = [
    ...found.map((finding) => phased({ ...finding, revision: revision.id }, revision)),
    ...own(revision, found),
  ]
  const accepted: AcceptedFinding[] = []
  const findings = all.filter((finding) => {
    const accept = revision.accepts.find(({ rule }) => rule === finding.rule)
    if (accept !== undefined) accepted.push({ ...finding, because: accept.because })
    return accept === undefined
  })
  const unused = revision.accepts.filter(({ rule }) => !accepted.some((finding) => finding.rule === rule))
  return { findings: [...findings, ...unused.map(({ rule }) => acceptedNothing(revision, rule))], accepted }
}

/** What a contract takes away is its purpose; the deploy holds it until nobody needs that any more. */
function phased(finding: Finding, { phase }: Revision): Finding {
  return phase === "contract" && finding.rule === "name-removed" && finding.severity === "error"
    ? { ...finding, severity: "warning" }
    : finding
}

function own(revision: Revision, found: readonly Finding[]): readonly Finding[] {
  const findings: Finding[] = []
  if (revision.rollback === "missing" && revision.format === "lockstep" && !revision.repeatable) {
    findings.push(
      ofRevision(revision, "rollback-missing", "says neither how it is undone nor why it cannot be"),
    )
  }
  const removes = found.find(({ rule }) => rule === "name-removed" || rule === "query-breaks")
  if (removes !== undefined && (revision.phase === "expand" || revision.phase === "migrate")) {
    const message = `says that it is compatible with older code (phase: ${revision.phase}), and it is not: ${removes.message}`
    findings.push({
      ...ofRevision(revision, "phase-contradicted", message),
      statement: removes.statement,
      line: removes.line,
    })
  }
  return findings
}

function acceptedNothing(revision: Revision, rule: string): Finding {
  const known = Object.hasOwn(rulePages, rule)
  return ofRevision(
    revision,
    "accept-without-finding",
    known ? `accepts ${rule}, and there is no such finding` : `accepts ${rule}, and there is no such rule`,
  )
}

function ofRevision(revision: Revision, rule: RuleId, message: string): Finding {
  return {
    rule,
    severity: rulePages[rule].severity,
    statement: "",
    relation: null,
    message: `revision ${revision.id} ${message}`,
    file: revision.file,
    line: 1,
    revision: revision.id,
  }
}
