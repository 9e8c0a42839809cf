import type { Node } from "libpg-query"
import { open } from "../sql/parser.ts"
import type { Observation } from "../trace/observation.ts"
import type { Verdict } from "./finding.ts"

/**
 * Judges what a statement answered: that it failed, did not run, or was warned about.
 *
 * @param incomplete the schema of before is not on the scratch server in full: what is missing is no fault
 */
export function judgeOutcome(
  observation: Observation,
  earlier: readonly Observation[],
  incomplete: boolean,
): readonly Verdict[] {
  const { error, skipped } = observation
  if (skipped !== undefined) {
    return earlier.some((each) => each.error !== undefined && each.transaction === observation.transaction)
      ? []
      : [{ rule: "not-traced", message: `could not be traced: ${skipped}` }]
  }
  if (error !== undefined) return [failed(observation, earlier, incomplete)]
  return warned(observation)
}

function failed(observation: Observation, earlier: readonly Observation[], incomplete: boolean): Verdict {
  const { error } = observation
  const words = `${error?.message} (${error?.sqlState})`
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
