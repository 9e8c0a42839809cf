import type { Node } from "libpg-query"
import type { Revision } from "../revisions/revision.ts"
import type { RevisionGraph } from "../revisions/revision-graph.ts"
import type { Finding } from "./finding.ts"
import { type RuleBook, settled } from "./rule-settings.ts"
import { type RuleId, rulePages } from "./rules.ts"

/** A finding that a reviewer has accepted in the revision's header. */
export interface AcceptedFinding extends Finding {
  readonly because: string
}

export interface JudgedRevision {
  readonly findings: readonly Finding[]
  readonly accepted: readonly AcceptedFinding[]
}

/** What else is known of a revision besides its findings. */
export interface RevisionContext {
  readonly rules: RuleBook
  readonly graph: Pick<RevisionGraph, "ancestors" | "get">
  /** Its statements, where PostgreSQL's parser understands them. */
  readonly nodes: readonly (Node | undefined)[]
}

/** Adds what only a revision can have, and takes out what its header accepts. */
export function judgeRevision(
  revision: Revision,
  found: readonly Finding[],
  context: RevisionContext,
): JudgedRevision {
  const { rules } = context
  const all = [
    ...found.map((finding) => ({
      ...(rules.chosen(finding.rule) === undefined ? phased(finding, revision) : finding),
      revision: revision.id,
    })),
    ...settled([...own(revision, found), ...phases(revision, context)], rules),
  ]
  const silenced = silencedBy(revision.accepts, all)
  const accepted = all.flatMap((finding) => {
    const because = silenced.get(placeOf(finding))?.because
    return because === undefined ? [] : [{ ...finding, because }]
  })
  const used = new Set(silenced.values())
  const unused = revision.accepts.filter((accept) => !used.has(accept))
  const nothing = unused.map(({ rule }) => acceptedNothing(revision, rule))
  const findings = all.filter((finding) => !silenced.has(placeOf(finding)))
  return { findings: [...findings, ...settled(nothing, rules)], accepted }
}

/** What is accepted at once: what a rule says of one statement, of however many tables. */
function placeOf({ rule, line, statement }: Finding): string {
  return JSON.stringify([rule, line, statement])
}

/**
 * One line silences one finding: whoever accepted the first index has not read the second. The lines of a rule are for its
 * statements in their order.
 */
function silencedBy(
  accepts: Revision["accepts"],
  findings: readonly Finding[],
): ReadonlyMap<string, Revision["accepts"][number]> {
  const left = [...accepts]
  const silenced = new Map<string, Revision["accepts"][number]>()
  for (const finding of findings) {
    const place = placeOf(finding)
    const index = silenced.has(place) ? -1 : left.findIndex(({ rule }) => rule === finding.rule)
    const [accept] = index === -1 ? [] : left.splice(index, 1)
    if (accept !== undefined) silenced.set(place, accept)
  }
  return silenced
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
  if (revision.why === undefined && !revision.repeatable) {
    findings.push(ofRevision(revision, "reason-missing", "does not say why"))
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

/** What the header says of the phase, held against the statements and against what comes before. */
function phases(revision: Revision, { graph, nodes }: RevisionContext): readonly Finding[] {
  const findings: Finding[] = []
  const kinds = new Set(nodes.flatMap((node) => (node === undefined ? [] : directionsOf(node))))
  if (kinds.has("adds") && kinds.has("removes")) {
    const message = "both adds what new code needs and removes what old code needs"
    findings.push(ofRevision(revision, "phases-mixed", message))
  }
  const before = revision.phase === "contract" ? [...graph.ancestors([revision.id])] : undefined
  const isRoom = (id: string) => {
    const phase = graph.get(id)?.phase
    return id !== revision.id && (phase === "expand" || phase === "migrate")
  }
  if (before !== undefined && !before.some(isRoom)) {
    const message = "is a contract, and nothing before it says that it expands or migrates"
    findings.push(ofRevision(revision, "contract-without-expand", message))
  }
  return findings
}

/** Whether a statement adds, or removes, what queries name. */
function directionsOf(node: Node): readonly ("adds" | "removes")[] {
  if ("CreateStmt" in node || "ViewStmt" in node) return ["adds"]
  if ("RenameStmt" in node) {
    const { renameType } = node.RenameStmt
    return renameType === "OBJECT_TABLE" || renameType === "OBJECT_COLUMN" ? ["removes"] : []
  }
  if ("DropStmt" in node) {
    const { removeType } = node.DropStmt
    return removeType === "OBJECT_TABLE" || removeType === "OBJECT_VIEW" ? ["removes"] : []
  }
  if (!("AlterTableStmt" in node)) return []
  return (node.AlterTableStmt.cmds ?? []).flatMap((each): readonly ("adds" | "removes")[] => {
    const subtype = "AlterTableCmd" in each ? each.AlterTableCmd.subtype : undefined
    return subtype === "AT_AddColumn" ? ["adds"] : subtype === "AT_DropColumn" ? ["removes"] : []
  })
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
