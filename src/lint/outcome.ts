import type { Node } from "libpg-query"
import { roleBecome } from "../sql/mentioned-roles.ts"
import { open } from "../sql/parser.ts"
import type { Observation } from "../trace/observation.ts"
import type { Verdict } from "./finding.ts"

export interface OutcomeContext {
  readonly earlier: readonly Observation[]
  /** Roles that the script becomes, and that the schema of before does not know. */
  readonly madeUp: ReadonlySet<string>
  /** The schema of before is not on the scratch server in full: what is missing is no fault. */
  readonly incomplete: boolean
}

/** Judges what a statement answered: that it failed, did not run, or was warned about. */
export function judgeOutcome(observation: Observation, context: OutcomeContext): readonly Verdict[] {
  const { error, skipped } = observation
  const { earlier } = context
  if (skipped !== undefined) {
    return earlier.some((each) => each.error !== undefined && each.transaction === observation.transaction)
      ? []
      : [{ rule: "not-traced", message: `could not be traced: ${skipped}` }]
  }
  if (error !== undefined) return [failed(observation, context)]
  return [...warned(observation), ...becomes(observation, context)]
}

/** What a role may do that nobody has told of cannot be known. */
function becomes({ node }: Observation, { madeUp }: OutcomeContext): readonly Verdict[] {
  const role = roleBecome(node)
  if (role === undefined || !madeUp.has(role)) return []
  return [
    {
      rule: "not-traced",
      message: `becomes ${role}, a role that the schema does not know: what follows was traced with all rights, and whether ${role} has them is not known`,
    },
  ]
}

/** The role that the script has become by a statement; undefined where it is the one that connects. */
function actorAt(earlier: readonly Observation[]): string | undefined {
  const last = earlier.findLast(
    ({ node, error }) =>
      error === undefined &&
      node !== undefined &&
      "VariableSetStmt" in node &&
      (node.VariableSetStmt.kind === "VAR_RESET_ALL" ||
        ["role", "session_authorization"].includes(node.VariableSetStmt.name ?? "")),
  )
  return roleBecome(last?.node)
}

function failed(observation: Observation, { earlier, madeUp, incomplete }: OutcomeContext): Verdict {
  const { error } = observation
  const words = `${error?.message} (${error?.sqlState})`
  const actor = actorAt(earlier)
  if (error?.sqlState === "42501" && actor !== undefined && madeUp.has(actor)) {
    return {
      rule: "not-traced",
      message: `could not be traced: it runs as ${actor}, a role that the schema does not know and that may do nothing on the scratch server: ${words}`,
    }
  }
  if (needsElsewhere(observation, earlier) || (incomplete && error?.sqlState.startsWith("42"))) {
    return {
      rule: "not-traced",
      message: `could not be traced, because it fails on the scratch server: ${words}`,
    }
  }
  const built = observation.alone && observation.node !== undefined && "IndexStmt" in observation.node
  // What is refused before the build begins leaves nothing.
  const left = built && /^(?:2|4|57)/.test(error?.sqlState ?? "") && !/^42/.test(error?.sqlState ?? "")
  return {
    rule: "statement-fails",
    message: `fails: ${words}${left ? "; an invalid index stays behind" : ""}`,
  }
}

/** Whether a failure tells more of the scratch server, which has no data and not all extensions, than of the statement. */
function needsElsewhere({ node, error, inBlock }: Observation, earlier: readonly Observation[]): boolean {
  const state = error?.sqlState ?? ""
  const kind = node === undefined ? "" : open(node).kind
  if (isMissingExtension(node, state) || state === "57014") return true
  const extensionMissed = earlier.some((each) => isMissingExtension(each.node, each.error?.sqlState ?? ""))
  if (extensionMissed && state.startsWith("42")) return true
  if (state === "42704" && /^(?:role|language) "/.test(error?.message ?? ""))
    return inBlock || /^language/.test(error?.message ?? "")
  // A script that checks what it finds, and finds nothing here.
  return state.startsWith("P0") && ["DoStmt", "CallStmt", "SelectStmt"].includes(kind)
}

function isMissingExtension(node: Node | undefined, state: string): boolean {
  return node !== undefined && "CreateExtensionStmt" in node && (state === "0A000" || state === "58P01")
}

function warned({ node, notices }: Observation): readonly Verdict[] {
  const states = new Set(notices.map(({ sqlState }) => sqlState))
  if (
    node !== undefined &&
    "VariableSetStmt" in node &&
    node.VariableSetStmt.is_local &&
    states.has("25P01")
  ) {
    const name = node.VariableSetStmt.name ?? ""
    return [
      {
        rule: "set-local-outside-transaction",
        severity: /timeout$|role|search_path|isolation/.test(name) ? "error" : "warning",
        message: `SET LOCAL ${name} has no effect here: no transaction is open`,
      },
    ]
  }
  if (node !== undefined && "TransactionStmt" in node && states.has("25001")) {
    return [
      {
        rule: "nested-transaction",
        message: "begins a transaction inside of another; the first COMMIT ends both",
      },
    ]
  }
  return []
}
